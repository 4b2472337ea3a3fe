"""What a chat template writes of tools; what it leaves out would be trained as if it had never been there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from ..errors import TrainerError
from .records import Message, Record, dataset_missing, record_of_line
from .templates import ChatTemplate

LEFT_OUT: Final = "It leaves out the lists of tools that records bring: the answers are trained without them."
_CALL: Final = "tool calls"
_RESULT: Final = "the results of tools"


def refuse_lost_tools(record: Record, messages: Sequence[Message], template: ChatTemplate) -> None:
    """Raises `unsupported_content` where the template writes nothing of a call or of a tool's answer, with the line."""
    marks: dict[str, str] = {}
    marked = [_marked(message, marks) for message in messages]
    if not marks:
        return
    try:
        text = template.render(marked, tools=record.tools)
    except TrainerError:
        return  # it looks into what the marks took the place of, so it writes that
    lost = next((what for mark, what in marks.items() if mark not in text), None)
    if lost is not None:
        raise TrainerError(
            "unsupported_content",
            f"Line {record.source_line}: the chat template of this model has no place for {lost}; they would be left out.",
            hint="Choose a base model whose chat template knows tools, or exclude this record.",
        )


def note_of_tools(template: ChatTemplate, *, has_tools: bool) -> str | None:
    """What is said where records bring lists of tools and the template leaves them out."""
    return LEFT_OUT if has_tools and not template.writes_tools else None


def described(template: ChatTemplate, *, has_tools: bool) -> dict[str, str]:
    """The template's description, with what it does not write of these records."""
    described = template.describe()
    note = note_of_tools(template, has_tools=has_tools)
    return described if note is None else {**described, "note": f"{described['note']} {note}"}


def brings_tools(dataset: Path) -> bool:
    """Whether any record has a list of tools; no line is parsed that cannot have one. Raises what reading raises."""
    try:
        with dataset.open("rb") as lines:
            return any(
                b'"tools":' in line and bool(record_of_line(line, number).tools) for number, line in enumerate(lines, 1)
            )
    except OSError as error:
        raise dataset_missing(dataset, error) from error


def _marked(message: Message, marks: dict[str, str]) -> Message:
    """The message with a word of its own for each call, or for what a tool answered."""
    if message.role == "tool" and message.content.strip():
        return replace(message, content=_mark(marks, _RESULT))
    return replace(message, tool_calls=tuple(_marked_call(call, marks) for call in message.tool_calls))


def _marked_call(call: Mapping[str, Any], marks: dict[str, str]) -> dict[str, Any]:
    return {**call, "function": {**call.get("function", {}), "name": _mark(marks, _CALL)}}


def _mark(marks: dict[str, str], what: str) -> str:
    mark = f"Pq{len(marks)}Zmark"
    marks[mark] = what
    return mark
