"""What is refused of a new run, and not of one that has begun."""

from pathlib import Path

import pytest
from training_builders import attempt, make_model, make_run

from pipeline_trainer import setup
from pipeline_trainer.errors import TrainerError
from pipeline_trainer.protocol import Command


def never(*_anything: object) -> None:
    pytest.fail("the model was loaded")


def test_what_leads_nowhere_is_refused_of_a_new_run_and_not_of_one_that_has_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = make_model(tmp_path / "model")
    paused = make_run(tmp_path / "paused", model)
    assert attempt(paused, at_poll={20: Command("pause")}) == 75
    paused.change(max_hours=0.01)
    assert attempt(paused) == 0
    monkeypatch.setattr(setup, "load_trainable", never)
    with pytest.raises(TrainerError) as refused:
        attempt(make_run(tmp_path / "new", model, max_hours=0.01))
    assert refused.value.code == "invalid_setting"
