"""One record as the model sees it: which tokens, which of them are trained, and what did not fit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ..config import LossScope
from ..errors import TrainerError
from .answers import Rendering, answer_tokens
from .records import Message, Record
from .templates import ChatTemplate, Encoded
from .tools import refuse_lost_tools

# Records of these formats repeat their conversation's history, so the oldest turns may go.
HISTORY_FORMATS: Final = frozenset({"brightrun_lora_v4", "brightrun_lora_v3"})


@dataclass(frozen=True, slots=True)
class Tokenized:
    """One record as the model sees it; `trained[t]` says whether the loss covers token t."""

    ids: list[int]
    trained: list[bool]
    text: str
    spans: list[tuple[int, int]]
    messages: list[Message]
    dropped_turns: int
    lost_tokens: int
    lost_trained_tokens: int

    @property
    def trained_tokens(self) -> int:
        """Tokens under the loss."""
        return sum(self.trained)


class TokenOverflowError(TrainerError):
    """`token_overflow`: even in its shortest form, of `needed_tokens`, a record is too long."""

    def __init__(self, record: Record, what: str, *, max_length: int, needed_tokens: int) -> None:
        super().__init__(
            "token_overflow",
            f"Line {record.source_line}: {what} does not fit into {max_length} tokens; it needs {needed_tokens}.",
            hint=raise_length_to(needed_tokens),
        )
        self.needed_tokens = needed_tokens


def raise_length_to(tokens: int, *, records: int = 1) -> str:
    """What to do about records that are too long, the longest of which needs `tokens`."""
    if records == 1:
        return f"Raise max_length to at least {tokens}, or exclude this record."
    which = f"the {records} records that are too long"
    return f"Raise max_length to at least {tokens}, as the longest needs, or exclude {which}."


def scoped(messages: Sequence[Message], loss_scope: LossScope) -> list[Message]:
    """The messages with `trained` as the scope says; `auto` leaves the importer's marks."""
    if loss_scope == "auto":
        return list(messages)
    answers = [index for index, message in enumerate(messages) if message.role == "assistant"]
    chosen = set(answers if loss_scope == "all" else answers[-1:])
    return [replace(message, trained=index in chosen) for index, message in enumerate(messages)]


def tokenize(
    record: Record,
    template: ChatTemplate,
    *,
    max_length: int,
    loss_scope: LossScope,
    dataset_format: str,
    whole: Tokenized | None = None,
) -> Tokenized:
    """Render, tokenise, mask and cut one record; `whole` is its uncut form where that is known.

    Raises `nothing_to_train`, `token_overflow`, `mask_not_found`, `template_refused` or `unsupported_content`, with the
    line.
    """
    if whole is None:
        whole = uncut(record, template, loss_scope)
    if whole.trained_tokens == 0:
        raise TrainerError(
            "nothing_to_train", f"Line {record.source_line}: no token would be trained.", hint="Exclude this record."
        )
    if len(whole.ids) <= max_length or record.text is not None:
        return whole  # a text is not cut but laid into windows (`windows`)
    shorter = without_oldest if (record.format or dataset_format) in HISTORY_FORMATS else _without_newest
    return _cut(record, whole, template, max_length=max_length, shorter=shorter)


def uncut(record: Record, template: ChatTemplate, loss_scope: LossScope) -> Tokenized:
    """The whole record with its mask, however long. Raises as `tokenize` does, but for its length."""
    if record.text is not None:
        return plain_text(record.text, template)
    return masked(record, template.adapted(scoped(record.messages, loss_scope)), template)


def plain_text(text: str, template: ChatTemplate) -> Tokenized:
    """A text as the tokenizer gives it, an end of text behind it; every token is trained but the first."""
    encoded = template.encode(text, special=True)
    end = template.tokenizer.eos_token_id
    closing = [] if end is None or encoded.ids[-1:] == [end] else [end]
    ids = [*encoded.ids, *closing]
    spans = [*encoded.spans, *((len(text), len(text)) for _ in closing)]
    return Tokenized(ids, [position > 0 for position in range(len(ids))], text, spans, [], 0, 0, 0)


def masked(record: Record, messages: Sequence[Message], template: ChatTemplate) -> Tokenized:
    """The whole conversation with its mask, however long. `messages` are adapted to the template."""
    refuse_lost_tools(record, messages, template)
    text, encoded = _encoded(record, messages, template)
    trained = [False] * len(encoded.ids)
    rendering = Rendering(record, messages, text, encoded)
    for index, message in enumerate(messages):
        if message.trained:
            for position in answer_tokens(rendering, index, template):
                trained[position] = True
    # Nothing comes before the first token, so nothing can predict it.
    trained[:1] = [False] * len(trained[:1])
    return Tokenized(encoded.ids, trained, text, encoded.spans, list(messages), 0, 0, 0)


def _encoded(record: Record, messages: Sequence[Message], template: ChatTemplate) -> tuple[str, Encoded]:
    try:
        text = template.render(messages, tools=record.tools)
    except TrainerError as error:
        raise TrainerError(error.code, f"Line {record.source_line}: {error.message}", hint=error.hint) from error
    return text, template.encode(text)


def _cut(
    record: Record,
    whole: Tokenized,
    template: ChatTemplate,
    *,
    max_length: int,
    shorter: Callable[[Sequence[Message]], list[Message] | None],
) -> Tokenized:
    """The longest shortened form that fits and still trains something. Raises `token_overflow`."""
    kept: Sequence[Message] = whole.messages
    while (fewer := shorter(kept)) is not None:
        kept = fewer
        # Lengths first: masking costs several renderings.
        if len(_encoded(record, kept, template)[1].ids) > max_length:
            continue
        cut = masked(record, kept, template)
        if cut.trained_tokens > 0:
            return replace(
                cut,
                dropped_turns=len(whole.messages) - len(kept),
                lost_tokens=len(whole.ids) - len(cut.ids),
                lost_trained_tokens=whole.trained_tokens - cut.trained_tokens,
            )
    needed = _shortest(record, whole, template, shorter=shorter)
    raise TokenOverflowError(record, "a single answer with its question", max_length=max_length, needed_tokens=needed)


def _shortest(
    record: Record, whole: Tokenized, template: ChatTemplate, *, shorter: Callable[[Sequence[Message]], list[Message] | None]
) -> int:
    """Tokens of the shortest form that trains something."""
    forms: list[Sequence[Message]] = []
    kept: Sequence[Message] = whole.messages
    while (fewer := shorter(kept)) is not None:
        forms.append(kept := fewer)
    rows = (masked(record, messages, template) for messages in reversed(forms))
    return next((len(row.ids) for row in rows if row.trained_tokens > 0), len(whole.ids))


def without_oldest(messages: Sequence[Message]) -> list[Message] | None:
    """Drop the oldest exchange after the system message; None when only the last one is left."""
    users = _users(messages)
    if users[1:]:
        return [*(message for message in messages[: users[0]] if message.role == "system"), *messages[users[1] :]]
    return None


def _without_newest(messages: Sequence[Message]) -> list[Message] | None:
    """Drop the last exchange; None when only the first one is left."""
    users = _users(messages)
    return list(messages[: users[-1]]) if users[1:] else None


def _users(messages: Sequence[Message]) -> list[int]:
    return [index for index, message in enumerate(messages) if message.role == "user"]
