"""`probe`: how long a step takes and how much memory, measured on the longest row of a job."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from . import products
from .config import JobFile, load_job
from .data.batches import Row
from .hardware import Compute, peak_memory_bytes, resolve
from .layout import Layout, products_suit
from .loss import LossHead, backward
from .optimizer import optimizer_for
from .out_of_memory import is_out_of_memory, row_too_large
from .pass_size import micro_batch_for
from .preference import Parts, preference_of
from .run_data import Data, read_data
from .setup import load_trainable
from .threads import pin

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


def main(argv: list[str]) -> int:
    """Print a `Probe` as JSON; with `--quick` its `step_ms` alone, reckoned from matrix products."""
    parser = argparse.ArgumentParser(prog="pipeline_trainer probe")
    parser.add_argument("run_dir", type=Path)
    parser.add_argument("--base-model", type=Path, help="where the base model is now")
    parser.add_argument("--dataset", type=Path, help="where the dataset is now")
    parser.add_argument("--quick", action="store_true", help="reckon the step from its matrix products, in seconds")
    options = parser.parse_args(argv)
    job = load_job(options.run_dir, dataset=options.dataset, base_model=options.base_model)
    pin(job.threads)
    compute = resolve(job.device, job.settings.precision)
    found = {"step_ms": quick_step_ms(job, compute)} if options.quick else _measured(options.run_dir, job, compute)
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


def quick_step_ms(job: JobFile, compute: Compute) -> float:
    """Milliseconds of the matrix products of one step of full rows, without loading data or model."""
    tokens = job.settings.records_per_step * job.settings.max_length
    return products.step_ms(job.base_model.path, tokens=tokens, compute=compute)


def _measured(run_dir: Path, job: JobFile, compute: Compute) -> dict[str, float]:
    return asdict(measure(job, read_data(run_dir, job=job), compute))


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
    micro_batch = micro_batch_for(data.rows.train, settings.records_per_step, compute)

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
    rows, seconds = largest_pass(wanted, lambda rows: one_pass([longest] * rows))
    tokens = len(longest.ids)
    return Probe(
        step_ms=1000 * seconds / rows * settings.records_per_step,
        tokens_per_second=tokens * rows / seconds,
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
