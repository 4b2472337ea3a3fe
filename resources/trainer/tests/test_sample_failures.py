"""An answer that cannot be had ends no training."""

from pathlib import Path
from typing import Any

import pytest
import torch
from training_builders import TEMPLATE, Folder, attempt, make_model, make_run

from pipeline_trainer import samples
from pipeline_trainer.protocol import Command

REFUSING = TEMPLATE + "{% if messages[0]['content']|length > 50 %}{{ raise_exception('a long question') }}{% endif %}"
LEARNED_PLACES: dict[str, Any] = {"family": "gpt2", "n_positions": 64, "n_embd": 32, "n_head": 4, "n_layer": 2}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("base") / "tiny")


def warned(folder: Folder) -> list[str]:
    return [event["message"] for event in folder.named("warning") if event["code"] == "sample_failed"]


def asked(folder: Folder) -> list[dict[str, Any]]:
    return [event for event in folder.named("sample") if event["prompt_id"] == "asked"]


def test_a_question_that_no_tokenizer_takes(tmp_path: Path, model: Path) -> None:
    folder = make_run(tmp_path / "run", model)
    assert attempt(folder, at_poll={12: Command("sample", prompt="\ud800 alone")}) == 0
    (message,) = warned(folder)
    assert "“? alone”" in message
    assert not asked(folder)


def test_a_question_that_the_template_refuses(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run", make_model(tmp_path / "model", template=REFUSING))
    assert attempt(folder, at_poll={12: Command("sample", prompt="x" * 61)}) == 0
    (message,) = warned(folder)
    assert f"“{'x' * 60}…”" in message
    assert "a long question" in message


def test_a_question_with_more_tokens_than_the_model_has_places_is_read_from_its_end(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run", make_model(tmp_path / "model", **LEARNED_PLACES), max_length=64)
    assert attempt(folder, at_poll={12: Command("sample", prompt="y" * 300)}) == 0
    assert not warned(folder)
    assert len(asked(folder)) == 1


def test_prompts_that_fit_one_by_one_are_asked_one_by_one(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = samples.answers

    def answers(model: Any, template: Any, prompts: list[str], **how: Any) -> list[str]:
        if len(prompts) > 1 or prompts == ["too long"]:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return plain(model, template, prompts, **how)

    monkeypatch.setattr(samples, "answers", answers)
    folder = make_run(tmp_path / "run", model, prompts=["one", "too long", "two"], max_steps=2)
    assert attempt(folder) == 0
    answered = [event["prompt"] for event in folder.named("sample")]
    assert set(answered) == {"one", "two"}
    assert len(warned(folder)) == len(answered) // 2
