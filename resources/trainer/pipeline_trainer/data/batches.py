"""Rows, and how they are laid side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..sending import sent
from .order import window_starts


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
    windows = tuple(
        Row(
            f"{row.record_id}/{start}",
            row.ids[start : start + length],
            [False, *row.trained[start + 1 : start + length]],
            row.groups,
            continues=start > 0,
        )
        for start in window_starts(len(row.ids), length)
    )
    return replace(row, windows=windows)


@dataclass(frozen=True, slots=True)
class Document:
    """Tokens of a pack that see one another, and none of another document but a beginning that they go on from.

    `length`: tokens of its own. `behind`: where in the pack that beginning, a document itself, starts and ends.
    """

    length: int
    behind: tuple[int, int] | None = None

    @property
    def seen(self) -> int:
        """Tokens that the last one sees, itself among them."""
        return self.length if self.behind is None else self.length + self.behind[1] - self.behind[0]


@dataclass(frozen=True, slots=True)
class Batch:
    """One pass: rows padded on the right, or packed behind one another (`packing.pack`).

    input_ids: (batch, seq). `predicts` (marked,): the places, of all batch × seq, of which each predicts a trained
    token, the one behind it; counted here, because a card would be waited for. targets: (marked,), those tokens. Of a
    pack only: positions (1, seq), and its documents. `short`: of rows side by side that attend by plain
    products (`attention`).
    """

    input_ids: Tensor
    predicts: Tensor
    targets: Tensor
    positions: Tensor | None = None
    documents: tuple[Document, ...] | None = None
    short: bool = False

    def to(self, device: torch.device) -> "Batch":
        """The same batch on another device."""
        ids, predicts, targets = (sent(each, device) for each in (self.input_ids, self.predicts, self.targets))
        positions = None if self.positions is None else sent(self.positions, device)
        return Batch(ids, predicts, targets, positions, self.documents, self.short)


def collate(rows: Sequence[Row], *, pad_id: int, short: bool = False, multiple: int = 1) -> Batch:
    """Lay rows side by side, as wide as a multiple of `multiple`; padding is neither seen nor trained."""
    width = -(-max(len(row.ids) for row in rows) // multiple) * multiple
    input_ids = torch.full((len(rows), width), pad_id, dtype=torch.long)
    places: list[int] = []
    for index, row in enumerate(rows):
        input_ids[index, : len(row.ids)] = torch.tensor(row.ids)
        places += [index * width + place for place, trained in enumerate(row.trained[1:]) if trained]
    predicts = torch.tensor(places, dtype=torch.long)
    return Batch(input_ids, predicts, input_ids.flatten()[predicts + 1], short=short)


def split_micro(rows: Sequence[Row], micro_batch: int) -> list[list[Row]]:
    """Cut a step's rows into passes of at most `micro_batch`, long ones together, in a fixed order."""
    by_length = sorted(rows, key=lambda row: (-len(row.ids), row.record_id))
    return [by_length[start : start + micro_batch] for start in range(0, len(by_length), micro_batch)]
