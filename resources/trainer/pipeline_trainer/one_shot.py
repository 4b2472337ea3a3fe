"""`inspect` and `stats` for the terminal: one JSON document on stdout, by the helper's own code."""

import argparse
import json
import sys
from pathlib import Path

from .data.templates import load_template
from .hidden import without_torch
from .inspect_record import inspect, record_at
from .serve import LOSS_SCOPES, how_of
from .stats import dataset_stats


def main(argv: list[str]) -> int:
    """Run `argv[0]`, inspect or stats, with the arguments after it. Raises TrainerError."""
    without_torch()
    command, *arguments = argv
    options = _parser(command).parse_args(arguments)
    template = load_template(options.base_model)
    how = how_of(vars(options))
    if command == "inspect":
        document = inspect(record_at(options.dataset, options.index), template, how)
    else:
        document = dataset_stats(options.dataset, template, how, sha256=options.sha256, cache_dir=options.cache_dir)
    sys.stdout.write(json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n")
    return 0


def _parser(command: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"pipeline_trainer {command}")
    parser.add_argument("dataset", type=Path, help="canonical dataset.jsonl")
    parser.add_argument("--base-model", type=Path, required=True, help="folder with the tokenizer")
    parser.add_argument("--max-length", type=int, default=2048)
    parser.add_argument("--loss-scope", choices=sorted(LOSS_SCOPES), default="auto")
    parser.add_argument("--format", default="chat", help="the dataset's format; decides what over-long records lose")
    if command == "inspect":
        parser.add_argument("--index", type=int, default=0, help="record number, from 0")
    else:
        parser.add_argument("--sha256", help="of the dataset; with --cache-dir the tokens are kept for training")
        parser.add_argument("--cache-dir", type=Path)
    return parser
