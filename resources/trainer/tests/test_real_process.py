"""Rule 5 with the real process: killed or orphaned, it ends as promised and goes on bit for bit."""

import random
from pathlib import Path
from typing import Any

from real_attempt import trainer, wait_for_step
from training_builders import attempt, make_model, make_run

EPOCHS = 10  # of ten steps


def test_rule_5_killed_and_orphaned_the_real_process_goes_on_bit_for_bit(tmp_path: Path) -> None:
    model = make_model(tmp_path / "model")
    settings: dict[str, Any] = {"num_epochs": EPOCHS, "batch_size": 2, "lora_dropout": 0.2, "save_steps": 7, "eval_steps": 9}
    straight = make_run(tmp_path / "straight", model, **settings)
    assert attempt(straight) == 0
    folder = make_run(tmp_path / "run", model, **settings)
    moments = random.Random()

    with trainer(folder) as (process, events):
        wait_for_step(events, moments.randint(8, 30))
        process.kill()
        process.wait(timeout=60)
    killed_at = folder.named("metrics")[-1]["step"]
    assert folder.events()[-1]["event"] not in {"completed", "failed", "interrupted"}

    with trainer(folder) as (process, events):
        wait_for_step(events, killed_at + moments.randint(1, 20))
        process.stdin.close()
        end = list(events)[-1]
        assert process.wait(timeout=60) == 75
    assert (end["event"], end["reason"], end["saved"]) == ("interrupted", "parent_gone", True)
    assert (folder.path / "checkpoints" / f"step-{end['step']:06d}" / "manifest.json").exists()

    assert attempt(folder) == 0
    assert [event["attempt"] for event in folder.named("hello")] == [1, 2, 3]
    assert [event["seq"] for event in folder.events()] == list(range(1, len(folder.events()) + 1))
    assert folder.adapter() == straight.adapter()
