"""Held-out loss: cross-entropy weighted by trained token, dropout off, whole and by group."""

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import torch

from .config import load_job
from .data.batches import Row
from .hardware import resolve
from .layout import Layout, layout_for
from .loss import LossHead
from .preference import Parts, preference_of
from .progress import Groups, HeldOut, count, summed
from .reading import open_model
from .run_data import read_data
from .team import ALONE, Team
from .threads import pin

METHOD: Final = "mean cross-entropy per trained token, dropout off"
BATCH_ROWS: Final = 8
LARGEST_EXPONENT: Final = 700.0


@torch.no_grad()
def held_out_groups(
    head: LossHead,
    rows: Sequence[Row],
    *,
    layout: Layout,
    device: torch.device,
    check: Callable[[], None],
    at_once: int = BATCH_ROWS,
    team: Team = ALONE,
) -> Groups:
    """Losses of `rows` under `all` and under each of their groups, `at_once` rows a pass.

    Every row's sum is taken on its own, so groups cost nothing more. `check` is called before each batch
    and may raise to stop. Of several processes, each takes its share and all get the whole.
    """
    groups: Groups = {}
    pieces = [piece for row in rows for piece in row.pieces]
    for part in layout.passes(team.share(pieces), at_once):
        check()
        batch = layout.batch(part).to(device)
        losses = torch.split(head.token_losses(batch).double(), [row.trained_tokens for row in part])
        for row, own in zip(part, losses, strict=True):
            count(groups, row.groups, HeldOut(float(own.sum()), row.trained_tokens, int(not row.continues)))
    return summed(groups, rows, team)


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
    parser = argparse.ArgumentParser(prog="pipeline_trainer evaluate")
    parser.add_argument("run_dir", type=Path)
    parser.add_argument("--adapter", type=Path, help="by default the run's own")
    parser.add_argument("--base-model", type=Path, help="where the base model is now")
    parser.add_argument("--dataset", type=Path, help="where the dataset is now")
    options = parser.parse_args(argv)
    job = load_job(options.run_dir, dataset=options.dataset, base_model=options.base_model)
    pin(job.threads)
    data = read_data(options.run_dir, job=job)
    compute = resolve(job.device, job.settings.precision)
    adapter = options.adapter or options.run_dir / "adapter"
    opened = open_model(job.base_model.path, compute=compute, adapter=adapter, quantization=job.settings.quantization)
    head = LossHead(opened.model)
    layout = layout_for(
        job.settings.packing,
        compute,
        rows=data.rows.train,
        pad_id=data.template.pad_id,
        model=opened.model,
        warn=lambda _code, message: sys.stderr.write(f"{message}\n"),
    )
    preference = preference_of(job.settings)
    document: dict[str, Any] = {"method": METHOD if preference is None else preference.method}
    for subject in ("base", "adapter"):
        with opened.subject(subject):
            rows, device = data.rows.held_out, compute.device
            if preference is None or opened.trainable is None:
                groups = held_out_groups(head, rows, layout=layout, device=device, check=lambda: None)
            else:
                groups = preference.held_out(Parts(opened.trainable, head, layout, device), rows, check=lambda: None)
        document[subject] = describe(groups, perplexity=preference is None)
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    return 0


def describe(groups: Groups, *, perplexity: bool) -> dict[str, dict[str, float | None]]:
    """Groups as JSON, with the perplexity where the loss is that of tokens."""
    described: dict[str, dict[str, float | None]] = {}
    for name, part in sorted(groups.items()):
        described[name] = {"loss": part.loss, "tokens": part.tokens, "records": part.records}
        if perplexity:
            described[name]["perplexity"] = perplexity_of(part.loss)
    return described


def perplexity_of(loss: float) -> float | None:
    """e^loss; None where that is no number."""
    return math.exp(loss) if loss <= LARGEST_EXPONENT else None
