"""Rule 7: a step that is not a number changes nothing; three in a row go back, and again end the run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from training_builders import Folder, attempt, make_model, make_run, open_run

from pipeline_trainer import checkpoint
from pipeline_trainer import setup as engine_setup
from pipeline_trainer.data.batches import Batch
from pipeline_trainer.errors import TrainerError
from pipeline_trainer.loss import LossHead
from pipeline_trainer.progress import HeldOut
from pipeline_trainer.protocol import EXIT_INTERRUPTED, Command
from pipeline_trainer.step import optimizer_step


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("base") / "tiny")


def break_passes(monkeypatch: pytest.MonkeyPatch, broken: Callable[[int], bool], value: float = float("nan")) -> list[int]:
    """Multiply the loss of the training passes (counted from 1) that `broken` names; returns the count."""
    count = [0]
    plain = LossHead.token_losses

    def token_losses(self: LossHead, batch: Batch) -> Tensor:
        losses = plain(self, batch)
        if not torch.is_grad_enabled():
            return losses
        count[0] += 1
        return losses * value if broken(count[0]) else losses

    monkeypatch.setattr(LossHead, "token_losses", token_losses)
    return count


def skipped(folder: Folder) -> list[int]:
    return [event["step"] for event in folder.named("metrics") if event.get("non_finite")]


@pytest.mark.parametrize(("value", "name"), [(float("nan"), "nan"), (float("inf"), "inf"), (float("-inf"), "-inf")])
def test_rule_7_a_step_that_is_not_finite_changes_nothing_and_is_reported(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch, value: float, name: str
) -> None:
    folder = make_run(tmp_path / "run", model)
    run = open_run(folder)
    optimizer_step(run)
    before = {key: tensor.detach().clone() for key, tensor in run.trainable.parameters.items()}
    moments = {key: tensor.clone() for key, tensor in run.optimizer.state_tensors().items()}
    break_passes(monkeypatch, lambda _count: True, value)
    assert not optimizer_step(run).finite
    assert all(torch.equal(tensor, before[key]) for key, tensor in run.trainable.parameters.items())
    assert all(torch.equal(tensor, moments[key]) for key, tensor in run.optimizer.state_tensors().items())
    run.log.close()
    monkeypatch.undo()
    fresh = make_run(tmp_path / "whole", model)
    break_passes(monkeypatch, lambda count: count == 2, value)
    assert attempt(fresh) == 0
    assert skipped(fresh) == [2]
    assert fresh.named("metrics")[1]["non_finite"] == name
    assert not fresh.named("warning")


def test_rule_7_a_gradient_that_is_not_finite_is_skipped_too(tmp_path: Path, model: Path) -> None:
    run = open_run(make_run(tmp_path / "run", model))
    before = {key: tensor.detach().clone() for key, tensor in run.trainable.parameters.items()}
    next(iter(run.trainable.parameters.values())).register_hook(lambda gradient: gradient * float("inf"))
    outcome = optimizer_step(run)
    assert not outcome.finite
    assert all(torch.equal(tensor, before[key]) for key, tensor in run.trainable.parameters.items())
    run.log.close()


def test_rule_7_three_in_a_row_go_back_to_the_last_good_checkpoint_at_half_the_rate(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_run(tmp_path / "run", model, save_steps=4, eval_steps=50)
    break_passes(monkeypatch, lambda count: count in (6, 7, 8))
    assert attempt(folder) == 0
    assert skipped(folder) == [6, 7, 8]
    assert [event["code"] for event in folder.named("warning")] == ["rate_halved"]
    steps = [event["step"] for event in folder.named("metrics")]
    assert steps == [*range(1, 9), *range(5, 11)]
    rates = {(index, event["step"]): event["learning_rate"] for index, event in enumerate(folder.named("metrics"))}
    assert rates[8, 5] == rates[4, 5] / 2
    assert rates[9, 6] == rates[5, 6] / 2


def damage_before_going_back(monkeypatch: pytest.MonkeyPatch, folder: Folder, steps: set[int]) -> None:
    """Flip a bit in the adapters of `steps` while the third of a series is computed."""
    plain = LossHead.token_losses

    def token_losses(self: LossHead, batch: Batch) -> Tensor:
        for path in (folder.path / "checkpoints").glob("step-*/adapter_model.safetensors"):
            step = checkpoint.step_of(path.parent)
            if step in steps and folder.steps_reported == 7:
                steps.discard(step)
                content = bytearray(path.read_bytes())
                content[-1] ^= 1
                path.write_bytes(content)
        return plain(self, batch)

    monkeypatch.setattr(LossHead, "token_losses", token_losses)


@pytest.mark.parametrize(("damaged", "back_to"), [({4}, 2), ({2, 4}, 0)])
def test_rule_7_going_back_passes_over_a_damaged_checkpoint(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch, damaged: set[int], back_to: int
) -> None:
    folder = make_run(tmp_path / "run", model, save_steps=2, eval_steps=50)
    break_passes(monkeypatch, lambda count: count in (6, 7, 8))
    damage_before_going_back(monkeypatch, folder, set(damaged))
    assert attempt(folder) == 0
    warnings = folder.named("warning")
    assert [event["code"] for event in warnings] == ["checkpoint_skipped"] * len(damaged) + ["rate_halved"]
    assert "adapter_model.safetensors has changed" in warnings[0]["message"]
    steps = [event["step"] for event in folder.named("metrics")]
    assert steps == [*range(1, 9), *range(back_to + 1, 11)]


def test_rule_7_without_a_good_checkpoint_the_run_begins_again(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_run(tmp_path / "run", model, save_steps=50, eval_steps=50)
    break_passes(monkeypatch, lambda count: count in (3, 4, 5))
    assert attempt(folder) == 0
    assert [event["step"] for event in folder.named("metrics")] == [*range(1, 6), *range(1, 11)]
    first, again = (event for event in folder.named("metrics") if event["step"] == 1)
    assert first["training_loss"] == again["training_loss"]
    assert again["learning_rate"] == first["learning_rate"] / 2


def test_rule_7_the_next_three_in_a_row_end_the_run(tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_run(tmp_path / "run", model, save_steps=2, eval_steps=50)
    break_passes(monkeypatch, lambda count: count > 4)
    with pytest.raises(TrainerError) as ended:
        attempt(folder)
    assert ended.value.code == "loss_diverged"
    assert skipped(folder) == [5, 6, 7, 5, 6, 7]


def test_rule_7_two_in_a_row_are_skipped_and_forgotten(tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_run(tmp_path / "run", model)
    break_passes(monkeypatch, lambda count: count in (2, 3, 5, 6))
    assert attempt(folder) == 0
    assert skipped(folder) == [2, 3, 5, 6]
    assert not folder.named("warning")


OFTEN_SAVED: dict[str, Any] = {"save_steps": 1, "save_total_limit": 50, "eval_steps": 50, "lora_dropout": 0.1}


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Folder:
    """A run that went back, in one attempt."""
    folder = make_run(tmp_path_factory.mktemp("straight"), model, **OFTEN_SAVED)
    with pytest.MonkeyPatch.context() as patched:
        break_passes(patched, lambda count: count in (6, 7, 8))
        assert attempt(folder) == 0
    return folder


@pytest.mark.parametrize("stop_at", [24, 26, 28, 30, 34])
def test_rule_7_the_halved_rate_outlives_an_attempt(
    tmp_path: Path, model: Path, straight: Folder, monkeypatch: pytest.MonkeyPatch, stop_at: int
) -> None:
    """Steps after going back are the same, whether or not the process ends in between and a checkpoint is lost."""
    folder = make_run(tmp_path / "run", model, **OFTEN_SAVED)
    with monkeypatch.context() as patched:
        break_passes(patched, lambda count: count in (6, 7, 8))
        first = attempt(folder, at_poll={stop_at: Command("pause")})
        if first == 75:
            assert attempt(folder) == 0
    assert straight.adapter() == folder.adapter()


def test_rule_7_no_checkpoint_of_the_steps_that_were_taken_back_is_left(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process killed right after going back must not go on from a step that no longer counts."""
    folder = make_run(tmp_path / "run", model, save_steps=1, save_total_limit=50, eval_steps=50)
    break_passes(monkeypatch, lambda count: count in (6, 7, 8))
    seen: list[list[str]] = []
    plain = engine_setup.EventLog.warn

    def warn(self: Any, code: str, message: str) -> None:
        if code == "rate_halved":
            seen.append(sorted(path.name for path in (folder.path / "checkpoints").glob("step-*")))
        plain(self, code, message)

    monkeypatch.setattr(engine_setup.EventLog, "warn", warn)
    assert attempt(folder) == 0
    assert seen == [[f"step-{step:06d}" for step in range(1, 6)]]


