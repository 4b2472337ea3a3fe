"""Attempts of a run as the app makes them: in processes of their own, with the events as they come."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from forked import Forked, forked
from training_builders import Folder

Events = Iterator[dict[str, Any]]


@contextmanager
def trainer(folder: Folder, *options: str, environment: Mapping[str, str] | None = None) -> Iterator[tuple[Forked, Events]]:
    """A real attempt; killed at the end of the block if it still runs."""
    with forked("run", str(folder.path), *options, environment=environment) as process:
        yield process, map(json.loads, process.stdout)


def wait_for_step(events: Events, step: int) -> None:
    """Read on until `step` was reported."""
    for event in events:
        if event["event"] == "metrics" and event["step"] >= step:
            return
    raise AssertionError(f"the process ended before step {step}")
