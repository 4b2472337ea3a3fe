"""Rule 2 of the trainer: only what should be trained is."""

from dataclasses import replace
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from template_builders import BACKENDS, REAL_MODEL, TEMPLATES, make_record, make_template

from pipeline_trainer.config import LossScope
from pipeline_trainer.data.masks import Tokenized, TokenOverflowError, tokenize
from pipeline_trainer.data.records import Message, Record
from pipeline_trainer.data.templates import ChatTemplate, load_template
from pipeline_trainer.errors import TrainerError

ENDS = {
    "chatml": "<|im_end|>",
    "llama3": "<|eot_id|>",
    "mistral": "</s>",
    "system_last": "</s>",
    "thinking": "<|im_end|>",
    "opened_thought": "<|im_end|>",
    "spelled": " ###",
    "plain": "</s>",
}
EVERYWHERE = [(name, backend) for name in TEMPLATES for backend in BACKENDS]
# Some vocabularies lack control characters and drop them without a word.
LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc",), exclude_characters="<>|[]/#") | st.just("\n")
WORDS = st.text(LETTERS, min_size=1, max_size=12).filter(str.strip)


def cut(
    record: Record,
    template: ChatTemplate,
    *,
    max_length: int = 10_000,
    loss_scope: LossScope = "auto",
    dataset_format: str = "chat",
) -> Tokenized:
    return tokenize(record, template, max_length=max_length, loss_scope=loss_scope, dataset_format=dataset_format)


def trained_texts(row: Tokenized) -> list[str]:
    """The text of each unbroken stretch of trained tokens."""
    stretches = [
        [span for _flag, span in group]
        for flag, group in groupby(zip(row.trained, row.spans, strict=True), key=lambda pair: pair[0])
        if flag
    ]
    return [row.text[spans[0][0] : spans[-1][1]] for spans in stretches]


@pytest.mark.parametrize(("name", "backend"), EVERYWHERE)
def test_rule_2_trains_every_answer_with_its_end_of_turn_and_nothing_else(name: str, backend: str) -> None:
    record = make_record("Who are you?", "The keeper.", "And then?", "aye, keep your lamp lit.")
    found = [text.strip() for text in trained_texts(cut(record, make_template(name, backend)))]
    thought = "<think>\n\n</think>\n\n" if name == "thinking" else ""
    assert found == [f"The keeper.{ENDS[name]}", f"{thought}aye, keep your lamp lit.{ENDS[name]}"]


@pytest.mark.parametrize(("name", "backend"), EVERYWHERE)
def test_rule_2_trains_no_system_text(name: str, backend: str) -> None:
    record = make_record("Who are you?", "The keeper.", "And then?", "Aye.", system="Answer in brief.")
    row = cut(record, make_template(name, backend), loss_scope="final")
    assert "Answer in brief." in row.text
    assert [text.strip().removeprefix("<think>\n\n</think>\n\n") for text in trained_texts(row)] == [f"Aye.{ENDS[name]}"]


@pytest.mark.parametrize(("name", "backend"), EVERYWHERE)
@settings(max_examples=25, deadline=None)
@given(turns=st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=3), system=st.none() | WORDS)
def test_rule_2_every_trained_token_lies_in_an_answer_or_is_its_end(
    name: str, backend: str, turns: list[tuple[str, str]], system: str | None
) -> None:
    template = make_template(name, backend)
    record = make_record(*[text for pair in turns for text in pair], system=system)
    try:
        row = cut(record, template)
    except TrainerError as error:
        assert error.code in {"mask_not_found", "nothing_to_train"}
        assert "Line 7" in error.message
        return
    for text in trained_texts(row):
        body = text.strip().removeprefix("<think>").removesuffix(ENDS[name]).strip().removeprefix("</think>").strip()
        assert any(body in answer for _question, answer in turns), (text, turns)
    assert row.trained[0] is False


