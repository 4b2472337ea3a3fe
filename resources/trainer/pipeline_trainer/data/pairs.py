"""Records that are compared or judged: their answers as the model sees them, over one and the same prompt."""

from dataclasses import dataclass, replace

from ..errors import TrainerError
from .masks import Tokenized, TokenOverflowError, masked, without_oldest
from .records import Message, Record
from .templates import ChatTemplate


@dataclass(frozen=True, slots=True)
class Sides:
    """The answers of a record, wanted first, and what they were before their prompt was cut."""

    rows: tuple[Tokenized, ...]
    whole: tuple[Tokenized, ...]
    dropped_turns: int

    @property
    def total_tokens(self) -> int:
        """Of all sides, before cutting."""
        return sum(len(row.ids) for row in self.whole)

    @property
    def trained_tokens(self) -> int:
        """Of all sides, before cutting."""
        return sum(row.trained_tokens for row in self.whole)


def uncut_sides(record: Record, template: ChatTemplate) -> tuple[Tokenized, ...]:
    """Both answers of a comparison, or the one of a judgement, however long.

    Raises `mask_not_found` or `template_refused`.
    """
    return tuple(masked(record, messages, template) for messages in _dialogues(record, template))


def _dialogues(record: Record, template: ChatTemplate) -> list[list[Message]]:
    return [template.adapted(messages) for messages in (record.messages, record.rejected) if messages]


def tokenize_sides(
    record: Record, template: ChatTemplate, *, max_length: int, whole: tuple[Tokenized, ...] | None = None
) -> Sides:
    """Both answers of a comparison, or the one of a judgement, within `max_length` tokens each.

    `whole` are they as `uncut_sides` has made them. What is too long loses the oldest exchanges of its prompt,
    the same ones on both sides. Raises `token_overflow`, `nothing_to_train`, `mask_not_found` or
    `template_refused`, with the line.
    """
    dialogues = _dialogues(record, template)
    whole = rows = uncut_sides(record, template) if whole is None else whole
    prompt_turns, dropped = record.prompt_turns, 0
    while max(len(row.ids) for row in rows) > max_length:
        shorter = [_shorter(messages, prompt_turns) for messages in dialogues]
        kept = [messages for messages in shorter if messages is not None]
        if len(kept) < len(dialogues):
            needed = max(len(row.ids) for row in rows)
            raise TokenOverflowError(record, "an answer with its question", max_length=max_length, needed_tokens=needed)
        fewer = len(dialogues[0]) - len(kept[0])
        dialogues, prompt_turns, dropped = kept, prompt_turns - fewer, dropped + fewer
        rows = tuple(masked(record, messages, template) for messages in dialogues)
    if any(row.trained_tokens == 0 for row in rows):
        raise TrainerError(
            "nothing_to_train", f"Line {record.source_line}: no token would be trained.", hint="Exclude this record."
        )
    return Sides(rows, whole, dropped)


def _shorter(messages: list[Message], prompt_turns: int) -> list[Message] | None:
    """Without the oldest exchange of the prompt; None where only the last question is left."""
    opening = without_oldest(messages[:prompt_turns])
    return None if opening is None else [*opening, *messages[prompt_turns:]]


def end_to_end(sides: Sides) -> Tokenized:
    """Both answers behind one another, to be stored and shown as one."""
    first, *others = sides.rows
    for other in others:
        spans = [(len(first.text) + start, len(first.text) + end) for start, end in other.spans]
        first = replace(
            first,
            ids=first.ids + other.ids,
            trained=first.trained + other.trained,
            text=first.text + other.text,
            spans=first.spans + spans,
        )
    return first
