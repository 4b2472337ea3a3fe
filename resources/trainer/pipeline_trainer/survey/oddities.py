"""Characters and marks that are kept in a text but seldom meant."""

import re
from collections import Counter
from typing import Any, Final

from .places import Places

TOKENS_LISTED: Final = 20
ROWS_LISTED: Final = 100

_KINDS: Final = {
    "right_to_left": re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe]"),
    "bidirectional_control": re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"),
    "control": re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"),
    "replacement": re.compile("\ufffd"),
}
# The same as in the importer's `text-notes.ts`.
_TEMPLATE: Final = re.compile(
    r"<[|｜][A-Za-z0-9_▁]{2,40}[|｜]>|</?s>|<(?:bos|eos|pad|unk|(?:start|end)_of_turn)>|<</?SYS>>"
    r"|\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_RESULTS|TOOL_CALLS)\]|\{\{\s*[A-Za-z_][\w .-]{0,40}\}\}"
)


class Oddities:
    """Counts the records that hold them."""

    def __init__(self) -> None:
        """Starts at nothing."""
        self._characters: Counter[str] = Counter()
        self._tokens: Counter[str] = Counter()
        self._with_tokens: list[tuple[int, str]] = []
        self._records_with_tokens = 0

    def add(self, index: int, text: str) -> None:
        """One record's whole text."""
        if not text.isascii() or not text.isprintable():
            self._characters.update(name for name, pattern in _KINDS.items() if pattern.search(text))
        found = sorted(set(_TEMPLATE.findall(text))) if any(mark in text for mark in ("<", "[", "{{")) else []
        if found:
            self._records_with_tokens += 1
            self._count_tokens(found)
            if len(self._with_tokens) < ROWS_LISTED:
                self._with_tokens.append((index, found[0]))

    def _count_tokens(self, found: list[str]) -> None:
        known = [token for token in found if token in self._tokens or len(self._tokens) < ROWS_LISTED]
        self._tokens.update(known)

    def summary(self, places: Places) -> dict[str, Any]:
        """Records by kind of character, and those with marks of a template."""
        return {
            "odd_characters": {name: self._characters[name] for name in _KINDS},
            "template_tokens": {
                "records": self._records_with_tokens,
                "found": [{"token": token, "records": count} for token, count in self._tokens.most_common(TOKENS_LISTED)],
                "rows": [{**places.row(index), "token": token} for index, token in self._with_tokens],
            },
        }
