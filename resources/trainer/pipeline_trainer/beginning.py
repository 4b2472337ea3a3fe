"""What is refused of a new run; one that has begun goes on."""

from typing import Final

from .config import JobFile
from .errors import TrainerError

# A little over a minute: in less, no run gets past its first look at what is held out.
LEAST_HOURS: Final = 0.02


def refuse_to_begin(job: JobFile) -> None:
    """Raise `invalid_setting` (mirror: `refuseLongWarmup` of `settings.ts`)."""
    warmup, hours = job.settings.warmup_steps, job.settings.max_hours
    if warmup is not None and warmup >= job.total_steps:
        raise TrainerError(
            "invalid_setting",
            f"warmup_steps is {warmup}, but the run has {job.total_steps} steps, "
            "so its learning rate would never be used in full.",
            hint=f"Give {job.total_steps - 1} or less." if job.total_steps > 1 else "Give 0, or a longer run.",
        )
    if hours is not None and hours < LEAST_HOURS:
        raise TrainerError(
            "invalid_setting",
            f"max_hours is {hours:g}; it may be {LEAST_HOURS} to 10000, or none.",
            hint="Give more, or none.",
        )
