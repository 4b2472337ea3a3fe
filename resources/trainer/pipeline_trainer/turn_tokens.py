"""Tokens of what is said, each turn once however often records repeat it."""

import hashlib
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import numpy as np

from .data.records import Record, read_records
from .data.templates import ChatTemplate

BATCH_TURNS: Final = 512


def count_turn_tokens(dataset: Path, template: ChatTemplate, report: Callable[[int], None]) -> tuple[int, int]:
    """Distinct turns of all conversations, and the tokens of their contents, without the template's own.

    A turn is told apart by conversation, position, role and content; system messages and plain texts are no
    turns. `report(done)` comes after each record and may raise. Raises what reading the dataset raises.
    """
    names, tokens = array("Q"), array("I")
    batch: list[str] = []
    for done, record in enumerate(read_records(dataset), start=1):
        for name, content in _turns(record):
            names.append(name)
            batch.append(content)
        if len(batch) >= BATCH_TURNS:
            tokens.extend(_lengths(batch, template))
            batch.clear()
        report(done)
    tokens.extend(_lengths(batch, template))
    _names, first = np.unique(np.frombuffer(names, dtype=np.uint64), return_index=True)
    return len(first), int(np.frombuffer(tokens, dtype=np.uint32)[first].sum(dtype=np.int64))


def _turns(record: Record) -> Iterator[tuple[int, str]]:
    talk = f"conversation {record.conversation_id}" if record.conversation_id else f"record {record.id}"
    spoken = [message for message in record.messages if message.role != "system"]
    for position, message in enumerate(spoken):
        name = f"{talk}\0{position}\0{message.role}\0{message.content}".encode("utf-8", "surrogatepass")
        yield int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "little"), message.content
    for message in record.rejected[record.prompt_turns :]:
        name = f"{talk}\0rejected\0{message.role}\0{message.content}".encode("utf-8", "surrogatepass")
        yield int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "little"), message.content


def _lengths(texts: list[str], template: ChatTemplate) -> list[int]:
    return [len(ids) for ids in template.encode_all(texts)]
