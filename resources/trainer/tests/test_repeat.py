"""Rules 4 and 6: the same seed is the same run, and the number of steps is true."""

from pathlib import Path
from typing import Any

import pytest
from training_builders import Folder, attempt, make_model, make_records, make_run, open_run

from pipeline_trainer import rng
from pipeline_trainer import setup as engine_setup
from pipeline_trainer.errors import TrainerError


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("base") / "tiny")


def losses(folder: Folder) -> list[float]:
    return [event["training_loss"] for event in folder.named("metrics")]


def trained(folder: Path, model: Path, **settings: Any) -> Folder:
    made = make_run(folder, model, lora_dropout=0.2, **settings)
    assert attempt(made) == 0
    return made


def weights(folder: Folder, step: int) -> bytes:
    return (folder.path / "checkpoints" / f"step-{step:06d}" / "adapter_model.safetensors").read_bytes()


def test_rule_4_the_same_seed_is_the_same_run_bit_for_bit(tmp_path: Path, model: Path) -> None:
    first = trained(tmp_path / "first", model)
    rng.seed_everything(5)  # what the process did before does not matter
    second = trained(tmp_path / "second", model)
    assert losses(first) == losses(second)
    assert first.adapter() == second.adapter()
    assert (first.path / "adapter" / "adapter_config.json").read_bytes() == (
        second.path / "adapter" / "adapter_config.json"
    ).read_bytes()


def test_rule_4_another_seed_is_another_run(tmp_path: Path, model: Path) -> None:
    first, second = trained(tmp_path / "first", model), trained(tmp_path / "second", model, seed=43)
    assert losses(first) != losses(second)


def test_rule_4_evaluations_and_samples_never_move_the_training(tmp_path: Path, model: Path) -> None:
    quiet = trained(tmp_path / "quiet", model, eval_steps=50, save_steps=10)
    busy = trained(tmp_path / "busy", model, eval_steps=1, save_steps=1, save_total_limit=20, prompts=("Why?", "How so?"))
    assert len(busy.named("evaluation")) > 5
    assert len(busy.named("sample")) > 5
    assert losses(quiet) == losses(busy)
    assert weights(quiet, 10) == weights(busy, 10)


def test_rule_4_the_start_does_not_depend_on_the_generators_that_a_library_moved(tmp_path: Path, model: Path) -> None:
    folder = make_run(tmp_path / "run", model)
    first = open_run(folder)
    start = {name: value.detach().clone() for name, value in first.trainable.parameters.items()}
    first.log.close()
    rng.seed_everything(99)
    second = open_run(folder)
    assert all(bool((value == start[name]).all()) for name, value in second.trainable.parameters.items())
    second.log.close()


@pytest.mark.parametrize(
    ("records", "settings", "steps"),
    [
        (5, {"batch_size": 8}, 2),  # fewer than a step: one step an epoch
        (4, {"batch_size": 1, "gradient_accumulation_steps": 8}, 2),
        (13, {"batch_size": 4, "num_epochs": 3}, 9),  # ten are trained: 4, 4 and 2 of them
        (13, {"batch_size": 4, "max_steps": 5}, 5),
        (13, {"batch_size": 2, "gradient_accumulation_steps": 5, "num_epochs": 1}, 1),
    ],
)
def test_rule_6_the_number_of_steps_is_true(
    tmp_path: Path, model: Path, records: int, settings: dict[str, Any], steps: int
) -> None:
    folder = make_run(tmp_path / "run", model, records=make_records(records), **settings)
    assert folder.job.total_steps == steps
    assert attempt(folder) == 0
    assert folder.named("plan")[0]["total_steps"] == steps
    assert [event["step"] for event in folder.named("metrics")] == list(range(1, steps + 1))


def test_rule_6_every_epoch_sees_every_record_once(tmp_path: Path, model: Path) -> None:
    run = open_run(make_run(tmp_path / "run", model))
    run.log.close()
    epochs = [sorted(index for _ in range(run.sampler.steps_per_epoch) for index in run.sampler.next_step()) for _ in "ab"]
    assert epochs == [list(range(20)), list(range(20))]


def test_rule_6_a_job_that_promises_other_steps_is_refused_before_the_model_loads(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_run(tmp_path / "run", model)
    folder.change(total_steps=9)

    def never(*_args: Any, **_options: Any) -> None:
        raise AssertionError("the model was loaded")

    monkeypatch.setattr(engine_setup, "load_base", never)
    with pytest.raises(TrainerError) as refused:
        attempt(folder)
    assert refused.value.code == "plan_mismatch"
