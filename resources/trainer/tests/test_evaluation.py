"""Rule 10: held-out loss is weighted by token, patience is kept, and the best adapter is the result."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional
from training_builders import Folder, attempt, make_model, make_run, open_run

from pipeline_trainer import evaluate as evaluate_module
from pipeline_trainer import finish, validate
from pipeline_trainer.checkpoint import folder_name
from pipeline_trainer.data.batches import Batch
from pipeline_trainer.loss import LossHead
from pipeline_trainer.progress import Groups, HeldOut, Progress
from pipeline_trainer.run_state import Run


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("base") / "tiny")


def scripted(monkeypatch: pytest.MonkeyPatch, losses: dict[int, float]) -> None:
    """Held-out losses by step; the base model's is at step 0."""

    def evaluation(run: Run) -> Groups:
        return {"all": HeldOut(losses[run.progress.step] * 10, 10, 3)}

    monkeypatch.setattr(validate, "evaluate", evaluation)


def run_with(tmp_path: Path, model: Path, **settings: Any) -> Folder:
    folder = make_run(tmp_path / "run", model, eval_steps=1, save_steps=50, **settings)
    assert attempt(folder) == 0
    return folder


def test_rule_10_the_loss_is_weighted_by_token_without_dropout(tmp_path: Path, model: Path) -> None:
    run = open_run(make_run(tmp_path / "run", model, held_out=5, lora_dropout=0.5))
    for parameter in run.trainable.parameters.values():
        parameter.data.normal_(0, 0.1)
    groups = validate.evaluate(run)
    total, tokens = 0.0, 0
    run.trainable.model.eval()
    for row in run.held_out_rows:
        ids = torch.tensor([row.ids])  # (1, seq)
        with torch.no_grad():
            logits = run.trainable.model(input_ids=ids).logits[0, :-1]
        marked = torch.tensor(row.trained[1:])
        total += float(functional.cross_entropy(logits[marked], ids[0, 1:][marked], reduction="sum"))
        tokens += int(marked.sum())
    assert groups["all"].loss == pytest.approx(total / tokens, rel=1e-6)
    assert groups["all"].tokens == tokens
    assert groups["topic: even"] + groups["topic: odd"] == groups["all"].__class__(
        pytest.approx(groups["all"].total), tokens, 5
    )
    run.log.close()


