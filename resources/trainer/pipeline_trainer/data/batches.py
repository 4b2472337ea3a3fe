"""Rows, their order, and how they are laid side by side."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Row:
    """A tokenised record. `trained[t]`: token t is a target. `groups`: like `topic: sleep`.

    `windows`: where a record is too long for one pass, what it is cut into (`cut_windows`); `continues`: this
    is such a window, and not the first. `pair`: of a comparison, the wanted and the unwanted side, which `ids`
    holds behind one another. `wanted`: of a judged answer.
    """

    record_id: str
    ids: list[int]
    trained: list[bool]
    groups: tuple[str, ...] = ()
    windows: tuple["Row", ...] = ()
    continues: bool = False
    pair: tuple["Row", ...] = ()
    wanted: bool | None = None

    @property
    def pieces(self) -> tuple["Row", ...]:
        """What goes through the model: the row itself, or its windows."""
        return self.windows or (self,)

    @property
    def sides(self) -> tuple["Row", ...]:
        """Both sides of a comparison, or the row itself."""
        return self.pair or (self,)

    @property
    def trained_tokens(self) -> int:
        """Targets of this row; the first token of a row is never one, nothing comes before it."""
        return sum(self.trained[1:])


def cut_windows(row: Row, length: int) -> Row:
    """A text of any length in windows of at most `length` tokens, each token trained once.

    A window begins with the last token of the one before: it predicts the next one and is not trained again.
    """
    if len(row.ids) <= length:
        return row
    starts = range(0, len(row.ids) - 1, length - 1)
    windows = tuple(
        Row(
            f"{row.record_id}/{start}",
            row.ids[start : start + length],
            [False, *row.trained[start + 1 : start + length]],
            row.groups,
            continues=start > 0,
        )
        for start in starts
    )
    return replace(row, windows=windows)


@dataclass(frozen=True, slots=True)
class Batch:
    """One pass: rows padded on the right, or packed behind one another (`packing.pack`).

    input_ids, predicts: (batch, seq); targets: (marked,), in the order in which `hidden[predicts]` lists its
    rows. `predicts[b, t]`: position t predicts a trained token t + 1. Of a pack only: positions (1, seq), and
    the length of each document.
    """

    input_ids: Tensor
    predicts: Tensor
    targets: Tensor
    positions: Tensor | None = None
    documents: tuple[int, ...] | None = None

    def to(self, device: torch.device) -> "Batch":
        """The same batch on another device."""
        positions = None if self.positions is None else self.positions.to(device)
        return Batch(self.input_ids.to(device), self.predicts.to(device), self.targets.to(device), positions, self.documents)


def collate(rows: Sequence[Row], *, pad_id: int) -> Batch:
    """Lay rows side by side; padding is neither seen nor trained."""
    width = max(len(row.ids) for row in rows)
    input_ids = torch.full((len(rows), width), pad_id, dtype=torch.long)
    predicts = torch.zeros((len(rows), width), dtype=torch.bool)
    for index, row in enumerate(rows):
        length = len(row.ids)
        input_ids[index, :length] = torch.tensor(row.ids)
        predicts[index, : length - 1] = torch.tensor(row.trained[1:], dtype=torch.bool)
    return Batch(input_ids, predicts, torch.roll(input_ids, -1, dims=1)[predicts])


def split_micro(rows: Sequence[Row], micro_batch: int) -> list[list[Row]]:
    """Cut a step's rows into passes of at most `micro_batch`, long ones together, in a fixed order."""
    by_length = sorted(rows, key=lambda row: (-len(row.ids), row.record_id))
    return [by_length[start : start + micro_batch] for start in range(0, len(by_length), micro_batch)]


class Sampler:
    """Which rows each optimizer step takes: every epoch a new seeded permutation, every row once.

    The last step of an epoch may be smaller; fewer rows than a step make one step an epoch.
    """

    def __init__(self, rows: int, records_per_step: int, seed: int, chains: Sequence[Sequence[int]] | None = None) -> None:
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
