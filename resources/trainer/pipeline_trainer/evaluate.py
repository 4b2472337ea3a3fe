"""Held-out loss: cross-entropy weighted by trained token, dropout off, whole and by group."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import torch

from .data.batches import Row, collate
from .loss import LossHead
from .progress import Groups, HeldOut

METHOD: Final = "mean cross-entropy a trained token, dropout off"
BATCH_ROWS: Final = 8


@torch.no_grad()
def held_out_groups(
    head: LossHead, rows: Sequence[Row], *, pad_id: int, device: torch.device, check: Callable[[], None]
) -> Groups:
    """Losses of `rows` under `all` and under each of their groups.

    Every row's sum is taken on its own, so groups cost nothing more. `check` is called before each batch
    and may raise to stop.
    """
    ordered = sorted(rows, key=lambda row: (len(row.ids), row.record_id))
    groups: Groups = {}
    for start in range(0, len(ordered), BATCH_ROWS):
        check()
        part = ordered[start : start + BATCH_ROWS]
        batch = collate(part, pad_id=pad_id).to(device)
        losses = head.token_losses(batch).double().split([row.trained_tokens for row in part])
        for row, own in zip(part, losses, strict=True):
            result = HeldOut(float(own.sum()), row.trained_tokens, 1)
            for name in ("all", *row.groups):
                groups[name] = groups[name] + result if name in groups else result
    return groups


@contextmanager
def evaluating(model: Any) -> Iterator[None]:
    """Dropout off inside the block."""
    training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(training)


def main(argv: list[str]) -> int:
    """`evaluate RUN_DIR`: held-out losses of the base model and of the run's adapter, as JSON."""
    from .setup import load_for_reading  # noqa: PLC0415 (setup reads this module)

    parser = argparse.ArgumentParser(prog="pipeline_trainer evaluate")
    parser.add_argument("run_dir", type=Path)
    parser.add_argument("--adapter", type=Path)
    parser.add_argument("--base-model", type=Path)
    parser.add_argument("--dataset", type=Path)
    options = parser.parse_args(argv)
    loaded = load_for_reading(
        options.run_dir, adapter=options.adapter, base_model=options.base_model, dataset=options.dataset
    )
    document = {
        "method": METHOD,
        "base": describe(loaded.base_groups()),
        "adapter": describe(loaded.adapter_groups()),
    }
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    return 0


def describe(groups: Groups) -> dict[str, dict[str, float]]:
    """Groups as JSON."""
    return {
        name: {"loss": part.loss, "tokens": part.tokens, "records": part.records} for name, part in sorted(groups.items())
    }
