"""What the model will see of one record: every token, which are trained, where it is cut."""

from collections.abc import Sequence
from dataclasses import asdict
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, Final

from .data.answers import common_prefix
from .data.masks import Tokenized, tokenize, uncut
from .data.records import Message, Record, record_lines
from .data.templates import ChatTemplate
from .data.tokens import How
from .data.tools import described
from .errors import TrainerError
from .inspect_sides import has_sides, inspect_sides

# A view shows also what training would refuse.
SHOWN_ANYWAY: Final = frozenset({"token_overflow", "nothing_to_train"})


def record_at(dataset: Path, index: int) -> Record:
    """Record number `index`, from 0; the lines before it are not parsed. Raises `record_missing`."""
    found = next(islice(record_lines(dataset), index, None), None) if index >= 0 else None
    if found is None:
        raise TrainerError("record_missing", f"The dataset has no record number {index + 1}.")
    return found()


def inspect(record: Record, template: ChatTemplate, how: How) -> dict[str, Any]:
    """The whole record with marks for training and cutting, by the code that training uses. Raises TrainerError."""
    if has_sides(record):
        return _of_sides(record, template, how)
    whole = uncut(record, template, how.loss_scope)
    messages = whole.messages
    roles = ["text"] if record.text is not None else [message.role for message in messages]
    kept = _kept(record, template, how, whole=whole)
    borders = _borders(record, messages, template, whole=whole)
    questions = [border for border, role in zip(borders, roles, strict=False) if role == "user"]
    cut = _cut_flags(whole.ids, [] if kept is None else kept.ids, (*questions, *borders))
    return {
        "messages": [_message(message) for message in messages],
        "text": whole.text,
        "tokens": [
            {"id": token, "text": text, "trained": trained, "cut": gone}
            for token, text, trained, gone in zip(whole.ids, pieces(whole), whole.trained, cut, strict=True)
        ],
        "turns": [
            {
                "role": role,
                "start": start,
                "end": end,
                "trained_tokens": sum(whole.trained[start:end]),
                "cut": end > start and all(cut[start:end]),
            }
            for role, (start, end) in zip(roles, pairwise(borders), strict=True)
        ],
        "total_tokens": len(whole.ids),
        "trained_tokens": whole.trained_tokens,
        "lost_tokens": len(whole.ids) if kept is None else kept.lost_tokens,
        "lost_trained_tokens": whole.trained_tokens if kept is None else kept.lost_trained_tokens,
        "dropped_turns": len(messages) if kept is None else kept.dropped_turns,
        "template": _template(record, template),
        "max_length": how.max_length,
    }


def _template(record: Record, template: ChatTemplate) -> dict[str, str]:
    if record.text is not None:
        return {"source": template.source, "note": "Plain text is trained as it is, without a template."}
    return described(template, has_tools=bool(record.tools))


def _of_sides(record: Record, template: ChatTemplate, how: How) -> dict[str, Any]:
    whole, view = inspect_sides(record, template, how)
    tokens = zip(whole.ids, pieces(whole), whole.trained, strict=True)
    return {
        "messages": [_message(message) for message in (*record.messages, *record.rejected[record.prompt_turns :])],
        "text": whole.text,
        "tokens": [{"id": token, "text": text, "trained": on, "cut": False} for token, text, on in tokens],
        **view,
        "template": described(template, has_tools=bool(record.tools)),
        "max_length": how.max_length,
    }


def pieces(row: Tokenized) -> list[str]:
    """The text of each token; put together they are the whole text.

    Characters that no token claims (a normaliser took them) go to the token before, and a character of
    several tokens to the first of them.
    """
    starts = [0, *(left for left, _right in row.spans[1:]), len(row.text)] if row.spans else []
    for position in range(1, len(starts) - 1):
        # Tokens of one character all say where it begins; all but the first stand at its end.
        if row.spans[position] == row.spans[position - 1]:
            starts[position] = row.spans[position][1]
    for position in range(len(starts) - 2, 0, -1):
        starts[position] = min(starts[position], starts[position + 1])
    return [row.text[left:right] for left, right in pairwise(starts)]


def _kept(record: Record, template: ChatTemplate, how: How, *, whole: Tokenized) -> Tokenized | None:
    """What training would see; None where that is nothing."""
    try:
        return tokenize(
            record,
            template,
            max_length=how.max_length,
            loss_scope=how.loss_scope,
            dataset_format=how.dataset_format,
            whole=whole,
        )
    except TrainerError as error:
        if error.code not in SHOWN_ANYWAY:
            raise
        return None if error.code == "token_overflow" else whole


def _cut_flags(whole: Sequence[int], kept: Sequence[int], likely: Sequence[int]) -> list[bool]:
    """Cutting takes one stretch out: the kept tokens are the beginning and the end of the whole.

    Turns begin and end alike, and answers may repeat, so there is more than one such stretch; exchanges go
    whole, so it was one that starts with a turn, most likely a user's. `likely` are the tokens at which turns begin,
    those of users first.
    """
    most = common_prefix(whole, kept)
    least = len(kept) - common_prefix(whole[::-1], kept[::-1])
    front = next((border for border in likely if least <= border <= most), most)
    back = len(kept) - front
    return [front <= position < len(whole) - back for position in range(len(whole))]


def _borders(record: Record, messages: list[Message], template: ChatTemplate, *, whole: Tokenized) -> list[int]:
    """Token positions at which the turns begin, and where the last one ends."""
    borders = [0]
    position = 0
    for count in range(1, len(messages)):
        position = max(position, _turn_end(record, messages[:count], template, text=whole.text, start=position))
        border = next((i for i, (left, _right) in enumerate(whole.spans) if left >= position), len(whole.ids))
        borders.append(max(borders[-1], border))
    return [*borders, len(whole.ids)]


def _turn_end(record: Record, upto: list[Message], template: ChatTemplate, *, text: str, start: int) -> int:
    """Where the last of `upto` ends; by its content where the template does not take a part of a conversation."""
    try:
        rendered = template.render(upto, tools=record.tools)
    except TrainerError:
        rendered = ""
    if rendered and text.startswith(rendered):
        return len(rendered)
    content = upto[-1].content.strip()
    found = text.find(content, start)
    if found < 0:
        return start
    end = found + len(content)
    closing = text.find(template.end_text, end) if upto[-1].role == "assistant" else -1
    return closing + len(template.end_text) if closing >= 0 and not text[end:closing].strip() else end


def _message(message: Message) -> dict[str, Any]:
    document = asdict(message)
    calls = document.pop("tool_calls")
    return {**document, "tool_calls": list(calls)} if calls else document
