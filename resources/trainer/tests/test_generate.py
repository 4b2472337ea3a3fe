"""`generate` from outside: who is asked, and only they answer."""

import json
from pathlib import Path

import pytest

from pipeline_trainer import generate

QUESTION = ["--prompt", "What is 7 times 8?", "--max-new-tokens", "10"]


def answers(capsys: pytest.CaptureFixture[str], *argv: str) -> dict[str, str]:
    assert generate.main([*QUESTION, *argv]) == 0
    *pieces, last = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert last["event"] == "done"
    assert {piece["subject"] for piece in pieces} == set(last["answers"])
    found: dict[str, str] = last["answers"]
    return found


def test_an_adapter_answers_alone_and_beside_its_base_model_when_asked(
    stored: Path, small_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = ("--base-model", str(small_model), "--device", "cpu")
    alone = answers(capsys, *model, "--adapter", str(stored))
    assert list(alone) == ["adapter"]
    both = answers(capsys, *model, "--adapter", str(stored), "--compare")
    assert list(both) == ["base", "adapter"]
    assert both["adapter"] == alone["adapter"] != both["base"]


def test_a_base_model_without_an_adapter_answers() -> None:
    assert generate.subjects(has_adapter=False, compare=False) == ("base",)
