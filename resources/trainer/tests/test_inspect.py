"""What the model sees of one record."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from template_builders import BACKENDS, TEMPLATES, make_record, make_template, write_dataset

from pipeline_trainer.data.masks import tokenize
from pipeline_trainer.data.records import Message, Record
from pipeline_trainer.data.tokens import How
from pipeline_trainer.errors import TrainerError
from pipeline_trainer.inspect_record import inspect, record_at

TALK = make_record(*[text for n in range(5) for text in (f"Question {n}?", f"Answer {n}.")], system="Be brief.")
WIDE = How(10_000, "auto", "chat")


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", TEMPLATES)
@settings(max_examples=15, deadline=None)
@given(text=st.text(min_size=1, max_size=30).filter(str.strip))
def test_the_tokens_put_together_are_the_text(name: str, backend: str, text: str) -> None:
    try:
        view = inspect(make_record(text, f"Aye {text}"), make_template(name, backend), WIDE)
    except TrainerError as error:
        assert error.code == "mask_not_found"
        return
    assert "".join(token["text"] for token in view["tokens"]) == view["text"]


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_turns_cover_every_token_once(name: str) -> None:
    view = inspect(make_record("Who?", "The keeper.", "And then?", "Aye."), make_template(name), WIDE)
    turns = view["turns"]
    assert [turn["role"] for turn in turns] == ["user", "assistant", "user", "assistant"]
    assert [turn["start"] for turn in turns] == [0, *(turn["end"] for turn in turns[:-1])]
    assert turns[-1]["end"] == view["total_tokens"] == len(view["tokens"])
    assert sum(turn["trained_tokens"] for turn in turns) == view["trained_tokens"]
    assert [turn["trained_tokens"] > 0 for turn in turns] == [False, True, False, True]


@pytest.mark.parametrize("dataset_format", ["chat", "brightrun_lora_v4"])
def test_what_is_not_cut_is_what_training_sees(dataset_format: str) -> None:
    template = make_template("chatml")
    how = How(60, "auto", dataset_format)
    view = inspect(TALK, template, how)
    row = tokenize(TALK, template, max_length=60, loss_scope="auto", dataset_format=dataset_format)
    assert [token["id"] for token in view["tokens"] if not token["cut"]] == row.ids
    assert view["lost_tokens"] == sum(token["cut"] for token in view["tokens"]) > 0
    assert view["lost_trained_tokens"] == sum(token["cut"] and token["trained"] for token in view["tokens"]) > 0
    assert [turn["cut"] for turn in view["turns"]].count(True) == view["dropped_turns"]
    assert view["turns"][0] | {"role": "system", "cut": False} == view["turns"][0]


@pytest.mark.parametrize("dataset_format", ["chat", "brightrun_lora_v4"])
def test_cuts_whole_exchanges_also_where_answers_repeat(dataset_format: str) -> None:
    same = make_record(*[text for n in range(5) for text in (f"Question {n}?", "Ask again.")], system="Be brief.")
    view = inspect(same, make_template("chatml"), How(60, "auto", dataset_format))
    cut = [turn["role"] for turn in view["turns"] if turn["cut"]]
    assert cut == ["user", "assistant"] * (view["dropped_turns"] // 2)
    gone = [index for index, turn in enumerate(view["turns"]) if turn["cut"]]
    assert gone == (list(range(1, len(gone) + 1)) if dataset_format != "chat" else list(range(11 - len(gone), 11)))


def test_cuts_whole_turns_also_where_an_answer_comes_first() -> None:
    """No importer takes this order; its oldest exchange goes with the answer before it."""
    first = Message("assistant", "Welcome to the light.", trained=True)
    system, *talk = TALK.messages
    record = replace(TALK, messages=(system, first, *talk))
    view = inspect(record, make_template("chatml"), How(80, "auto", "brightrun_lora_v4"))
    gone = [index for index, turn in enumerate(view["turns"]) if turn["cut"]]
    assert gone == list(range(1, view["dropped_turns"] + 1))
    assert len(gone) % 2 == 1
    cut = [token["cut"] for token in view["tokens"]]
    assert cut.index(True) == view["turns"][1]["start"]


def test_shows_an_answer_that_does_not_fit_and_a_record_that_trains_nothing() -> None:
    template = make_template("chatml")
    view = inspect(make_record("Who?", "aye " * 90), template, How(32, "auto", "chat"))
    assert all(token["cut"] for token in view["tokens"])
    assert view["lost_trained_tokens"] == view["trained_tokens"]
    silent = inspect(Record("r", 1, (Message("user", "a"), Message("assistant", "b"))), template, WIDE)
    assert (silent["trained_tokens"], silent["lost_tokens"]) == (0, 0)


def test_finds_a_record_by_its_number(tmp_path: Path) -> None:
    records = [make_record("Who?", "Aye.", record_id=f"r{number}", line=number + 1) for number in range(3)]
    dataset = write_dataset(tmp_path / "dataset.jsonl", records)
    assert record_at(dataset, 2).id == "r2"
    for index in (3, -1):
        with pytest.raises(TrainerError) as caught:
            record_at(dataset, index)
        assert caught.value.code == "record_missing"


def test_says_of_a_plain_text_that_no_template_writes_it() -> None:
    template = make_template("chatml")
    shown = inspect(Record("r1", 1, text="Once upon a time."), template, How(64, "auto", "text"))
    assert shown["template"]["note"] == "Plain text is trained as it is, without a template."
    assert inspect(TALK, template, WIDE)["template"]["note"] == "The base model's own chat template."