def test_rule_7_held_out_losses_that_are_no_numbers_end_nothing(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An adapter that overflows after step 3 is evaluated and saved at step 4, before the run goes back."""
    folder = make_run(tmp_path / "run", model, save_steps=2, eval_steps=2)
    plain, overflown = LossHead.token_losses, [False]

    def token_losses(self: LossHead, batch: Batch) -> Tensor:
        if torch.is_grad_enabled() and folder.steps_reported == 3 and not overflown[0]:
            overflown[0] = True
            for parameter in self._model.parameters():
                if parameter.requires_grad:
                    parameter.data.fill_(1e30)
        return plain(self, batch)

    monkeypatch.setattr(LossHead, "token_losses", token_losses)
    assert attempt(folder) == 0
    codes = [event["code"] for event in folder.named("warning")]
    assert codes.count("rate_halved") == 1
    assert "evaluation_not_finite" in codes
    assert folder.curve("validation_loss")[4] is not None
    assert not list((folder.path / "checkpoints").glob(".staging-*"))


def test_an_untouched_model_without_a_held_out_loss_is_compared_with_nothing(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_run(tmp_path / "run", model)
    monkeypatch.setattr("pipeline_trainer.validate.evaluate", lambda _run: {"all": HeldOut(float("nan"), 10, 2)})
    assert attempt(folder, at_poll={20: Command("pause")}) == EXIT_INTERRUPTED
    assert attempt(folder) == 0
    completed = folder.named("completed")[0]
    assert completed["base_validation_loss"] is None
    assert completed["final_validation_loss"] is None
