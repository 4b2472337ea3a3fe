"""Which rows each step takes and how they are packed, from their lengths alone: a preview of it needs no torch."""

import hashlib
import random
from collections.abc import Sequence
from typing import Any, Final

SEED_BITS: Final = 63
# Tokens of one pass by where it is computed, "cpu_16" on a processor in 16 bit: measured, larger passes are no faster
# there, or keep too much.
PASS_TOKENS: Final = {"cpu": 1024, "cpu_16": 2048, "cuda": 16_384}


def derive_seed(seed: int, stream: str) -> int:
    """A seed for `stream` that differs between streams and is the same on every machine."""
    digest = hashlib.sha256(f"{seed}/{stream}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - SEED_BITS)


def rows_a_pass(longest: int, records_per_step: int, where: str) -> int:
    """Rows a pass, by rule: as many of the longest as fit into the pass's tokens, at most a whole step.

    `where`: one of PASS_TOKENS.
    """
    return max(1, min(records_per_step, PASS_TOKENS[where] // longest))


def window_starts(tokens: int, length: int) -> range:
    """Where the windows of a text begin; each begins with the last token of the one before."""
    return range(1) if tokens <= length else range(0, tokens - 1, length - 1)


def first_fit(lengths: Sequence[int], names: Sequence[str], budget: int) -> list[list[int]]:
    """Packs of at most `budget` tokens, as indices: longest first, each where it first fits.

    A fixed order makes the same packs of the same rows. First fit decreasing needs at most 11/9 of the
    fewest packs (Johnson 1973). A row over the budget is a pack of its own.
    """
    packs: list[list[int]] = []
    room: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda row: (-lengths[row], names[row])):
        place = next((index for index, left in enumerate(room) if lengths[row] <= left), None)
        if place is None:
            packs.append([row])
            room.append(budget - lengths[row])
        else:
            packs[place].append(row)
            room[place] -= lengths[row]
    return packs


def share_out(lengths: Sequence[int], shares: int) -> list[list[int]]:
    """Indices in `shares` parts of like tokens: longest first, each to the part that has the fewest.

    No part has more than the longest above another (Graham 1969). Each keeps the order of `lengths`.
    """
    parts: list[list[int]] = [[] for _ in range(shares)]
    tokens = [0] * shares
    for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        least = tokens.index(min(tokens))
        parts[least].append(index)
        tokens[least] += lengths[index]
    return [sorted(part) for part in parts]


class Sampler:
    """Which rows each optimizer step takes: every epoch a new seeded permutation, every row once.

    The last step of an epoch may be smaller; fewer rows than a step make one step an epoch.
    """

    def __init__(
        self, rows: int, records_per_step: int, seed: int, *, chains: Sequence[Sequence[int]] | None = None
    ) -> None:
        """`seed` is the derived seed of the shuffle stream; the rows of each of `chains` stay together, in their order."""
        self.rows = rows
        self._chains = [[index] for index in range(rows)] if chains is None else chains
        self.records_per_step = records_per_step
        self.seed = seed
        self.epoch = 0
        self.cursor = 0
        self._order = self._permutation()

    @property
    def followers(self) -> int:
        """Rows that come behind another of their chain."""
        return self.rows - len(self._chains)

    @property
    def steps_per_epoch(self) -> int:
        """ceil(rows ÷ records a step)."""
        return -(-self.rows // self.records_per_step)

    def next_step(self) -> list[int]:
        """Row indices of the next optimizer step."""
        if self.cursor >= self.rows:
            self.epoch += 1
            self.cursor = 0
            self._order = self._permutation()
        chosen = self._order[self.cursor : self.cursor + self.records_per_step]
        self.cursor += len(chosen)
        return chosen

    def to_dict(self) -> dict[str, Any]:
        """The position, for a checkpoint."""
        return {"epoch": self.epoch, "cursor": self.cursor, "seed": self.seed, "rows": self.rows}

    def load_dict(self, position: dict[str, Any]) -> None:
        """Go to a saved position."""
        self.epoch, self.cursor, self.seed = position["epoch"], position["cursor"], position["seed"]
        self._order = self._permutation()

    def _permutation(self) -> list[int]:
        order = list(self._chains)
        random.Random(f"{self.seed}/{self.epoch}").shuffle(order)  # noqa: S311 (no secret)
        return [index for chain in order for index in chain]
