"""One optimizer step: forward, loss, backward, clip, update."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from . import rng
from .data.batches import Row
from .data.collapse import collapse
from .data.order import derive_seed
from .loss import backward
from .out_of_memory import free_memory, if_it_fits, row_too_large
from .run_state import Run, StoppedError


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one step did; `loss` is a mean per trained token, `tokens` are real ones without padding."""

    loss: float
    gradient_norm: float
    rate: float
    tokens: int
    seconds: float

    @property
    def finite(self) -> bool:
        """Whether the step was applied."""
        return math.isfinite(self.loss) and math.isfinite(self.gradient_norm)


def optimizer_step(run: Run) -> Outcome:
    """Train on the next rows. Leaves the run at the step's start when StoppedError passes through.

    A step whose loss or gradient norm is not finite takes its rows but changes no weight.
    """
    started = time.perf_counter()
    if not run.team.leads:
        # No checkpoint holds this process' generators, so where they stand follows from the step alone.
        rng.seed_everything(derive_seed(run.job.settings.seed, f"dropout/{run.team.rank}/{run.progress.step}"))
    origin = run.origin()
    rows = [run.train_rows[index] for index in run.sampler.next_step()]
    try:
        loss = _gradient(run, rows)
    except StoppedError:
        run.back_to(origin)
        raise
    norm = run.optimizer.clip()
    rate = run.progress.rate_factor * run.schedule.rate(run.progress.step + 1)
    seconds = time.perf_counter() - started
    outcome = Outcome(loss, norm, rate, sum(len(row.ids) for row in rows), seconds)
    if outcome.finite:
        run.optimizer.step(rate)
    run.optimizer.drop_gradients()
    return outcome


def gradient(run: Run, rows: Sequence[Row]) -> float:
    """Add the gradient of the mean loss over all trained tokens of `rows`; returns that loss.

    The sum of every micro-batch is divided by the trained tokens of the whole step, counted before it:
    the cut changes the order of additions and nothing else. Of several processes, each adds the gradient
    of its share, and all get the whole loss.
    """
    if run.preference is not None:
        return run.preference.gradient(run.parts, rows, micro_batch=run.progress.micro_batch, check=run.check)
    run.trainable.model.train()
    trained_tokens = sum(row.trained_tokens for row in rows)
    loss = torch.zeros((), dtype=torch.float64, device=run.compute.device)
    kept = collapse(rows) if run.collapses else rows
    pieces = [piece for row in kept for piece in row.pieces]
    for part in run.layout.passes(run.team.share(pieces), run.progress.micro_batch):
        run.check()
        batch = run.layout.batch(part).to(run.compute.device)
        part_loss = run.head.token_losses(batch).sum() / trained_tokens
        backward(part_loss)
        loss += part_loss.detach()
    run.team.sum(loss)
    return float(loss)


def _gradient(run: Run, rows: Sequence[Row]) -> float:
    """`gradient` over all processes, again with half the micro-batch as often as memory runs out."""
    origin = run.origin()
    while (loss := if_it_fits(run.team, lambda: gradient(run, rows))) is None:
        run.back_to(origin)
        halve_micro_batch(run)
    run.team.sum_gradients(run.trainable.parameters.values())
    return loss


def halve_micro_batch(run: Run) -> None:
    """Go on with smaller passes. Raises `out_of_memory` when one row is too much already."""
    free_memory(run.compute.device)
    if run.progress.micro_batch == 1:
        raise row_too_large()
    run.progress.micro_batch = (run.progress.micro_batch + 1) // 2
    run.passes.remember(run.progress.micro_batch)
    dropout = " With dropout its random numbers fall differently." if run.job.settings.lora_dropout > 0 else ""
    run.log.warn(
        "micro_batch_halved",
        f"Memory ran out: {run.progress.micro_batch} rows at once from here on; a step stays the same size.{dropout}",
    )
