"""Learning rate as a pure function of the step, and the intervals of a run."""

import math
from dataclasses import dataclass

from .config import LrScheduler, Settings

AUTO_INTERVAL_STEPS = 100
AUTO_POINTS_A_RUN = 5
AUTO_SAVE_SECONDS = 300.0
WSD_DECAY_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Schedule:
    """Linear warm-up to `peak`, then `kind` over what is left of `total_steps`."""

    kind: LrScheduler
    peak: float
    warmup_steps: int
    total_steps: int

    def rate(self, step: int) -> float:
        """The rate of optimizer step `step`, counted from 1.

        The first step already learns: transformers' schedules start at rate 0, which wastes it.
        """
        if step <= self.warmup_steps:
            return self.peak * step / self.warmup_steps
        progress = (step - 1 - self.warmup_steps) / max(1, self.total_steps - self.warmup_steps)
        match self.kind:
            case "constant":
                return self.peak
            case "linear":
                return self.peak * max(0.0, 1.0 - progress)
            case "cosine":
                return self.peak * 0.5 * (1.0 + math.cos(math.pi * min(1.0, progress)))
            case "wsd":  # warm-up, stable, decay (Hu et al. 2024)
                return self.peak * min(1.0, max(0.0, 1.0 - progress) / WSD_DECAY_SHARE)


@dataclass(frozen=True, slots=True)
class Intervals:
    """Steps between evaluations and checkpoints; `save_seconds` only where the interval is automatic.

    Evaluations have no clock: which adapter is the best, and when to stop early, would hang on the speed of the machine,
    so that neither a second run of the same seed nor a resumed one had to end with the same bits.
    """

    eval_every: int
    save_every: int
    save_seconds: float | None


def build_schedule(settings: Settings, total_steps: int) -> Schedule:
    """The schedule of a job: `warmup_steps` wins over `warmup_ratio`."""
    explicit = settings.warmup_steps
    warmup = explicit if explicit is not None else math.ceil(settings.warmup_ratio * total_steps)
    return Schedule(settings.lr_scheduler, settings.learning_rate, warmup, total_steps)


def build_intervals(settings: Settings, total_steps: int) -> Intervals:
    """An explicit interval as it is; else every 100 steps, and at least five times in a run."""
    automatic = min(AUTO_INTERVAL_STEPS, max(1, total_steps // AUTO_POINTS_A_RUN))
    return Intervals(
        eval_every=settings.eval_steps or automatic,
        save_every=settings.save_steps or automatic,
        save_seconds=AUTO_SAVE_SECONDS if settings.save_steps is None else None,
    )


def steps_per_epoch(records: int, settings: Settings) -> int:
    """Optimizer steps that see every record once: never zero."""
    return math.ceil(records / settings.records_per_step)


def planned_steps(records: int, settings: Settings) -> int:
    """Steps of the whole run: `max_steps` wins over epochs."""
    return settings.max_steps or steps_per_epoch(records, settings) * settings.num_epochs
