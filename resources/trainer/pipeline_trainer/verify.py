"""`verify`: an adapter exists, is whole, fits its base model, and loads in plain PEFT with the same logits."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from .adapter_folder import WEIGHTS
from .compare import compare
from .config import QUANTIZATIONS
from .durable import sha256_of


def main(argv: list[str]) -> int:
    """Print `{ok, max_abs_diff, greedy_equal, prompts, trained_on, sha256}`. Raises what `compare` raises."""
    parser = argparse.ArgumentParser(prog="pipeline_trainer verify")
    parser.add_argument("--adapter", type=Path, required=True)
    parser.add_argument("--base-model", type=Path, required=True)
    parser.add_argument(
        "--quantization", choices=QUANTIZATIONS, default="none", help="of the base model in training, for the report"
    )
    options = parser.parse_args(argv)
    found = compare(
        options.base_model, stored=options.adapter, loaded_again=options.adapter, trained_on=options.quantization
    )
    document = {**asdict(found), "sha256": sha256_of(options.adapter / WEIGHTS)}
    sys.stdout.write(json.dumps(document) + "\n")
    return 0
