"""Tools in conversations: what the template writes of them is trained, what it leaves out is refused or said."""

import json
from pathlib import Path

import pytest
from template_builders import make_record, make_template, make_tokenizer, write_dataset
from training_builders import attempt, make_model, make_records, make_run
from transformers import PreTrainedTokenizerFast

from pipeline_trainer.data.masks import Tokenized, tokenize
from pipeline_trainer.data.records import Message, Record, record_of_line
from pipeline_trainer.data.templates import ChatTemplate
from pipeline_trainer.data.tools import brings_tools, described
from pipeline_trainer.errors import TrainerError

CALL = {"type": "function", "function": {"name": "tide", "arguments": {"port": "Skerry"}}}
TOOL = {"type": "function", "function": {"name": "tide", "parameters": {"type": "object", "properties": {}}}}


def cut(record: Record, template: ChatTemplate) -> Tokenized:
    return tokenize(record, template, max_length=10_000, loss_scope="auto", dataset_format="chat")


@pytest.mark.parametrize("trained", [True, False])
@pytest.mark.parametrize("name", ["chatml", "llama3", "thinking"])
def test_refuses_a_tool_call_that_the_template_leaves_out(name: str, trained: bool) -> None:
    messages = (
        Message("user", "High water?"),
        Message("assistant", "", trained=trained, tool_calls=(CALL,)),
        Message("tool", "At four."),
        Message("assistant", "At four.", trained=True),
    )
    with pytest.raises(TrainerError, match=r"Line 5.*no place for tool calls") as caught:
        cut(Record("r1", 5, messages), make_template(name))
    assert (caught.value.code, "base model" in caught.value.hint) == ("unsupported_content", True)


def test_refuses_when_one_of_two_calls_is_left_out_or_the_result_of_a_tool() -> None:
    second = {"type": "function", "function": {"name": "wind", "arguments": {}}}
    calls = Message("assistant", "", trained=True, tool_calls=(CALL, second))
    talk = (Message("user", "High water?"), calls, Message("tool", "At four."), Message("assistant", "Four.", trained=True))
    record = Record("r1", 1, talk)
    assert cut(record, make_template("tools")).trained_tokens > 0
    first_only = ChatTemplate(retold("{% for c in m.tool_calls %}", "{% for c in m.tool_calls[:1] %}"))
    with pytest.raises(TrainerError, match="tool calls"):
        cut(record, first_only)
    no_results = ChatTemplate(retold("m.content }}", "('' if m.role == 'tool' else m.content) }}"))
    with pytest.raises(TrainerError, match="the results of tools"):
        cut(record, no_results)


def test_writes_the_numbers_of_a_call_as_the_dataset_has_them() -> None:
    document = json.dumps({"id": "r", "source_line": 1, "messages": [
        {"role": "user", "content": "q", "trained": False},
        {"role": "assistant", "content": "", "trained": True, "tool_calls": [{**CALL, "function": {"name": "f"}}]},
    ]})  # fmt: skip
    numbers = '{"big": 12345678901234567890, "one": 1.0, "large": 1e+22}'
    line = document.replace('"name": "f"', f'"name": "f", "arguments": {numbers}')
    row = cut(record_of_line(line.encode(), 1), make_template("tools"))
    assert numbers in row.text


def retold(part: str, other: str) -> PreTrainedTokenizerFast:
    """The tokenizer of the template with tools, one part of it changed."""
    tokenizer = make_tokenizer("tools")
    tokenizer.chat_template = tokenizer.chat_template.replace(part, other)
    return tokenizer


def test_a_template_says_whether_it_writes_lists_of_tools() -> None:
    assert not make_template("chatml").writes_tools
    assert make_template("plain").writes_tools
    told = ChatTemplate(
        retold("{% for m in messages %}", "{% if tools %}{{ tools | tojson }}{% endif %}{% for m in messages %}")
    )
    assert told.writes_tools
    assert "leaves out the lists of tools" in described(make_template("chatml"), has_tools=True)["note"]
    assert described(make_template("chatml"), has_tools=False) == make_template("chatml").describe()
    assert described(told, has_tools=True) == told.describe()


def test_finds_lists_of_tools_in_a_dataset(tmp_path: Path) -> None:
    path = write_dataset(tmp_path / "a.jsonl", [make_record('Is "tools": a word?', "Aye.")])
    assert not brings_tools(path)
    document = json.loads(path.read_text())
    path.write_text(json.dumps({**document, "tools": [TOOL]}))
    assert brings_tools(path)


def test_a_run_warns_of_lists_of_tools_that_are_left_out(tmp_path: Path) -> None:
    model = make_model(tmp_path / "tiny")
    records = [{**record, "tools": [TOOL]} for record in make_records(5)]
    told = make_run(tmp_path / "told", model, records=records, held_out=0, max_steps=1)
    assert attempt(told) == 0
    assert [event["code"] for event in told.named("warning")] == ["tools_left_out"]
    plain = make_run(tmp_path / "plain", model, records=make_records(5), held_out=0, max_steps=1)
    assert attempt(plain) == 0
    assert not plain.named("warning")
