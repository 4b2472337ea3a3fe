"""A contender's side of the benchmark: trains when it is its turn, and waits otherwise.

One JSON object a line on stdout; a line on stdin begins the next turn. A turn is a fixed number of optimizer
steps; before the first come the steps that warm up.
"""

import json
import os
import sys
import time
from typing import Any

from pipeline_trainer.hardware import peak_memory_bytes


def clocks() -> tuple[float, float]:
    """Seconds by the clock, and of the processor for this process alone."""
    return time.perf_counter(), time.process_time()


class Turns:
    """Counts optimizer steps, and holds the contender at the end of each turn."""

    def __init__(self, *, warm_up: int, steps: int) -> None:
        """Takes stdout for itself: what libraries print goes to stderr."""
        self._out = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)
        self._left = warm_up
        self._steps = steps
        self._started: tuple[float, float] | None = None

    def after_step(self) -> None:
        """Call after every optimizer step."""
        self._left -= 1
        if self._left > 0:
            return
        started = self._started or clocks()
        self.tell(
            **{name: now - then for name, now, then in zip(("seconds", "processor_seconds"), clocks(), started, strict=True)}
        )
        sys.stdin.readline()
        self._left = self._steps
        self._started = clocks()

    def tell(self, **fields: Any) -> None:
        """Say something to the benchmark."""
        self._out.write(json.dumps(fields) + "\n")
        self._out.flush()

    def done(self, device: Any, *, loss: float, gradient_norm: float) -> None:
        """Report the most memory that was held, and the last step's loss and gradient norm."""
        self.tell(peak_bytes=peak_memory_bytes(device), loss=loss, gradient_norm=gradient_norm)
