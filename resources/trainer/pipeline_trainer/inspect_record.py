"""What the model will see of one record: every token, which are trained, where it is cut."""

from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from .config import LossScope
from .data.masks import Tokenized, masked, scoped, tokenize
from .data.records import Message, Record, read_records
from .data.templates import ChatTemplate
from .errors import TrainerError


def record_at(dataset: Path, index: int) -> Record:
    """Record number `index`, from 0. Raises `record_missing`."""
    record = next(islice(read_records(dataset), index, None), None)
    if record is None:
        raise TrainerError("record_missing", f"The dataset has no record number {index + 1}.")
    return record


def inspect(
    record: Record, template: ChatTemplate, *, max_length: int, loss_scope: LossScope, dataset_format: str
) -> dict[str, Any]:
    """The whole record with marks for training and cutting; same code as training. Raises TrainerError."""
    messages = template.adapted(scoped(record.messages, loss_scope))
    whole = masked(record, messages, template)
    try:
        kept = tokenize(record, template, max_length=max_length, loss_scope=loss_scope, dataset_format=dataset_format)
        seen, dropped = len(kept.ids), kept.dropped_turns
        lost_trained = kept.lost_trained_tokens
    except TrainerError as error:
        if error.code != "token_overflow":
            raise
        seen, dropped, lost_trained = 0, len(messages), whole.trained_tokens
    lost = len(whole.ids) - seen
    front = dropped > 0 and dataset_format.startswith("brightrun")
    cut = _cut_flags(whole, lost, front=front)
    turns = _turns(record, messages, template, whole=whole, cut=cut)
    return {
        "messages": [_message(message) for message in messages],
        "text": whole.text,
        "tokens": [
            {"id": token, "text": whole.text[left:right], "trained": trained, "cut": gone}
            for token, (left, right), trained, gone in zip(whole.ids, whole.spans, whole.trained, cut, strict=True)
        ],
        "turns": turns,
        "total_tokens": len(whole.ids),
        "trained_tokens": whole.trained_tokens,
        "lost_tokens": lost,
        "lost_trained_tokens": lost_trained,
        "dropped_turns": dropped,
        "template": template.describe(),
        "max_length": max_length,
    }


def _cut_flags(whole: Tokenized, lost: int, *, front: bool) -> list[bool]:
    length = len(whole.ids)
    if front:
        return [position < lost for position in range(length)]
    return [position >= length - lost for position in range(length)]


def _turns(
    record: Record, messages: list[Message], template: ChatTemplate, *, whole: Tokenized, cut: list[bool]
) -> list[dict[str, Any]]:
    borders = [0]
    for count in range(1, len(messages) + 1):
        rendered = len(template.render(messages[:count], tools=record.tools))
        border = next((i for i, (left, _right) in enumerate(whole.spans) if left >= rendered), len(whole.ids))
        borders.append(max(borders[-1], border))
    borders[-1] = len(whole.ids)
    return [
        {
            "role": message.role,
            "start": start,
            "end": end,
            "trained_tokens": sum(whole.trained[start:end]),
            "cut": end > start and all(cut[start:end]),
        }
        for message, start, end in zip(messages, borders, borders[1:], strict=False)
    ]


def _message(message: Message) -> dict[str, Any]:
    document = asdict(message)
    calls = document.pop("tool_calls")
    return {**document, "tool_calls": list(calls)} if calls else document
