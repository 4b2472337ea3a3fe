"""Records that say the same, or nearly: found by MinHash, believed only after comparison."""

from array import array
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .crowds import Crowd
from .places import Places
from .texts import jaccard, said_text

NEAR: Final = 0.8
GROUPS_LISTED: Final = 500
MEMBERS_LISTED: Final = 50
NO_CONVERSATION: Final = 0

Report = Callable[[int], None]


def find_duplicates(
    places: Places, crowd: Crowd, *, hashes: "array[int]", conversations: "array[int]", report: Report
) -> dict[str, Any]:
    """Groups around their first record, to which every member is compared.

    `hashes`: of each record's content; `conversations`: of its conversation's name, 0 for none. `report(done)`
    comes with record numbers and may raise.
    """
    firsts = _first_equals(np.frombuffer(hashes, dtype=np.uint64))
    is_exact = firsts != np.arange(len(firsts))
    leaders, similarities = firsts.copy(), np.ones(len(firsts), dtype=np.float32)
    near = _near_ones(places, crowd, conversations, report=report)
    for index, leader, similarity in near.found:
        leaders[index], similarities[index] = leader, similarity
    # A copy is as like its group's first as its original is.
    leaders[is_exact], similarities[is_exact] = leaders[firsts[is_exact]], similarities[firsts[is_exact]]
    followers = np.flatnonzero(leaders != np.arange(len(leaders)))
    groups: dict[int, list[int]] = defaultdict(list)
    for index in followers.tolist():
        groups[int(leaders[index])].append(index)
    listed = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))[:GROUPS_LISTED]
    return {
        "exact": int(is_exact.sum()),
        "near": int(len(followers) - is_exact.sum()),
        "groups_total": len(groups),
        "unchecked": near.unchecked,
        "groups": [_group(places, leader, members, similarities=similarities) for leader, members in listed],
    }


def _first_equals(hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    """(records,): the first record of equal content, itself where there is none before it."""
    _values, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
    return np.asarray(first[inverse], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _Near:
    """`found`: record, the first of its group, their similarity; `unchecked`: records not compared with all like them."""

    found: list[tuple[int, int, float]]
    unchecked: int


def _near_ones(places: Places, crowd: Crowd, conversations: "array[int]", *, report: Report) -> _Near:
    shingles = places.shingles(said_text)
    found: list[tuple[int, int, float]] = []
    unchecked = 0
    for text in crowd.shared().tolist():
        report(text)
        # A conversation's records repeat each other's history: that is no duplicate.
        talk = conversations[text]
        others = [other for other in crowd.met_by(text) if talk == NO_CONVERSATION or conversations[other] != talk]
        similarity, leader = max(((jaccard(shingles(text), shingles(other)), -other) for other in others), default=(0.0, 0))
        if similarity >= NEAR:
            found.append((text, -leader, similarity))
        else:
            crowd.enter(text)
            unchecked += bool(crowd.is_full_for[text])
    return _Near(found, unchecked)


def _group(places: Places, leader: int, members: list[int], *, similarities: NDArray[np.float32]) -> dict[str, Any]:
    shown = [leader, *members][:MEMBERS_LISTED]
    return {
        "size": len(members) + 1,
        "members": [{**places.row(index), "similarity": round(float(similarities[index]), 4)} for index in shown],
    }
