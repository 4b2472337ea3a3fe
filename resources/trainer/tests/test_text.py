"""Continued pre-training: every token of a text is trained once, however long the text is."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn import functional
from training_builders import Folder, assert_learns_and_goes_on, attempt, make_model, make_rows, make_run, open_run

from pipeline_trainer.data.batches import Row, cut_windows
from pipeline_trainer.data.records import parse_record
from pipeline_trainer.data.templates import load_template
from pipeline_trainer.data.tokens import How
from pipeline_trainer.inspect_record import inspect
from pipeline_trainer.verify import main as verify


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("base") / "tiny")


def make_texts(count: int) -> list[dict[str, Any]]:
    """Texts of one to four windows of 64 tokens."""
    return [
        {"id": f"t{number}", "source_line": number + 1, "text": f"{number} " + "the tide turns " * (1 + number % 4 * 5)}
        for number in range(count)
    ]


def make_job(folder: Path, model: Path, **settings: Any) -> Folder:
    options = {"records": make_texts(23), "method": "text", "max_length": 64, "eval_steps": 3, "save_steps": 4}
    return make_run(folder, model, **{**options, **settings})


def test_windows_train_every_token_once() -> None:
    row = Row("r", list(range(5, 155)), [False] + [True] * 149)
    for length in (2, 3, 7, 64, 149, 150):
        cut = cut_windows(row, length)
        targets = [token for piece in cut.pieces for token, on in zip(piece.ids, piece.trained, strict=True) if on]
        assert targets == row.ids[1:]
        assert sum(piece.trained_tokens for piece in cut.pieces) == row.trained_tokens
        assert all(len(piece.ids) <= length for piece in cut.pieces)
        assert [piece.continues for piece in cut.pieces] == [False] + [True] * (len(cut.pieces) - 1)


def test_a_row_that_fits_is_left_alone() -> None:
    row = make_rows([20])[0]
    assert cut_windows(row, 20) is row


def test_a_text_is_what_the_tokenizer_gives_and_an_end_of_text(model: Path) -> None:
    template = load_template(model)
    record = parse_record({"id": "t", "source_line": 1, "text": "the tide"})
    view = inspect(record, template, How(64, "auto", "text"))
    assert [token["text"] for token in view["tokens"]] == [*"the tide", ""]
    assert [token["trained"] for token in view["tokens"]] == [False] + [True] * 8
    assert (view["total_tokens"], view["trained_tokens"], view["lost_tokens"]) == (9, 8, 0)
    assert view["tokens"][-1]["id"] == template.tokenizer.eos_token_id


def test_the_loss_of_a_step_is_the_mean_over_all_tokens_of_its_windows(tmp_path: Path, model: Path) -> None:
    run = open_run(make_job(tmp_path / "run", model))
    rows = run.train_rows[:3]
    assert max(len(row.pieces) for row in rows) > 1
    total, count = 0.0, 0
    for piece in (piece for row in rows for piece in row.pieces):
        ids = torch.tensor([piece.ids])
        with torch.no_grad():
            logits = run.trainable.model(input_ids=ids).logits[0, :-1]
        total += float(functional.cross_entropy(logits, ids[0, 1:], reduction="sum"))
        count += len(piece.ids) - 1
    from pipeline_trainer import step

    assert step.gradient(run, rows) == pytest.approx(total / count, rel=1e-6)


@pytest.mark.parametrize("packing", ["on", "off"])
def test_text_learns_goes_on_bit_for_bit_and_loads_in_plain_peft(
    tmp_path: Path, model: Path, packing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    straight, stopped = (
        make_job(tmp_path / name, model, packing=packing, lora_dropout=0.1) for name in ("straight", "stopped")
    )
    assert_learns_and_goes_on(straight, stopped, gain=0.1, poll=11)
    assert straight.named("completed")[0]["held_out_records"] == 3
    assert straight.named("evaluation")[0]["records"] == 3
    assert verify(["--adapter", str(straight.path / "adapter"), "--base-model", str(model)]) == 0
    assert json.loads(capsys.readouterr().out)["ok"]


def test_records_a_step_are_texts_not_windows(tmp_path: Path, model: Path) -> None:
    folder = make_job(tmp_path / "run", model)
    assert folder.job.total_steps == 10
    assert attempt(folder) == 0
    plan = folder.named("plan")[0]
    assert plan["total_tokens"] == sum(event["tokens"] for event in folder.named("metrics")[-1:])
