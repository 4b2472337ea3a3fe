"""What the model will see of a comparison or a judged answer: each side with the prompt that it was given."""

from itertools import accumulate, pairwise
from typing import Any

from .data.masks import Tokenized
from .data.pairs import end_to_end, tokenize_sides
from .data.records import Record
from .data.templates import ChatTemplate
from .data.tokens import How


def has_sides(record: Record) -> bool:
    """Whether a record is compared or judged."""
    return bool(record.rejected) or record.label is not None


def inspect_sides(record: Record, template: ChatTemplate, how: How) -> tuple[Tokenized, dict[str, Any]]:
    """Both sides as one text, and its turns and counts as `inspect` gives them; each side is one turn.

    What was cut is not shown. Raises TrainerError.
    """
    sides = tokenize_sides(record, template, max_length=how.max_length)
    whole = end_to_end(sides)
    borders = [0, *accumulate(len(row.ids) for row in sides.rows)]
    names = ("chosen", "rejected") if record.rejected else ("wanted" if record.label else "unwanted",)
    return whole, {
        "turns": [
            {"role": name, "start": start, "end": end, "trained_tokens": sum(whole.trained[start:end]), "cut": False}
            for name, (start, end) in zip(names, pairwise(borders), strict=True)
        ],
        "total_tokens": sides.total_tokens,
        "trained_tokens": sides.trained_tokens,
        "lost_tokens": sides.total_tokens - len(whole.ids),
        "lost_trained_tokens": 0,
        "dropped_turns": sides.dropped_turns,
    }
