"""What rows of a pack begin with alike: it goes through the model once, and every one of them sees it.

Records of a dataset often have one system text, both sides of a comparison one prompt. Under a causal mask the
hidden states of such a beginning depend on nothing behind it, so each row has the same ones; its gradient is the
sum over the rows. That is exact. With dropout the rows of a family meet the same dropped numbers in it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Final, Protocol

# Tokens that a family has to save: each of its rows becomes a document more, which costs a little too.
LEAST: Final = 16


class Tokens(Protocol):
    """A row, or what a preview knows of one: its tokens, and which of them are trained."""

    @property
    def ids(self) -> Sequence[int]:
        """Its tokens."""

    @property
    def trained(self) -> Sequence[bool]:
        """Of each, whether it is a target."""


@dataclass(frozen=True, slots=True)
class Family:
    """Indices of rows, and how many of their first tokens are the same in all of them."""

    members: tuple[int, ...]
    shared: int

    @property
    def saved(self) -> int:
        """Tokens that do not go through the model again."""
        return (len(self.members) - 1) * self.shared


@dataclass(frozen=True, slots=True)
class Laid:
    """Tokens `first` to `last` of the row `row`, in a pack from `start` on; `behind`: the beginning that they go on from.

    `shared`: they are such a beginning.
    """

    row: int
    first: int
    last: int
    start: int
    behind: tuple[int, int] | None = None
    shared: bool = False

    @property
    def end(self) -> int:
        """Where in the pack the next tokens begin."""
        return self.start + self.last - self.first


def alone(rows: Sequence[Tokens]) -> list[Family]:
    """Every row by itself."""
    return [Family((index,), 0) for index in range(len(rows))]


def families_of(rows: Sequence[Tokens]) -> list[Family]:
    """Rows that begin alike, in the order of their first ones.

    Neighbours in the order of their tokens join as long as that saves more: a prompt that two sides have is worth
    more than the few tokens which they have in common with all the others.
    """
    found = [family for family in _joined(rows) if family.saved >= LEAST]
    within = {index for family in found for index in family.members}
    found += [Family((index,), 0) for index in range(len(rows)) if index not in within]
    return sorted(found, key=lambda family: family.members[0])


def lay(rows: Sequence[Tokens], families: Sequence[Family]) -> list[Laid]:
    """A pack of `families`: each beginning, and behind it what its rows go on with."""
    laid: list[Laid] = []
    end = 0
    for family in families:
        behind = (end, end + family.shared) if family.shared else None
        if behind is not None:
            laid.append(Laid(family.members[0], 0, family.shared, end, shared=True))
        for row in family.members:
            start = laid[-1].end if laid else 0
            laid.append(Laid(row, family.shared, len(rows[row].ids), start, behind))
        end = laid[-1].end
    return laid


def _joined(rows: Sequence[Tokens]) -> Iterator[Family]:
    order = sorted(range(len(rows)), key=lambda index: (rows[index].ids, index))
    members, shared = order[:1], _may_share(rows[order[0]])
    for before, index in pairwise(order):
        common = min(shared, _may_share(rows[index]), _alike(rows[before], rows[index]))
        if len(members) * common >= max(1, (len(members) - 1) * shared):
            members, shared = [*members, index], common
        else:
            yield Family(tuple(sorted(members)), shared)
            members, shared = [index], _may_share(rows[index])
    yield Family(tuple(sorted(members)), shared)


def _may_share(row: Tokens) -> int:
    """Tokens before the one that predicts the first trained token: two rows may train it to predict two things."""
    first = next((place for place, trained in enumerate(row.trained) if trained and place > 0), len(row.ids))
    return max(0, first - 1)


def _alike(left: Tokens, right: Tokens) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(left.ids, right.ids, strict=False)))