def test_rule_10_the_result_is_the_best_adapter_not_the_last(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted(monkeypatch, {0: 5.0, **dict.fromkeys(range(1, 11), 4.0), 3: 2.0, 7: 2.0})
    folder = run_with(tmp_path, model)
    completed = folder.named("completed")[0]
    assert completed["source_step"] == 3
    assert completed["final_validation_loss"] == 2.0
    assert completed["base_validation_loss"] == 5.0
    # Its figures are those of its step, not of the last.
    assert completed["final_training_loss"] == folder.curve("training_loss")[3] != folder.curve("training_loss")[10]
    assert completed["best_epoch"] == 1
    best = folder.path / "checkpoints" / folder_name(3) / "adapter_model.safetensors"
    last = folder.path / "checkpoints" / folder_name(10) / "adapter_model.safetensors"
    assert folder.adapter() == best.read_bytes() != last.read_bytes()


def test_rule_10_a_best_checkpoint_that_is_damaged_gives_way_to_the_last(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a run whose training is done could never be finished."""
    folder = make_run(tmp_path / "run", model, eval_steps=1, save_steps=50)
    losses = {0: 5.0, **dict.fromkeys(range(1, 11), 4.0), 3: 2.0}

    def evaluation(run: Run) -> Groups:
        if run.progress.step == 5:
            (folder.path / "checkpoints" / folder_name(3) / "adapter_model.safetensors").write_bytes(b"")
        return {"all": HeldOut(losses[run.progress.step] * 10, 10, 3)}

    monkeypatch.setattr(validate, "evaluate", evaluation)
    monkeypatch.setattr(finish, "evaluate", evaluation)
    assert attempt(folder) == 0
    completed = folder.named("completed")[0]
    assert (completed["source_step"], completed["final_validation_loss"]) == (10, 4.0)
    assert completed["final_training_loss"] == folder.curve("training_loss")[10]
    assert [event["code"] for event in folder.named("warning")] == ["best_checkpoint_damaged"]
    last = folder.path / "checkpoints" / folder_name(10) / "adapter_model.safetensors"
    assert folder.adapter() == last.read_bytes()


def test_rule_10_without_held_out_records_the_last_adapter_is_the_result(tmp_path: Path, model: Path) -> None:
    folder = make_run(tmp_path / "run", model, held_out=0, validation_share=0.0)
    assert attempt(folder) == 0
    completed = folder.named("completed")[0]
    assert completed["source_step"] == folder.job.total_steps
    assert completed["final_validation_loss"] is None
    assert not folder.named("evaluation")


def test_rule_10_patience_ends_the_run_and_small_gains_do_not_count(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted(monkeypatch, {0: 5.0, 1: 4.0, 2: 3.0, 3: 2.95, 4: 2.92, 5: 2.91})
    folder = run_with(tmp_path, model, early_stopping_patience=3, early_stopping_min_delta=0.1)
    completed = folder.named("completed")[0]
    assert completed["early_stopped"]
    assert [event["step"] for event in folder.named("metrics")] == [1, 2, 3, 4, 5]
    assert completed["source_step"] == 5


def test_rule_10_a_gain_resets_the_patience() -> None:
    progress = Progress()
    for step, loss in enumerate([4.0, 4.0, 3.0, 3.5, 3.6], start=1):
        progress.step = step
        progress.judge({"all": HeldOut(loss, 1, 1)}, min_delta=0.0, patience=2)
        assert progress.stopped_early == (step == 5)
    assert progress.best_step == 3


def test_rule_10_base_and_adapter_are_both_measured_on_the_held_out_set(tmp_path: Path, model: Path) -> None:
    folder = make_run(tmp_path / "run", model)
    assert attempt(folder) == 0
    final = {(event["subject"], event["group"]): event for event in folder.named("evaluation") if event["final"]}
    assert sorted(final) == [(who, what) for who in ("adapter", "base") for what in ("all", "topic: even", "topic: odd")]
    assert final["adapter", "all"]["loss"] < final["base", "all"]["loss"]
    assert {event["method"] for event in final.values()} == {evaluate_module.METHOD}


def test_an_evaluation_that_runs_out_of_memory_is_done_again_in_smaller_passes(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = open_run(make_run(tmp_path / "run", model, held_out=5, packing="off"))
    roomy = validate.evaluate(run)
    passes: list[int] = []
    whole = LossHead.token_losses

    def tight(self: LossHead, batch: Batch) -> Tensor:
        passes.append(len(batch.input_ids))
        if len(batch.input_ids) > 1:
            raise MemoryError
        return whole(self, batch)

    monkeypatch.setattr(LossHead, "token_losses", tight)
    small = validate.evaluate(run)
    assert passes == [5, 4, 2, 1, 1, 1, 1, 1]
    assert small["all"].loss == pytest.approx(roomy["all"].loss, rel=1e-6)
    run.log.close()


def test_a_pass_of_held_out_rows_is_no_larger_than_one_of_training(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The logits of eight long rows would be the most memory of a run."""
    seen: list[int] = []
    plain = LossHead.token_losses

    def token_losses(self: LossHead, batch: Batch) -> Tensor:
        seen.append(batch.input_ids.numel())
        return plain(self, batch)

    monkeypatch.setattr(LossHead, "token_losses", token_losses)
    monkeypatch.setattr("pipeline_trainer.data.order.PASS_TOKENS", {"cpu": 100})
    run = open_run(make_run(tmp_path / "run", model, held_out=8))
    validate.evaluate(run)
    run.log.close()
    assert max(seen) <= 100
    assert sum(seen) > 100
