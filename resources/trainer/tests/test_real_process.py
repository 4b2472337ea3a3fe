"""Rule 5 with the real process: killed or orphaned, it ends as promised and goes on bit for bit."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from training_builders import Folder, attempt, make_model, make_run

import pipeline_trainer

PACKAGE = Path(pipeline_trainer.__file__).parents[1]
EPOCHS = 20  # of ten steps


@contextmanager
def trainer(folder: Folder) -> Iterator[tuple[subprocess.Popen[bytes], Iterator[dict[str, Any]]]]:
    """A real attempt, with its events as they come; killed at the end of the block if it still runs."""
    with subprocess.Popen(
        [sys.executable, "-m", "pipeline_trainer", "run", str(folder.path)],
        cwd=PACKAGE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        try:
            yield process, map(json.loads, process.stdout)
        finally:
            process.kill()


def wait_for_step(events: Iterator[dict[str, Any]], step: int) -> None:
    """Read on until `step` was reported."""
    for event in events:
        if event["event"] == "metrics" and event["step"] >= step:
            return
    pytest.fail(f"the process ended before step {step}")


def test_rule_5_killed_and_orphaned_the_real_process_goes_on_bit_for_bit(tmp_path: Path) -> None:
    model = make_model(tmp_path / "model")
    settings: dict[str, Any] = {"num_epochs": EPOCHS, "batch_size": 2, "lora_dropout": 0.2, "save_steps": 7, "eval_steps": 9}
    straight = make_run(tmp_path / "straight", model, **settings)
    assert attempt(straight) == 0
    folder = make_run(tmp_path / "run", model, **settings)
    moments = random.Random()

    with trainer(folder) as (process, events):
        wait_for_step(events, moments.randint(8, 60))
        process.kill()
        process.wait(timeout=60)
    killed_at = folder.named("metrics")[-1]["step"]
    assert folder.events()[-1]["event"] not in {"completed", "failed", "interrupted"}

    with trainer(folder) as (process, events):
        wait_for_step(events, killed_at + moments.randint(1, 20))
        assert process.stdin is not None
        process.stdin.close()
        end = list(events)[-1]
        assert process.wait(timeout=60) == 75
    assert (end["event"], end["reason"], end["saved"]) == ("interrupted", "parent_gone", True)
    assert (folder.path / "checkpoints" / f"step-{end['step']:06d}" / "manifest.json").exists()

    assert attempt(folder) == 0
    assert [event["attempt"] for event in folder.named("hello")] == [1, 2, 3]
    assert [event["seq"] for event in folder.events()] == list(range(1, len(folder.events()) + 1))
    assert folder.adapter() == straight.adapter()
