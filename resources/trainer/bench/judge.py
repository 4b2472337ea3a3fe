"""The one judge of all: held-out loss of an adapter by stock transformers and PEFT, row by row, in float32."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from torch.nn import functional
from transformers import AutoModelForCausalLM

from .workload import ROWS


def main() -> None:
    """Print the held-out loss of the base and of each adapter folder, as a JSON list."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("base_model", type=Path)
    parser.add_argument("adapters", type=Path, nargs="*")
    options = parser.parse_args()
    rows = json.loads((options.folder / ROWS).read_text("utf-8"))["held_out"]
    losses = [held_out_loss(options.base_model, adapter, rows) for adapter in [None, *options.adapters]]
    sys.stdout.write(json.dumps(losses) + "\n")


@torch.no_grad()
def held_out_loss(base_model: Path, adapter: Path | None, rows: list[dict[str, Any]]) -> float:
    """Mean cross-entropy over all trained tokens of `rows`."""
    model: Any = AutoModelForCausalLM.from_pretrained(base_model, dtype=torch.float32, local_files_only=True)
    if adapter is not None:
        model = PeftModel.from_pretrained(model, adapter)
    model.eval()
    total, tokens = 0.0, 0
    for row in rows:
        ids = torch.tensor(row["ids"])
        trained = torch.tensor(row["trained"][1:])
        logits = model(input_ids=ids[None], use_cache=False).logits[0, :-1][trained]
        total += float(functional.cross_entropy(logits.double(), ids[1:][trained], reduction="sum"))
        tokens += int(trained.sum())
    return total / tokens


if __name__ == "__main__":
    main()
