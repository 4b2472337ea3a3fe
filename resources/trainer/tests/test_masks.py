"""Rule 2 of the trainer: only what should be trained is."""

from pathlib import Path

import pytest

from pipeline_trainer.data.masks import tokenize
from pipeline_trainer.data.records import Message, Record
from pipeline_trainer.data.templates import ChatTemplate, load_tokenizer

MODEL = Path(__file__).parents[2] / "models" / "smollm2-135m-instruct"


@pytest.fixture(scope="module")
def template() -> ChatTemplate:
    return ChatTemplate(load_tokenizer(MODEL))


def record(*pairs: tuple[str, str]) -> Record:
    messages = []
    for question, answer in pairs:
        messages += [Message("user", question), Message("assistant", answer, trained=True)]
    return Record("r1", 1, tuple(messages))


def test_rule_2_trains_the_answer_and_its_end_of_turn_token(template: ChatTemplate) -> None:
    row = tokenize(record(("Hi?", "Aye.")), template, max_length=128, loss_scope="auto", dataset_format="chat")
    trained = [token for token, marked in zip(row.ids, row.trained, strict=True) if marked]
    assert template.tokenizer.decode(trained) == "Aye.<|im_end|>"


def test_rule_2_final_scope_trains_the_last_answer_only(template: ChatTemplate) -> None:
    talk = record(("One?", "First."), ("Two?", "Second."))
    row = tokenize(talk, template, max_length=128, loss_scope="final", dataset_format="chat")
    trained = [token for token, marked in zip(row.ids, row.trained, strict=True) if marked]
    assert template.tokenizer.decode(trained) == "Second.<|im_end|>"


def test_rule_2_padding_is_never_the_end_of_turn(template: ChatTemplate) -> None:
    assert template.pad_id not in template.stop_ids


def test_over_long_history_loses_its_oldest_turns_and_keeps_the_target(template: ChatTemplate) -> None:
    talk = record(("One? " * 30, "First."), ("Two?", "Second."))
    row = tokenize(talk, template, max_length=64, loss_scope="final", dataset_format="brightrun_lora_v4")
    assert row.dropped_turns == 2
    assert "Second." in row.text
    assert "First." not in row.text
