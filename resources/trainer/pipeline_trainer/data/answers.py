"""Where an answer stands in a rendered conversation, and which tokens it is made of.

Markers in templates are not relied on: most templates have none, and transformers then returns an empty
mask without an error. The conversation is rendered with and without the answer instead. Where the text
without it is the beginning of the whole, the answer starts right there. Where it is not (a template that
opens a generation with more than it keeps, or puts the system text into the last user turn), the answer is
exchanged for another text, and what differs is the answer. Where neither is certain, there is no mask.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from ..errors import TrainerError
from .records import Message, Record
from .templates import ChatTemplate, Encoded, encode

# Each differs from the other in its first and in its last letter, so one of four fits any answer.
STAND_INS: Final = ("QzqwordqzK", "QzqwordqzW", "XzqwordqzK", "XzqwordqzW")


@dataclass(frozen=True, slots=True)
class Span:
    """Characters [start, end) of an answer; `prompt` is the text before it where that is certain."""

    start: int
    end: int
    prompt: str | None


@dataclass(frozen=True, slots=True)
class Rendering:
    """A conversation with its text and tokens."""

    record: Record
    messages: Sequence[Message]
    text: str
    encoded: Encoded


def answer_tokens(rendering: Rendering, index: int, template: ChatTemplate) -> range:
    """Positions of the tokens of answer `index` and of its end of turn. Raises `mask_not_found`."""
    span = _span(rendering, index, template)
    if span is None:
        raise TrainerError(
            "mask_not_found",
            f"Line {rendering.record.source_line}: the chat template renders answer {index + 1} in a way that does "
            "not tell its tokens from the rest.",
            hint="Set loss_scope to final, exclude this record, or choose a base model with another chat template.",
        )
    start = _first_token(rendering, span, template)
    return range(start, max(start, _end_token(rendering, span, template)))


def _span(rendering: Rendering, index: int, template: ChatTemplate) -> Span | None:
    prompt = _rendered(rendering, rendering.messages[:index], template, opened=True)
    if prompt is not None and not rendering.text.startswith(prompt):
        prompt = None
    message = rendering.messages[index]
    if message.tool_calls or not message.content.strip():
        return _whole_turn(rendering, index, template, prompt=prompt)
    content = _right_after(rendering.text, prompt, message.content) or _by_exchange(rendering, index, template)
    if content is None or (prompt is not None and len(prompt) > content[0]):
        return None
    return Span(content[0] if prompt is None else len(prompt), content[1], prompt)


def _right_after(text: str, prompt: str | None, content: str) -> tuple[int, int] | None:
    """The answer where it follows its prompt with nothing but white space between."""
    if prompt is None:
        return None
    core = content.strip()
    start = len(prompt)
    while start < len(text) and text[start].isspace() and not text.startswith(core, start):
        start += 1
    return (start, start + len(core)) if text.startswith(core, start) else None


def _by_exchange(rendering: Rendering, index: int, template: ChatTemplate) -> tuple[int, int] | None:
    """What differs when the answer is exchanged for a stand-in, if that is the answer and nothing else."""
    content = rendering.messages[index].content
    core = content.strip()
    stand_in = next(word for word in STAND_INS if word[0] != core[0] and word[-1] != core[-1])
    exchanged = list(rendering.messages)
    exchanged[index] = replace(exchanged[index], content=stand_in)
    other = _rendered(rendering, exchanged, template, opened=False)
    if other is None:
        return None
    text = rendering.text
    start = common_prefix(text, other)
    shared_end = common_prefix(text[start:][::-1], other[start:][::-1])
    end, other_end = len(text) - shared_end, len(other) - shared_end
    found = text[start:end]
    return (start, end) if found and found in content and other[start:other_end] == stand_in else None


def _whole_turn(rendering: Rendering, index: int, template: ChatTemplate, *, prompt: str | None) -> Span | None:
    """A turn with tool calls: everything that the template writes for it."""
    until = _rendered(rendering, rendering.messages[: index + 1], template, opened=False)
    if prompt is None or until is None or not rendering.text.startswith(until.rstrip()) or len(until) <= len(prompt):
        return None
    end = len(until.rstrip())
    closing = template.end_text
    if closing and until.rstrip().endswith(closing):
        end -= len(closing)
    return Span(len(prompt), max(end, len(prompt)), prompt)


def _rendered(rendering: Rendering, messages: Sequence[Message], template: ChatTemplate, *, opened: bool) -> str | None:
    """The text of part of the conversation; None where the template does not take that part alone."""
    try:
        return template.render(messages, tools=rendering.record.tools, add_generation_prompt=opened)
    except TrainerError:
        return None


def _first_token(rendering: Rendering, span: Span, template: ChatTemplate) -> int:
    """The first token after the prompt; one that the prompt and the answer share is not trained."""
    ids, spans = rendering.encoded.ids, rendering.encoded.spans
    least = 0
    if span.prompt is not None:
        prompt_ids = encode(template.tokenizer, span.prompt)
        least = common_prefix(prompt_ids, ids)
        if least == len(prompt_ids):
            return least
        # Token `least` covers the prompt's last characters, even where its offsets leave out a blank.
        least += 1
    return next((i for i in range(least, len(ids)) if spans[i][0] >= span.start), len(ids))


def _end_token(rendering: Rendering, span: Span, template: ChatTemplate) -> int:
    """One past the end of turn; without one, one past the answer's last token."""
    ids, spans, text = rendering.encoded.ids, rendering.encoded.spans, rendering.text
    after = next((i for i in range(len(ids)) if spans[i][0] >= span.end and spans[i][1] > spans[i][0]), len(ids))
    for position in range(after, len(ids)):
        if ids[position] in template.end_token_ids:
            return position + 1
        if text[slice(*spans[position])].strip():
            break
    end = _end_of_text(text, span.end, template.end_text)
    return next((i for i in range(after, len(ids)) if spans[i][0] >= end), len(ids)) if end > span.end else after


def _end_of_text(text: str, start: int, closing: str) -> int:
    """One past an end of turn that is spelled out in several tokens; `start` where there is none."""
    position = start + len(text[start:]) - len(text[start:].lstrip())
    return position + len(closing) if closing and text.startswith(closing, position) else start


def common_prefix(left: Sequence[object], right: Sequence[object]) -> int:
    """How many items both begin with."""
    return next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
