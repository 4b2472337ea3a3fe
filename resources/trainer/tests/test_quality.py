"""What shows the quality of a run: loss and perplexity by group, and answers that only training can change."""

import json
import math

import pytest
from training_builders import Folder, attempt, make_model, make_run

from pipeline_trainer import evaluate, generate
from pipeline_trainer.progress import HeldOut

PROMPTS = ("What is 3?", "Why?")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    model = make_model(tmp_path_factory.mktemp("base") / "tiny")
    made = make_run(
        tmp_path_factory.mktemp("run"),
        model,
        prompts=PROMPTS,
        eval_steps=5,
        save_steps=4,
        save_total_limit=9,
        lora_dropout=0.3,
    )
    assert attempt(made) == 0
    return made


def greedy_answers(folder: Folder, capsys: pytest.CaptureFixture[str], *adapter: str) -> list[str]:
    found = []
    for prompt in PROMPTS:
        asked = ["--base-model", str(folder.model), "--prompt", prompt, "--max-new-tokens", "6", "--device", "cpu"]
        assert generate.main([*asked, *adapter]) == 0
        answers = json.loads(capsys.readouterr().out.splitlines()[-1])["answers"]
        found.extend(answers.values())
    return found


def texts(folder: Folder, step: int) -> list[str]:
    return [event["text"] for event in folder.named("sample") if event["step"] == step]


def test_samples_at_base_checkpoints_and_end_are_greedy_and_of_one_seed(
    folder: Folder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The run is in float32; rounded to 16 bit, two tokens of a tiny model may change places.
    monkeypatch.setattr("pipeline_trainer.hardware.native_bf16", lambda _device: False)
    samples = folder.named("sample")
    assert [event["step"] for event in samples] == [0, 0, 4, 4, 8, 8, 10, 10]
    assert {event["seed"] for event in samples} == {42}
    assert [event["prompt"] for event in samples] == [*PROMPTS] * 4
    assert texts(folder, 0) == greedy_answers(folder, capsys)
    step_4 = str(folder.path / "checkpoints" / "step-000004")
    assert texts(folder, 4) == greedy_answers(folder, capsys, "--adapter", step_4)
    assert texts(folder, 10) == greedy_answers(folder, capsys, "--adapter", str(folder.path / "adapter"))


def test_evaluate_gives_the_perplexity_of_every_loss(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate.main([str(folder.path)]) == 0
    found = json.loads(capsys.readouterr().out)
    for subject in ("base", "adapter"):
        assert sorted(found[subject]) == ["all", "topic: even", "topic: odd"]
        for part in found[subject].values():
            assert part["perplexity"] == pytest.approx(math.exp(part["loss"]))


def test_the_loss_of_a_comparison_has_no_perplexity_nor_has_one_beyond_all_numbers() -> None:
    groups = {"all": HeldOut(8.0, 4, 2)}
    assert "perplexity" not in evaluate.describe(groups, perplexity=False)["all"]
    assert evaluate.describe({"all": HeldOut(1e9, 1, 1)}, perplexity=True)["all"]["perplexity"] is None
