"""`probe`: how long a step takes and how much memory, measured on the longest row of a job."""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from . import products
from .config import JobFile, load_job
from .data.batches import Row
from .errors import is_out_of_memory
from .evaluate import BATCH_ROWS
from .hardware import Compute, peak_memory_bytes, resolve
from .layout import Layout, products_suit
from .lora_layer import path_of
from .loss import LossHead, backward
from .optimizer import optimizer_for
from .out_of_memory import row_too_large
from .pass_size import pass_size_for
from .preference import Parts, preference_of
from .protocol import Commands, EventLog
from .run_data import Data, read_data
from .samples import sample
from .setup import build, load_trainable
from .step import optimizer_step
from .threads import pin
from .validate import evaluate, measure_base, save

TIMED_SECONDS: Final = 3.0
MEASURED_RATE: Final = 1e-9  # moves nothing that matters, and takes the same time


@dataclass(frozen=True, slots=True)
class Probe:
    """`step_ms` is a whole step of longest rows; `tokens_per_second` are real tokens through forward and backward."""

    step_ms: float
    tokens_per_second: float
    peak_memory_bytes: int
    micro_batch: int
    longest_row_tokens: int


@dataclass(frozen=True, slots=True)
class Held:
    """The most memory of a short life of a run, and what was held.

    `rows` of `longest_row_tokens` went through the model at once, `trained_tokens` of each were trained; `path` is how
    adapters computed, and `precision` in what.
    """

    peak_memory_bytes: int
    rows: int
    longest_row_tokens: int
    trained_tokens: int
    path: str
    precision: str


def main(argv: list[str]) -> int:
    """Print a `Probe` as JSON; with `--quick` its `step_ms` alone, reckoned from matrix products.

    With `--memory` a `Held`: the most memory of a short life of the run, in passes as large as its own.
    """
    parser = argparse.ArgumentParser(prog="pipeline_trainer probe")
    parser.add_argument("run_dir", type=Path)
    parser.add_argument("--base-model", type=Path, help="where the base model is now")
    parser.add_argument("--dataset", type=Path, help="where the dataset is now")
    parser.add_argument("--quick", action="store_true", help="reckon the step from its matrix products, in seconds")
    parser.add_argument("--memory", action="store_true", help="with passes as large as the run's own")
    options = parser.parse_args(argv)
    job = load_job(options.run_dir, dataset=options.dataset, base_model=options.base_model)
    pin(job.threads)
    compute = resolve(job.device, job.settings.precision)
    if options.quick:
        found: dict[str, Any] = {"step_ms": quick_step_ms(job, compute)}
    else:
        data = read_data(options.run_dir, job=job)
        found = asdict(held(job, data, compute) if options.memory else measure(job, data, compute))
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


def quick_step_ms(job: JobFile, compute: Compute) -> float:
    """Milliseconds of the matrix products of one step of full rows, without loading data or model."""
    tokens = job.settings.records_per_step * job.settings.max_length
    return products.step_ms(job.base_model.path, tokens=tokens, compute=compute)


def held(job: JobFile, data: Data, compute: Compute) -> Held:
    """All that a run does that takes memory, by its own code: losses, an answer, two steps, a checkpoint.

    Every row is the longest, and a step has two passes at most.
    """
    train, held_out = data.rows.train, data.rows.held_out
    longest = max(train, key=lambda row: max(len(piece.ids) for piece in row.pieces))
    piece = max(longest.pieces, key=lambda each: len(each.ids))
    passes = pass_size_for(job, compute, train, cache_dir=None)
    records = min(job.settings.records_per_step, 2 * passes.first())
    settings = replace(job.settings, batch_size=records, gradient_accumulation_steps=1)
    kept = sorted(held_out, key=lambda row: -max(len(each.ids) for each in row.pieces))[:BATCH_ROWS]
    rows = replace(data.rows, train=[piece] * records, held_out=kept)
    with tempfile.TemporaryDirectory(prefix="probe-") as scratch:
        log = EventLog(Path(scratch))
        run = build(
            Path(scratch),
            job=replace(job, settings=settings, sample_prompts=job.sample_prompts[:1]),
            log=log,
            commands=Commands(log),
            data=replace(data, rows=rows),
            compute=compute,
            passes=passes,
            identity={},
        )
        try:
            measure_base(run)
            sample(run)
            for _step in range(2):
                optimizer_step(run)
                run.progress.step += 1
            if kept:
                evaluate(run)
            save(run)
            micro_batch = run.progress.micro_batch
        finally:
            run.close()
            log.close()
    return Held(
        peak_memory_bytes=peak_memory_bytes(compute.device),
        rows=micro_batch,
        longest_row_tokens=len(piece.ids),
        trained_tokens=sum(side.trained_tokens for side in piece.sides),
        path=path_of(run.trainable.model),
        precision=compute.precision,
    )


def measure(job: JobFile, data: Data, compute: Compute) -> Probe:
    """Two passes of the longest row: one row, which warms up, then as many as fit into the time, at most a micro-batch."""
    settings = job.settings
    trainable = load_trainable(job, compute, warn=lambda _code, message: sys.stderr.write(f"{message}\n"))
    trainable.model.train()
    head = LossHead(trainable.model)
    optimizer = optimizer_for(trainable.parameters, settings)
    longest = max((piece for row in data.rows.train for piece in row.pieces), key=lambda piece: len(piece.ids))
    preference = preference_of(settings)
    pad_id = data.template.pad_id
    short = products_suit(trainable.model, [longest], pad_id=pad_id)
    layout = Layout(packed=False, reason="", pad_id=pad_id, budget=0, short=short)
    parts = Parts(trainable, head, layout, compute.device)
    micro_batch = pass_size_for(job, compute, data.rows.train, cache_dir=None).by_rule

    def one_pass(rows: list[Row]) -> None:
        if preference is None:
            backward(head.token_losses(layout.batch(rows).to(compute.device)).mean())
        else:
            preference.gradient(parts, rows, micro_batch=len(rows), check=lambda: None)
        optimizer.clip()  # waits for the device
        optimizer.step(MEASURED_RATE)
        optimizer.drop_gradients()

    _, cold = largest_pass(1, lambda rows: one_pass([longest] * rows))
    wanted = max(1, min(micro_batch, int(TIMED_SECONDS / cold)))
    rows, warm = largest_pass(wanted, lambda rows: one_pass([longest] * rows))
    tokens = len(longest.ids)
    return Probe(
        step_ms=1000 * warm / rows * settings.records_per_step,
        tokens_per_second=tokens * rows / warm,
        peak_memory_bytes=peak_memory_bytes(compute.device),
        micro_batch=micro_batch if rows == wanted else rows,
        longest_row_tokens=tokens,
    )


def largest_pass(rows: int, work: Callable[[int], None]) -> tuple[int, float]:
    """Halve `rows` until `work` fits into memory; returns them and its seconds. Raises `out_of_memory`."""
    while True:
        started = time.perf_counter()
        try:
            work(rows)
            return rows, time.perf_counter() - started
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
        if rows == 1:
            raise row_too_large()
        rows = (rows + 1) // 2
