"""What each turn trained: the same for all contenders, because the order of the rows is."""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

from .workload import ROWS


@dataclass(frozen=True, slots=True)
class Seen:
    """Rows of one turn, their tokens without padding, and their targets."""

    records: int
    real_tokens: int
    trained_tokens: int


def seen_in(folder: Path, options: argparse.Namespace) -> list[Seen]:
    """The turns after the warm-up."""
    rows = json.loads((folder / ROWS).read_text("utf-8"))["train"]
    size = options.steps * options.records_per_step
    first = options.warm_up * options.records_per_step
    turns = [rows[start : start + size] for start in range(first, first + options.repeats * size, size)]
    return [
        Seen(len(turn), sum(len(row["ids"]) for row in turn), sum(sum(row["trained"][1:]) for row in turn)) for turn in turns
    ]
