"""What two records are compared by: the words of their texts, in runs of five."""

import re
from typing import Final

from ..data.records import Message, Record

SHINGLE_WORDS: Final = 5
# Longer texts are compared by their beginning: one record may be 16 MiB long.
COMPARED_CHARACTERS: Final = 50_000

# Scripts without blanks between words (Thai to Khmer, kana, Han): each character counts as a word.
_UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD: Final = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")


def words_of(text: str) -> list[str]:
    """The words of the first 50,000 characters, without case and punctuation."""
    return _WORD.findall(text[:COMPARED_CHARACTERS].casefold())


def shingles_of(text: str, *, fewest_words: int = 1) -> frozenset[str]:
    """Its word 5-grams; the whole where it has fewer words than five, nothing under `fewest_words`."""
    words = words_of(text)
    if len(words) < fewest_words:
        return frozenset()
    last = max(1, len(words) - SHINGLE_WORDS + 1)
    return frozenset(" ".join(words[start : start + SHINGLE_WORDS]) for start in range(last))


def jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    """Shared shingles ÷ all shingles, 0 to 1; 0 where one has none."""
    if not left or not right:
        return 0.0
    shared = len(left & right)
    return shared / (len(left) + len(right) - shared)


def all_messages(record: Record) -> list[Message]:
    """Every turn, the unwanted end of a comparison included; none for plain text."""
    return [*record.messages, *record.rejected[record.prompt_turns :]]


def whole_text(record: Record) -> str:
    """All that is said, in order."""
    return record.text if record.text is not None else "\n".join(message.content for message in all_messages(record))


def said_text(record: Record) -> str:
    """The same without system messages, which whole datasets share."""
    if record.text is not None:
        return record.text
    return "\n".join(message.content for message in all_messages(record) if message.role != "system")


def first_question(record: Record) -> str:
    """The first user message; empty where there is none."""
    return next((message.content for message in record.messages if message.role == "user"), "")


def final_answer(record: Record) -> str:
    """The last assistant message, of a comparison the wanted one; a plain text is its own answer."""
    if record.text is not None:
        return record.text
    return next((message.content for message in reversed(record.messages) if message.role == "assistant"), "")
