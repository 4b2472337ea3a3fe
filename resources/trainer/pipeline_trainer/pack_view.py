"""Where packing puts the borders: the rows of a step and the packs that a record falls into, as training has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .data.beginnings import families_of, lay
from .data.order import PASS_TOKENS, Sampler, derive_seed, first_fit, rows_a_pass, window_starts
from .data.split import Split, read_split
from .data.tokens import TokenSet, load
from .errors import TrainerError


@dataclass(frozen=True, slots=True)
class PackSettings:
    """What decides the packs besides the tokens. `where`: one of `order.PASS_TOKENS`."""

    max_length: int
    records_per_step: int
    seed: int
    where: str


@dataclass(frozen=True, slots=True)
class PackPlan:
    """The first epoch of a run.

    rows: (trained records,) int64, their numbers in the dataset; steps: (trained records,) int64, the step that
    takes each, from 0; order: their positions in `rows`, in the order in which they are taken. `budget`: tokens of a pack.
    """

    tokens: TokenSet
    settings: PackSettings
    rows: NDArray[np.int64]
    steps: NDArray[np.int64]
    order: NDArray[np.int64]
    budget: int

    def packs_of(self, index: int) -> dict[str, Any]:
        """The packs that hold record number `index` of the dataset, with all that lies in them.

        Raises `not_packed` for a record that the run does not train.
        """
        place = int(np.searchsorted(self.rows, index))
        if place == len(self.rows) or self.rows[place] != index:
            raise TrainerError("not_packed", "This record is held out, so that it is in no row that trains.")
        step = int(self.steps[place])
        size = self.settings.records_per_step
        taken = [int(self.rows[row]) for row in self.order[step * size : (step + 1) * size]]
        pieces = [piece for row in taken for piece in self._pieces(row)]
        packs = first_fit([len(piece.ids) for piece in pieces], [piece.name for piece in pieces], self.budget)
        described = [self._described([pieces[each] for each in pack]) for pack in packs]
        return {
            "step": step + 1,
            "budget": self.budget,
            "packs_of_step": len(packs),
            "packs": [
                {"number": number, "documents": documents}
                for number, documents in enumerate(described, start=1)
                if any(document["index"] == index for document in documents)
            ],
        }

    def _pieces(self, row: int) -> list["_Piece"]:
        record_id, _line, _groups = self.tokens.records[row]
        ids, trained = self.tokens.tokens(row)
        length = self.settings.max_length
        starts = window_starts(len(ids), length)
        if len(starts) == 1:
            return [_Piece(row, record_id, ids, trained)]
        return [
            _Piece(row, f"{record_id}/{start}", ids[start : start + length], trained[start : start + length])
            for start in starts
        ]

    def _described(self, pieces: list["_Piece"]) -> list[dict[str, Any]]:
        return [
            {
                "index": pieces[part.row].row,
                "record_id": self.tokens.records[pieces[part.row].row][0],
                "line": self.tokens.records[pieces[part.row].row][1],
                "start": part.start,
                "end": part.end,
                "behind": None if part.behind is None else {"start": part.behind[0], "end": part.behind[1]},
            }
            for part in lay(pieces, families_of(pieces))
            if not part.shared
        ]


@dataclass(frozen=True, slots=True)
class _Piece:
    """What goes through the model of one row: all of it, or a window."""

    row: int
    name: str
    ids: list[int]
    trained: list[bool]


def plan_packs(tokens: TokenSet, split: Split, settings: PackSettings) -> PackPlan:
    """The packs of the first epoch of a run with this split. Raises `not_packed` where nothing is packed."""
    if (tokens.borders > 0).any() or (tokens.labels >= 0).any():
        raise TrainerError("not_packed", "Answers that are compared or judged are not packed.")
    train = set(split.train)
    rows = np.asarray(
        [index for index, (record_id, *_rest) in enumerate(tokens.records) if record_id in train], dtype=np.int64
    )
    lengths = np.diff(tokens.offsets)
    if any(index in tokens.problems for index in rows.tolist()):
        raise TrainerError(
            "not_packed",
            "A record of this dataset cannot be trained as it is, so no run would begin.",
            hint="The page Tokens lists such records; exclude them.",
        )
    sampler = Sampler(len(rows), settings.records_per_step, derive_seed(settings.seed, "shuffle"))
    steps, order = np.zeros(len(rows), dtype=np.int64), list[int]()
    for step in range(sampler.steps_per_epoch):
        taken = sampler.next_step()
        steps[taken] = step
        order.extend(taken)
    longest = int(min(settings.max_length, lengths[rows].max()))
    budget = longest * rows_a_pass(longest, settings.records_per_step, settings.where)
    return PackPlan(tokens, settings, rows, steps, np.asarray(order, dtype=np.int64), budget)


def _made(folder: Path, split: Path, settings: PackSettings) -> PackPlan:
    tokens = load(folder)
    if tokens is None:
        raise TrainerError(
            "tokens_not_counted",
            "Which records share a row depends on the tokens of all, and they are not counted for this length.",
            hint="The command datasets stats counts them once for this base model and length.",
        )
    return plan_packs(tokens, read_split(split), settings)


class PackPlans:
    """The plan of the last dataset that was looked at: the next of its records is there at once."""

    def __init__(self) -> None:
        """None is made yet."""
        self._key: tuple[object, ...] = ()
        self._plan: PackPlan | None = None

    def plan(self, folder: Path, split: Path, settings: PackSettings) -> PackPlan:
        """For the tokens in `folder` and a `split.json`. Raises `tokens_not_counted` where no tokens are kept."""
        key = (folder, split, settings)
        if self._plan is None or self._key != key:
            self._plan = _made(folder, split, settings)
            self._key = key
        return self._plan


def settings_of(params: Mapping[str, Any]) -> PackSettings:
    """What a request says about the packs. Raises KeyError or ValueError."""
    where, size = str(params["where"]), int(params["records_per_step"])
    if where not in PASS_TOKENS or size < 1:
        raise ValueError(f"where {where!r} or records_per_step {size} is out of range")
    return PackSettings(int(params["max_length"]), size, int(params["seed"]), where)
