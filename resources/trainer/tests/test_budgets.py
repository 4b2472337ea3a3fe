"""Budgets of time and energy: the run ends as completed, with the best adapter so far, and says why."""

import json
from pathlib import Path

import pytest
import torch
from real_attempt import trainer
from training_builders import Folder, attempt, make_model, make_run

from pipeline_trainer import budget, hardware, resume, train
from pipeline_trainer.config import Settings
from pipeline_trainer.errors import TrainerError
from pipeline_trainer.hardware import Compute, Energy
from pipeline_trainer.protocol import Command
from pipeline_trainer.run_state import Run
from pipeline_trainer.step import Outcome, optimizer_step

STEP_SECONDS = 360.0  # ten steps an hour
STEP_JOULES = 360_000.0  # ten steps a kilowatt hour


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("base") / "tiny")


@pytest.fixture(autouse=True)
def slow_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock and a card on which nothing takes time or energy but steps."""
    used = {"seconds": 0.0, "joules": 0.0}

    def slow(run: Run) -> Outcome:
        outcome = optimizer_step(run)
        used["seconds"] += STEP_SECONDS
        used["joules"] += STEP_JOULES
        return outcome

    monkeypatch.setattr(train, "optimizer_step", slow)
    monkeypatch.setattr(budget, "now", lambda: used["seconds"])
    monkeypatch.setattr(hardware.GpuMonitor, "joules", lambda _self: used["joules"])


def steps(folder: Folder) -> list[int]:
    return [event["step"] for event in folder.named("metrics")]


def test_a_time_budget_ends_the_run_with_what_it_has(tmp_path: Path, model: Path) -> None:
    folder = make_run(tmp_path / "run", model, max_hours=0.35, eval_steps=3, save_steps=50)
    assert attempt(folder) == 0
    assert steps(folder) == [1, 2, 3, 4]
    completed = folder.named("completed")[0]
    assert (completed["ended_by"], completed["last_step"], completed["early_stopped"]) == ("time_budget", 4, False)
    assert folder.named("metrics")[-1]["validation_loss"] is not None  # the last step is measured as at any end
    warning = folder.named("warning")[0]
    assert warning["code"] == "budget_reached"
    assert "0.35 hours" in warning["message"]
    assert "step 4 of 10" in warning["message"]
    assert (folder.path / "adapter" / "adapter_model.safetensors").exists()


def test_time_used_before_counts_and_the_result_is_that_of_a_run_nobody_stopped(tmp_path: Path, model: Path) -> None:
    straight = make_run(tmp_path / "straight", model, max_hours=0.65, lora_dropout=0.2)
    assert attempt(straight) == 0
    folder = make_run(tmp_path / "run", model, max_hours=0.65, lora_dropout=0.2)
    while attempt(folder, at_poll={9: Command("pause")}) == 75:
        pass
    assert len(folder.named("hello")) > 1
    assert folder.named("completed")[0]["last_step"] == straight.named("completed")[0]["last_step"] == 7
    assert folder.adapter() == straight.adapter()
    assert [event["code"] for event in folder.named("warning")] == ["budget_reached"]


def test_steps_that_were_lost_with_their_checkpoint_have_used_their_time(tmp_path: Path, model: Path) -> None:
    folder = make_run(tmp_path / "run", model, max_hours=0.65, save_steps=50)
    assert attempt(folder, at_poll={12: Command("pause")}) == 75
    done = folder.named("interrupted")[0]["step"]
    for path in (folder.path / "checkpoints").glob("step-*"):
        (path / "manifest.json").unlink()
    assert attempt(folder) == 0
    assert folder.named("completed")[0]["last_step"] == 7 - done


def test_an_energy_budget_ends_the_run(tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resume, "refuse_unmeasured_energy", lambda *_anything: None)
    folder = make_run(tmp_path / "run", model, max_energy_kwh=0.25)
    assert attempt(folder) == 0
    completed = folder.named("completed")[0]
    assert (completed["ended_by"], completed["last_step"]) == ("energy_budget", 3)
    assert "0.25 kWh" in folder.named("warning")[0]["message"]


@pytest.mark.parametrize("patience", [None, 2])
def test_a_run_within_its_budgets_says_how_else_it_ended(tmp_path: Path, model: Path, patience: int | None) -> None:
    options = {"early_stopping_patience": patience, "early_stopping_min_delta": 10.0, "eval_steps": 1}
    folder = make_run(tmp_path / "run", model, max_hours=1.0, **options)
    assert attempt(folder) == 0
    completed = folder.named("completed")[0]
    expected = ("last_step", 10) if patience is None else ("early_stopping", 3)
    assert (completed["ended_by"], completed["last_step"]) == expected
    assert not folder.named("warning")


def test_without_a_budget_nothing_is_kept(tmp_path: Path, model: Path) -> None:
    folder = make_run(tmp_path / "run", model)
    assert attempt(folder) == 0
    assert not (folder.path / budget.USED_FILE).exists()


def test_an_energy_budget_is_refused_where_no_power_is_measured(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_run(tmp_path / "run", model, max_energy_kwh=1.0)
    with pytest.raises(TrainerError) as refused:
        attempt(folder)
    assert refused.value.code == "energy_not_measured"
    assert "processor" in refused.value.message
    card = Compute(torch.device("cuda", 0), "Some card", "bf16")
    monkeypatch.setattr(budget, "read_card", lambda _device: {"gpu_utilization": 3.0})
    settings: Settings = folder.job.settings
    with pytest.raises(TrainerError, match="Some card does not report its power"):
        budget.refuse_unmeasured_energy(settings, card)
    monkeypatch.setattr(budget, "read_card", lambda _device: {"gpu_power_watts": 80.0})
    budget.refuse_unmeasured_energy(settings, card)


def test_energy_is_power_over_time_and_a_missing_reading_counts_as_the_last() -> None:
    energy = Energy(started=0.0)
    assert energy.joules(5.0) == 0.0  # nothing is known yet
    energy.read(100.0, at=2.0)
    assert energy.joules(2.0) == pytest.approx(200.0)  # the time before the first reading counts with it
    energy.read(None, at=4.0)
    energy.read(300.0, at=6.0)
    assert energy.joules(6.0) == pytest.approx(200.0 + 200.0 + 200.0)
    assert energy.joules(7.0) == pytest.approx(900.0)


@pytest.mark.parametrize("content", ["", "[]", '{"seconds": "many", "joules": 0}', '{"seconds": -5, "joules": 1}'])
def test_a_count_that_cannot_be_read_is_begun_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / budget.USED_FILE).write_text(content)
    assert budget.read_used(tmp_path / budget.USED_FILE) == budget.Used()


def test_a_killed_process_loses_no_more_than_the_step_it_was_in(tmp_path: Path, model: Path) -> None:
    folder = make_run(tmp_path / "run", model, max_hours=1.0, num_epochs=20)
    with trainer(folder) as (process, events):
        metrics = (event for event in events if event["event"] == "metrics")
        spans = [next(metrics)["step_ms"] / 1000 for _step in range(8)]
        process.kill()
        process.wait(timeout=60)
    used = json.loads((folder.path / budget.USED_FILE).read_text())
    assert used["seconds"] >= sum(spans[:7])
