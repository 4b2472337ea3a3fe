"""What a run would hold out although it trains on the same, or nearly."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..data.records import Record
from .crowds import Signatures
from .duplicates import NEAR
from .places import Places
from .texts import jaccard

ROWS_LISTED: Final = 1000

Report = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Part:
    """One text of every record."""

    name: str
    text_of: Callable[[Record], str]
    signatures: Signatures


def find_leaks(places: Places, is_held_out: NDArray[np.bool_], parts: list[Part], *, report: Report) -> dict[str, Any]:
    """Held-out records whose text of a part is like one that is trained, the most similar one named.

    `is_held_out`: (records,). `report(done)` counts records over all parts and may raise.
    """
    rows: list[dict[str, Any]] = []
    leaking: set[int] = set()
    unchecked = 0
    for number, part in enumerate(parts):
        leaks, open_ones = _leaks_of(places, is_held_out, part, report=report, before=number * len(places))
        unchecked += open_ones
        leaking.update(held for held, _train, _similarity in leaks)
        rows += [_row(places, part.name, leak) for leak in leaks[: ROWS_LISTED - len(rows)]]
    return {"records": len(leaking), "unchecked": unchecked, "rows": rows}


Leak = tuple[int, int, float]


def _leaks_of(
    places: Places, is_held_out: NDArray[np.bool_], part: Part, *, report: Report, before: int
) -> tuple[list[Leak], int]:
    """The leaks of one part, and how many records could not be compared with all; `before`: records of earlier parts."""
    # One crowd at a time: each takes a few hundred megabytes of a million texts.
    crowd = part.signatures.crowd()
    shared = crowd.shared()
    for text in shared[~is_held_out[shared]].tolist():
        crowd.enter(text)
    shingles = places.shingles(part.text_of)
    leaks: list[Leak] = []
    unchecked = 0
    for text in shared[is_held_out[shared]].tolist():
        report(before + text)
        best = max(((jaccard(shingles(text), shingles(other)), -other) for other in crowd.met_by(text)), default=(0.0, 0))
        if best[0] >= NEAR:
            leaks.append((text, -best[1], best[0]))
        else:
            unchecked += bool(crowd.is_full_for[text])
    return leaks, unchecked


def _row(places: Places, part: str, leak: Leak) -> dict[str, Any]:
    held_out, train, similarity = leak
    return {
        "part": part,
        "similarity": round(similarity, 4),
        "held_out": places.row(held_out),
        "train": places.row(train),
    }