@pytest.mark.parametrize(("name", "backend"), [pair for pair in EVERYWHERE if pair[1] != "metaspace"])
@settings(max_examples=15, deadline=None)
@given(question=WORDS, answer=WORDS)
def test_rule_2_the_tokens_put_together_are_the_rendering(name: str, backend: str, question: str, answer: str) -> None:
    template = make_template(name, backend)
    row = cut(make_record(question, answer, question, answer), template)
    assert template.tokenizer.decode(row.ids, skip_special_tokens=False, clean_up_tokenization_spaces=False) == row.text


@pytest.mark.parametrize("name", ["chatml", "mistral", "thinking", "spelled", "plain"])
def test_the_prompt_at_inference_is_what_stood_before_the_answer(name: str) -> None:
    template = make_template(name)
    row = cut(make_record("Who are you?", "The keeper."), template)
    first = row.trained.index(True)
    assert row.ids[:first] == template.prompt_ids("Who are you?")


@pytest.mark.parametrize("backend", ["bytes", "trimmed"])
def test_rule_2_a_token_that_prompt_and_answer_share_is_not_trained(backend: str) -> None:
    row = cut(make_record("Who?", "aye, keep it lit."), make_template("melting", backend))
    assert trained_texts(row) == [", keep it lit. ###"]


def test_an_answer_that_begins_with_line_feeds_keeps_the_prompt_untrained() -> None:
    row = cut(make_record("Who?", "\n\nAye."), make_template("chatml"))
    start = row.text.rindex("assistant\n") + len("assistant\n")
    assert all(left >= start for flag, (left, _right) in zip(row.trained, row.spans, strict=True) if flag)


def test_says_the_line_of_an_answer_that_cannot_be_told_from_the_rest() -> None:
    template = make_template("chatml")
    template._render = lambda **variables: f"{variables['messages'][-1]['content'].upper()} same for all"
    with pytest.raises(TrainerError) as caught:
        cut(make_record("Who?", "Aye."), template)
    template.__dict__.clear()
    make_template.cache_clear()
    assert (caught.value.code, "Line 7" in caught.value.message) == ("mask_not_found", True)


def test_refuses_a_row_without_a_trained_token_with_its_line() -> None:
    record = Record("r1", 12, (Message("user", "Hi"), Message("assistant", "Aye.")))
    with pytest.raises(TrainerError, match="Line 12") as caught:
        cut(record, make_template("chatml"))
    assert caught.value.code == "nothing_to_train"


def test_names_the_line_of_a_conversation_that_the_template_refuses() -> None:
    record = Record("r1", 9, (Message("user", "a"), Message("user", "b"), Message("assistant", "c", trained=True)))
    with pytest.raises(TrainerError, match=r"Line 9.*roles must alternate") as caught:
        cut(record, make_template("mistral"))
    assert caught.value.code == "template_refused"


def test_trains_a_tool_call_without_text() -> None:
    call = {"type": "function", "function": {"name": "tide", "arguments": {"port": "Skerry"}}}
    messages = (Message("user", "High water?"), Message("assistant", "", trained=True, tool_calls=(call,)))
    row = cut(Record("r1", 1, messages), make_template("tools"))
    expected = '<tool_call>{"name": "tide", "arguments": {"port": "Skerry"}}</tool_call><|im_end|>'
    assert trained_texts(row) == [expected]


@pytest.mark.parametrize(("scope", "answers"), [("final", ["Two.</s>"]), ("all", ["One.</s>", "Two.</s>"])])
def test_the_scope_decides_over_the_marks(scope: LossScope, answers: list[str]) -> None:
    record = Record("r1", 1, tuple(Message(m.role, m.content) for m in make_record("a", "One.", "b", "Two.").messages))
    row = cut(record, make_template("mistral"), loss_scope=scope)
    assert [text.strip() for text in trained_texts(row)] == answers


