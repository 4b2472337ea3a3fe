"""Which tokens are trained: the answer and its end-of-turn token, and nothing else.

The mask is found by rendering the conversation up to each answer with and without that answer: the text
without it must be the beginning of the whole text. Markers in templates are not relied on, because most
templates have none and transformers then returns an empty mask without an error.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from ..config import LossScope
from ..errors import TrainerError
from .records import Message, Record
from .templates import ChatTemplate, Encoded

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


def scoped(messages: Sequence[Message], loss_scope: LossScope) -> list[Message]:
    """The messages with `trained` as the scope says; `auto` leaves the importer's marks."""
    if loss_scope == "auto":
        return list(messages)
    answers = [index for index, message in enumerate(messages) if message.role == "assistant"]
    chosen = set(answers if loss_scope == "all" else answers[-1:])
    return [replace(message, trained=index in chosen) for index, message in enumerate(messages)]


def tokenize(
    record: Record, template: ChatTemplate, *, max_length: int, loss_scope: LossScope, dataset_format: str
) -> Tokenized:
    """Render, tokenise, mask and cut one record.

    Raises `nothing_to_train`, `token_overflow` or `mask_not_found`, each with the source line.
    """
    messages = template.adapted(scoped(record.messages, loss_scope))
    whole = masked(record, messages, template)
    if whole.trained_tokens == 0:
        raise TrainerError(
            "nothing_to_train", f"Line {record.source_line}: no token would be trained.", hint="Exclude this record."
        )
    if len(whole.ids) <= max_length:
        return whole
    shorter = _without_oldest if dataset_format in HISTORY_FORMATS else _without_newest
    kept = messages
    while (fewer := shorter(kept)) is not None:
        kept = fewer
        cut = masked(record, kept, template)
        if len(cut.ids) <= max_length and cut.trained_tokens > 0:
            return replace(
                cut,
                dropped_turns=len(messages) - len(kept),
                lost_tokens=len(whole.ids) - len(cut.ids),
                lost_trained_tokens=whole.trained_tokens - cut.trained_tokens,
            )
    raise TrainerError(
        "token_overflow",
        f"Line {record.source_line}: a single answer does not fit into {max_length} tokens.",
        hint="Raise max_length, or exclude this record.",
    )


def masked(record: Record, messages: Sequence[Message], template: ChatTemplate) -> Tokenized:
    """The whole conversation with its mask, however long."""
    text = template.render(messages, tools=record.tools)
    encoded = template.encode(text)
    trained = [False] * len(encoded.ids)
    for index, message in enumerate(messages):
        if message.trained:
            for position in _answer_tokens(record, messages[: index + 1], template, text=text, encoded=encoded):
                trained[position] = True
    return Tokenized(encoded.ids, trained, text, encoded.spans, list(messages), 0, 0, 0)


def _answer_tokens(
    record: Record, upto: Sequence[Message], template: ChatTemplate, *, text: str, encoded: Encoded
) -> range:
    before = template.render(upto[:-1], tools=record.tools, add_generation_prompt=True)
    after = template.render(upto, tools=record.tools)
    # A template may open a generation with more than it keeps in the history; then the answer's own text decides.
    start = len(before) if text.startswith(before) else text.find(upto[-1].content, _common_prefix(before, text))
    if start < 0 or not text.startswith(after.rstrip()):
        raise TrainerError(
            "mask_not_found",
            f"Line {record.source_line}: the chat template renders an answer differently in its context, "
            "so the trained tokens cannot be told apart.",
            hint="Set loss_scope to final, or choose a base model with another chat template.",
        )
    inside = [i for i, (left, right) in enumerate(encoded.spans) if left >= start and right <= len(after) and right > left]
    special = [i for i in inside if encoded.ids[i] in template.special_ids]
    closing = [i for i in special if encoded.spans[i][0] >= start + len(upto[-1].content.strip())]
    if closing:
        return range(inside[0], closing[0] + 1)
    end = start + len(after[start:].rstrip())
    answer = [i for i in inside if encoded.spans[i][1] <= end]
    return range(answer[0], answer[-1] + 1) if answer else range(0)


def _common_prefix(left: str, right: str) -> int:
    for index, (a, b) in enumerate(zip(left, right, strict=False)):
        if a != b:
            return index
    return min(len(left), len(right))


def _without_oldest(messages: Sequence[Message]) -> list[Message] | None:
    """Drop the oldest exchange after the system message; None when only the last one is left."""
    head = 1 if messages and messages[0].role == "system" else 0
    users = [index for index, message in enumerate(messages) if message.role == "user"]
    if len(users) < 2:  # noqa: PLR2004
        return None
    return [*messages[:head], *messages[users[1] :]]


def _without_newest(messages: Sequence[Message]) -> list[Message] | None:
    """Drop the last exchange; None when only the first one is left."""
    users = [index for index, message in enumerate(messages) if message.role == "user"]
    if len(users) < 2:  # noqa: PLR2004
        return None
    return list(messages[: users[-1]])
