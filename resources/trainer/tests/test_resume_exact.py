"""Rule 5, to the last bit: counters, generators, moments and figures of a run that was stopped again and again."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from training_builders import Folder, attempt, make_model, make_run, open_run

from pipeline_trainer import rng
from pipeline_trainer.checkpoint import folder_name
from pipeline_trainer.protocol import Command
from pipeline_trainer.run_state import StoppedError
from pipeline_trainer.step import optimizer_step

STEPS = 10  # two epochs of five, the last step of each smaller than the others
STOPPED = 75


def make_job(folder: Path, model: Path, **settings: Any) -> Folder:
    return make_run(folder, model, lora_dropout=0.2, eval_steps=3, save_steps=4, save_total_limit=100, **settings)


def figures(folder: Folder) -> dict[int, tuple[Any, ...]]:
    """What each step reported last, without what a clock decides."""
    names = ("epoch", "tokens", "training_loss", "validation_loss", "learning_rate", "gradient_norm", "non_finite")
    return {event["step"]: tuple(event.get(name) for name in names) for event in folder.named("metrics")}


def last_state(folder: Folder, step: int = STEPS) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """Counters, sampler, generators, adapter and moments of the last checkpoint."""
    path = folder.path / "checkpoints" / folder_name(step)
    document = json.loads((path / "state.json").read_bytes())
    # The figures hold times, `last_good_step` names a checkpoint, and checkpoints fall where an attempt ended.
    counters = {
        name: value for name, value in document["progress"].items() if name not in ("last_metrics", "last_good_step")
    }
    tensors = {name: value for file in sorted(path.glob("*.safetensors")) for name, value in load_file(file).items()}
    return {"progress": counters, "sampler": document["sampler"], "rng": document["rng"]}, tensors


def assert_same_run(left: Folder, right: Folder, *, step: int = STEPS) -> None:
    (plain, tensors), (other_plain, other_tensors) = last_state(left, step), last_state(right, step)
    assert plain == other_plain
    assert tensors.keys() == other_tensors.keys()
    assert [name for name, value in tensors.items() if not torch.equal(value, other_tensors[name])] == []
    assert figures(left) == figures(right)
    assert left.adapter() == right.adapter()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("base") / "tiny")


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Folder:
    """The run that nobody stopped."""
    folder = make_job(tmp_path_factory.mktemp("straight"), model)
    assert attempt(folder) == 0
    assert sorted(figures(folder)) == list(range(1, STEPS + 1))
    return folder


def test_rule_5_a_run_stopped_at_every_turn_goes_on_bit_for_bit(tmp_path: Path, model: Path, straight: Folder) -> None:
    """Polls fall before, inside and after steps, inside evaluations and between the passes of a step."""
    folder = make_job(tmp_path / "run", model)
    stream = random.Random(11)
    attempts = 1
    while attempt(folder, at_poll={stream.randint(2, 9): Command("pause")}) == STOPPED:
        attempts += 1
    assert attempts > 3
    assert_same_run(straight, folder)


def test_rule_5_a_step_stopped_between_two_passes_is_done_again_whole(tmp_path: Path, model: Path) -> None:
    run = open_run(make_job(tmp_path / "run", model))
    run.progress.micro_batch = 1
    before = (rng.fingerprint(rng.capture()), run.sampler.to_dict())
    run.commands.at_poll[3] = Command("pause")
    with pytest.raises(StoppedError):
        optimizer_step(run)
    assert (rng.fingerprint(rng.capture()), run.sampler.to_dict()) == before
    assert all(parameter.grad is None for parameter in run.trainable.parameters.values())


def test_rule_5_a_run_that_lost_its_newest_steps_goes_on_bit_for_bit(tmp_path: Path, model: Path, straight: Folder) -> None:
    """What a killed process leaves: an older checkpoint, a half-written one, a torn line."""
    folder = make_job(tmp_path / "run", model)
    assert attempt(folder, at_poll={20: Command("pause")}) == STOPPED
    stopped = folder.named("interrupted")[0]["step"]
    checkpoints = folder.path / "checkpoints"
    assert stopped > 4
    (checkpoints / folder_name(stopped)).rename(checkpoints / f".staging-{folder_name(stopped)}")
    with (folder.path / "events.jsonl").open("ab") as events:
        events.write(b'{"event": "metrics", "ste')
    assert attempt(folder) == 0
    assert not list(checkpoints.glob(".staging-*"))
    assert_same_run(straight, folder)


def test_rule_5_early_stopping_counts_over_attempts(tmp_path: Path, model: Path) -> None:
    settings = {"early_stopping_patience": 2, "early_stopping_min_delta": 10.0, "eval_steps": 1, "save_steps": 50}
    straight = make_run(tmp_path / "straight", model, num_epochs=4, **settings)
    assert attempt(straight) == 0
    assert straight.named("completed")[0]["early_stopped"]
    folder = make_run(tmp_path / "run", model, num_epochs=4, **settings)
    while attempt(folder, at_poll={7: Command("pause")}) == STOPPED:
        pass
    assert len(folder.named("hello")) == 2
    assert sorted(figures(folder)) == sorted(figures(straight)) == [1, 2, 3]
    assert folder.adapter() == straight.adapter()
