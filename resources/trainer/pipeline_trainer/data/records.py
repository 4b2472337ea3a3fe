"""The canonical `dataset.jsonl`, one record a line, as the importer wrote it."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal, cast

from ..errors import TrainerError

Role = Literal["system", "user", "assistant", "tool"]
ROLES = frozenset({"system", "user", "assistant", "tool"})
HASH_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Message:
    """One turn; `trained` says whether the loss covers it."""

    role: Role
    content: str
    trained: bool = False
    tool_calls: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Scaffolding:
    """Where a record stands in its dataset's design; evaluations group by it."""

    persona: str | None = None
    arc: str | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A conversation, or a plain text, to train on; `source_line` is 1-based in the imported file.

    A comparison has its wanted end in `messages` and the unwanted one in `rejected`, both with their common
    beginning of `prompt_turns` messages. A judged answer has a `label`. `quality_score` is the file's own, 1 to 5.
    In a mixture every record says its `dataset`, by name, and that one's `format`.
    """

    id: str
    source_line: int
    messages: tuple[Message, ...] = ()
    text: str | None = None
    rejected: tuple[Message, ...] = ()
    prompt_turns: int = 0
    label: bool | None = None
    conversation_id: str | None = None
    tools: tuple[Mapping[str, Any], ...] = ()
    scaffolding: Scaffolding = Scaffolding()
    quality_score: float | None = None
    dataset: str | None = None
    format: str | None = None


def read_records(path: Path, *, sha256: str | None = None) -> Iterator[Record]:
    """Stream the records of `path`, after its hash agreed with `sha256` where one is given.

    Raises `dataset_missing`, `dataset_changed`, or `dataset_invalid` with the line.
    """
    if sha256 is not None:
        verify_sha256(path, sha256)
    for parse in record_lines(path):
        yield parse()


def record_lines(path: Path) -> Iterator[Callable[[], Record]]:
    """The same records, each parsed only when called. Raises `dataset_missing`."""
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield partial(record_of_line, line, number)
    except OSError as error:
        raise dataset_missing(path, error) from error


def count_records(path: Path) -> int:
    """Filled lines of the file; 0 where it cannot be read, which reading then says."""
    try:
        with path.open("rb") as lines:
            return sum(1 for line in lines if line.strip())
    except OSError:
        return 0


def verify_sha256(path: Path, expected: str) -> None:
    """Raises `dataset_missing`, or `dataset_changed` when the file's SHA-256 is not `expected`."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as blocks:
            while block := blocks.read(HASH_BLOCK_BYTES):
                digest.update(block)
    except OSError as error:
        raise dataset_missing(path, error) from error
    if digest.hexdigest() != expected:
        raise TrainerError(
            "dataset_changed",
            f"{path.name} is not the dataset that this job was made for.",
            hint="Import the changed dataset and start a new job with it.",
        )


def parse_record(document: Any) -> Record:
    """Type one decoded canonical record, of any kind. Raises ValueError with what is wrong."""
    match document:
        case {"prompt": [*prompt], "chosen": [*chosen], "rejected": [*rejected]} if prompt and chosen and rejected:
            wanted, unwanted = (_answered(prompt, answer) for answer in (chosen, rejected))
            return replace(_origin(document), messages=wanted, rejected=unwanted, prompt_turns=len(prompt))
        case {"prompt": [*prompt], "completion": [*answer], "label": bool(label)} if prompt and answer:
            return replace(_origin(document), messages=_answered(prompt, answer), prompt_turns=len(prompt), label=label)
        case {"messages": [*messages]} if messages:
            return replace(_origin(document), messages=tuple(_message(message) for message in messages))
        case {"text": str(text)} if text:
            return replace(_origin(document), text=text)
    raise ValueError("messages, text, or a prompt with its answers, missing")


def _answered(prompt: Sequence[Any], answer: Sequence[Any]) -> tuple[Message, ...]:
    """One dialogue; nothing of the prompt is trained."""
    opening = (replace(_message(message), trained=False) for message in prompt)
    return (*opening, *(_message(message) for message in answer))


def _origin(document: Any) -> Record:
    match document:
        case {"id": str(record_id), "source_line": int(source_line)}:
            return Record(
                id=record_id,
                source_line=source_line,
                conversation_id=cast("str | None", document.get("conversation_id")),
                tools=tuple(document.get("tools") or ()),
                scaffolding=Scaffolding(**(document.get("scaffolding") or {})),
                quality_score=cast("float | None", document.get("quality_score")),
                dataset=cast("str | None", document.get("dataset")),
                format=cast("str | None", document.get("format")),
            )
    raise ValueError("id or source_line missing")


def record_of_line(line: bytes, number: int) -> Record:
    """One line of the file, number `number` from 1. Raises `dataset_invalid`."""
    try:
        return parse_record(json.loads(line))
    except (ValueError, TypeError, RecursionError) as error:
        raise TrainerError(
            "dataset_invalid", f"Line {number} of the dataset is no record: {error}.", hint="Import the dataset again."
        ) from error


def _message(document: Any) -> Message:
    match document:
        case {"role": str(role), "content": str(content), "trained": bool(trained)} if role in ROLES:
            calls = tuple(document.get("tool_calls") or ())
            return Message(cast("Role", role), content, trained=trained, tool_calls=calls)
    raise ValueError("a message needs role, content and trained")


def dataset_missing(path: Path, error: OSError) -> TrainerError:
    """What a file that cannot be read means."""
    return TrainerError(
        "dataset_missing", f"{path.name} cannot be read: {error.strerror}.", hint="Restore the file, or import it again."
    )