class TestOverLong:
    talk = make_record(*[text for n in range(6) for text in (f"Question {n}?", f"Answer {n}.")], system="Be brief.")

    def test_a_record_with_history_loses_its_oldest_turns_first(self) -> None:
        template = make_template("chatml")
        whole = cut(self.talk, template, loss_scope="final")
        row = cut(self.talk, template, loss_scope="final", max_length=len(whole.ids) - 1, dataset_format="brightrun_lora_v4")
        assert [m.content for m in row.messages[:2]] == ["Be brief.", "Question 1?"]
        assert trained_texts(row) == ["Answer 5.<|im_end|>"]
        assert (row.dropped_turns, row.lost_trained_tokens) == (2, 0)
        assert row.lost_tokens == len(whole.ids) - len(row.ids)

    def test_a_chat_loses_its_newest_turns_and_counts_what_was_trained_in_them(self) -> None:
        template = make_template("chatml")
        whole = cut(self.talk, template)
        row = cut(self.talk, template, max_length=len(whole.ids) - 1)
        assert row.messages[-1].content == "Answer 4."
        assert row.lost_trained_tokens == whole.trained_tokens - row.trained_tokens > 0
        assert row.ids == whole.ids[: len(row.ids)]

    @pytest.mark.parametrize("dataset_format", ["chat", "brightrun_lora_v4"])
    def test_never_exceeds_the_length_nor_cuts_an_answer(self, dataset_format: str) -> None:
        template = make_template("llama3")
        for limit in range(30, 200, 7):
            try:
                row = cut(self.talk, template, max_length=limit, dataset_format=dataset_format)
            except TrainerError as error:
                assert error.code == "token_overflow"
                continue
            assert len(row.ids) <= limit
            assert all(text.endswith("<|eot_id|>") for text in trained_texts(row))

    def test_a_single_answer_over_the_limit_is_an_overflow_with_its_line(self) -> None:
        with pytest.raises(TrainerError, match="Line 7") as caught:
            cut(make_record("Who?", "aye " * 50), make_template("chatml"), max_length=32)
        assert caught.value.code == "token_overflow"

    @pytest.mark.parametrize("dataset_format", ["chat", "brightrun_lora_v4"])
    def test_an_overflow_says_how_many_tokens_are_enough(self, dataset_format: str) -> None:
        template = make_template("chatml")
        with pytest.raises(TokenOverflowError, match="does not fit into 8 tokens") as caught:
            cut(self.talk, template, max_length=8, dataset_format=dataset_format)
        needed = caught.value.needed_tokens
        assert f"needs {needed}" in caught.value.message
        assert f"at least {needed}" in caught.value.hint
        assert len(cut(self.talk, template, max_length=needed, dataset_format=dataset_format).ids) == needed
        with pytest.raises(TokenOverflowError):
            cut(self.talk, template, max_length=needed - 1, dataset_format=dataset_format)

    def test_what_would_train_nothing_is_not_enough(self) -> None:
        """The first exchange alone fits sooner, but only the second is trained."""
        template = make_template("chatml")
        asked, answered, again, trained = make_record("Who?", "Aye.", "Where?", "At the lamp.").messages
        talk = Record("r", 7, (asked, replace(answered, trained=False), again, trained))
        with pytest.raises(TokenOverflowError) as caught:
            cut(talk, template, max_length=8)
        assert caught.value.needed_tokens == len(cut(talk, template).ids)


@pytest.mark.skipif(not REAL_MODEL.exists(), reason="the bundled model is not set up")
class TestBundledModel:
    template = load_template(REAL_MODEL) if REAL_MODEL.exists() else make_template("chatml")

    def test_trains_the_answer_and_its_end_of_turn(self) -> None:
        row = cut(make_record("Hi?", "Aye. Keep your lamp lit."), self.template)
        assert trained_texts(row) == ["Aye. Keep your lamp lit.<|im_end|>"]

    def test_pads_with_a_token_that_ends_no_turn(self) -> None:
        assert self.template.pad_id not in self.template.stop_ids

    @settings(max_examples=40, deadline=None)
    @given(turns=st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=3))
    def test_any_answer_is_trained_whole(self, turns: list[tuple[str, str]]) -> None:
        row = cut(make_record(*[text for pair in turns for text in pair]), self.template)
        found = [text.removesuffix("<|im_end|>") for text in trained_texts(row)]
        assert len(found) == len(turns)
        for (_question, answer), text in zip(turns, found, strict=True):
            # Only a blank that melts into the prompt's line feed may be missing.
            assert answer.endswith(text)
            assert answer.removesuffix(text).strip() == ""
