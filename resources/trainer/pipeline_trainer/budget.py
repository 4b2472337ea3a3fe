"""Budgets: training ends by the clock or by the card's energy.

What was used is kept beside the checkpoints and not in them: a run that goes back to an older checkpoint has
used its time all the same.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final, Literal

from .config import Settings
from .errors import TrainerError
from .hardware import Compute, read_card

BudgetEnd = Literal["time_budget", "energy_budget"]
USED_FILE: Final = "used.json"
HOUR_SECONDS: Final = 3600.0
KWH_JOULES: Final = 3.6e6


def now() -> float:
    """Seconds of a clock that no one sets."""
    return time.monotonic()


@dataclass(frozen=True, slots=True)
class Used:
    """Of training alone, over all attempts."""

    seconds: float = 0.0
    joules: float = 0.0


@dataclass(slots=True)
class Budget:
    """`hours` and `kwh` of a run (None: no such budget), and what attempts before this one used of them.

    `joules`: what the card has used since any fixed moment.
    """

    path: Path
    hours: float | None
    kwh: float | None
    joules: Callable[[], float]
    before: Used = field(default_factory=Used)
    _began: Used | None = None

    def begin(self) -> None:
        """From here on it is training."""
        if not self.unlimited:
            self.before = read_used(self.path)
            self._began = Used(now(), self.joules())

    @property
    def unlimited(self) -> bool:
        """Whether there is no budget."""
        return self.hours is None and self.kwh is None

    @property
    def used(self) -> Used:
        """Until now."""
        if self._began is None:
            return self.before
        seconds, joules = now() - self._began.seconds, self.joules() - self._began.joules
        return Used(self.before.seconds + seconds, self.before.joules + joules)

    def used_up(self) -> tuple[BudgetEnd, str] | None:
        """Which budget nothing is left of, and the reason in words; what was used is kept on the way."""
        self.keep()
        used = self.used
        if self.hours is not None and used.seconds >= self.hours * HOUR_SECONDS:
            return "time_budget", f"The time budget of {self.hours:g} hours is used up"
        if self.kwh is not None and used.joules >= self.kwh * KWH_JOULES:
            return "energy_budget", f"The energy budget of {self.kwh:g} kWh is used up"
        return None

    def keep(self) -> None:
        """For the next attempt. A full disk is for the next event to report, which no run goes on without."""
        if self._began is None:
            return
        fresh = self.path.with_suffix(f".{os.getpid()}")
        try:
            fresh.write_text(json.dumps(asdict(self.used)) + "\n", "utf-8")
            fresh.replace(self.path)
        except OSError as error:
            fresh.unlink(missing_ok=True)
            sys.stderr.write(f"what the budgets have used is not kept: {error}\n")


def read_used(path: Path) -> Used:
    """What earlier attempts kept; nothing where there is no such file, or none that makes sense."""
    try:
        kept = json.loads(path.read_text("utf-8"))
        used = Used(float(kept["seconds"]), float(kept["joules"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Used()
    return used if used.seconds >= 0 and used.joules >= 0 else Used()


def refuse_unmeasured_energy(settings: Settings, compute: Compute, cards: int = 1) -> None:
    """Raises `energy_not_measured` where an energy budget could never end a run, or only too late."""
    if settings.max_energy_kwh is None:
        return
    reason = "this run trains on the processor, whose power is not measured"
    if cards > 1:
        reason = f"this run trains on {cards} cards, and the power of one is measured"
    elif compute.device.type == "cuda":
        if "gpu_power_watts" in read_card(compute.device):
            return
        reason = f"{compute.name} does not report its power"
    raise TrainerError(
        "energy_not_measured",
        f"The energy budget cannot be kept: {reason}.",
        hint="Make the run again without max_energy_kwh; max_hours ends a run on any machine.",
    )
