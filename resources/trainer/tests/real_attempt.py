"""Attempts of a run as the app makes them: in processes of their own, with the events as they come."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from training_builders import Folder

import pipeline_trainer

PACKAGE = Path(pipeline_trainer.__file__).parents[1]
Events = Iterator[dict[str, Any]]


@contextmanager
def trainer(
    folder: Folder, *options: str, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[bytes], Events]]:
    """A real attempt; killed at the end of the block if it still runs."""
    with subprocess.Popen(
        [sys.executable, "-m", "pipeline_trainer", "run", str(folder.path), *options],
        cwd=PACKAGE,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        try:
            yield process, map(json.loads, process.stdout)
        finally:
            process.kill()


def wait_for_step(events: Events, step: int) -> None:
    """Read on until `step` was reported."""
    for event in events:
        if event["event"] == "metrics" and event["step"] >= step:
            return
    raise AssertionError(f"the process ended before step {step}")
