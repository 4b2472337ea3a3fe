"""`lr-range`: the learning-rate range test (Smith 2017), a short sweep on a job's own model and data.

The rate rises exponentially from step to step while the loss is watched: it falls, reaches a lowest point and
rises again. Each point is printed as it is measured, then all of them and a suggestion; nothing is kept, and
nothing is set.
"""

import argparse
import json
import math
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from .config import JobFile, load_job
from .hardware import resolve
from .pass_size import pass_size_for
from .protocol import Commands, EventLog
from .run_data import read_data
from .run_state import Run
from .schedule import Schedule
from .setup import build
from .step import Outcome, optimizer_step
from .threads import pin

LOWEST: Final = 1e-6  # both ends are those of the setting learning_rate
HIGHEST: Final = 1e-2
STEPS: Final = 40
SMOOTHING: Final = 0.8
EXPLODED: Final = 4.0  # times the lowest smoothed loss
SHARE: Final = 0.1
METHOD: Final = (
    "a tenth of the rate at which the smoothed training loss was lowest in an exponential sweep "
    "(learning-rate range test, Smith 2017)"
)


@dataclass(frozen=True, slots=True)
class Point:
    """The loss of one step, a mean per trained token, before the update at `learning_rate`."""

    learning_rate: float
    loss: float


@dataclass(frozen=True, slots=True)
class Sweep(Schedule):
    """From `lowest` to `peak` in `total_steps`, by the same factor each."""

    lowest: float

    def rate(self, step: int) -> float:
        """The rate of optimizer step `step`, counted from 1."""
        share = (step - 1) / max(1, self.total_steps - 1)
        return self.lowest * math.pow(self.peak / self.lowest, share)


def main(argv: list[str]) -> int:
    """Print `{point}` after each step, then `{points, suggestion, method, exploded}`.

    `suggestion` is null where the loss never fell.
    """
    parser = argparse.ArgumentParser(prog="pipeline_trainer lr-range")
    parser.add_argument("run_dir", type=Path)
    parser.add_argument("--steps", type=int, default=STEPS, help="of the sweep, at most")
    parser.add_argument("--base-model", type=Path, help="where the base model is now")
    parser.add_argument("--dataset", type=Path, help="where the dataset is now")
    options = parser.parse_args(argv)
    job = load_job(options.run_dir, dataset=options.dataset, base_model=options.base_model)
    with tempfile.TemporaryDirectory(prefix="lr-range-") as scratch:
        log = EventLog(Path(scratch))
        try:
            run = open_sweep(options.run_dir, job, steps=max(1, options.steps), log=log)
            points, exploded = sweep(run, _say)
            run.close()
        finally:
            log.close()
    document = {
        "points": told(points),
        "suggestion": suggest(points),
        "method": METHOD,
        "exploded": exploded,
    }
    sys.stdout.write(json.dumps(document) + "\n")
    return 0


def open_sweep(run_dir: Path, job: JobFile, *, steps: int, log: EventLog) -> Run:
    """The run as its first step would find it, with the sweep for a schedule. Raises what loading raises."""
    pin(job.threads)
    compute = resolve(job.device, job.settings.precision)
    data = read_data(run_dir, job=job)
    run = build(
        run_dir,
        job=job,
        log=log,
        commands=Commands(log),
        data=data,
        compute=compute,
        passes=pass_size_for(job, compute, data.rows.train, cache_dir=None),
        identity={},
    )
    run.schedule = Sweep("constant", HIGHEST, 0, steps, LOWEST)
    return run


def sweep(run: Run, say: Callable[[Sequence[Point]], None]) -> tuple[list[Point], bool]:
    """The points, and whether the loss exploded, which ends the sweep; a loss that is no number is no point.

    `say` hears of each point at once, as the last of all so far.
    """
    points: list[Point] = []
    while run.progress.step < run.schedule.total_steps:
        outcome: Outcome = optimizer_step(run)
        if not outcome.finite:
            return points, True
        run.progress.step += 1
        points.append(Point(outcome.rate, outcome.loss))
        say(points)
        smooth = smoothed(points)
        if smooth[-1] > EXPLODED * min(smooth):
            return points, True
    return points, False


def _say(points: Sequence[Point]) -> None:
    sys.stdout.write(json.dumps({"point": told(points)[-1]}) + "\n")
    sys.stdout.flush()


def told(points: Sequence[Point]) -> list[dict[str, float]]:
    """Each point with the smoothed loss there, by which the suggestion is made."""
    means = smoothed(points)
    return [{**asdict(point), "smoothed": mean} for point, mean in zip(points, means, strict=True)]


def smoothed(points: Sequence[Point]) -> list[float]:
    """Exponential means of the losses, without the pull of a mean that begins at zero."""
    means: list[float] = []
    mean = 0.0
    for count, point in enumerate(points, start=1):
        mean = SMOOTHING * mean + (1 - SMOOTHING) * point.loss
        means.append(mean / (1 - SMOOTHING**count))
    return means


def suggest(points: Sequence[Point]) -> float | None:
    """The rate of the lowest smoothed loss, times `SHARE`, to two digits; None where the loss never fell."""
    smooth = smoothed(points)
    lowest = min(range(len(smooth)), key=smooth.__getitem__, default=0)
    if lowest == 0:
        return None
    return float(f"{max(LOWEST, points[lowest].learning_rate * SHARE):.1e}")
