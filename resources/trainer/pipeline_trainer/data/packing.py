"""Packing: several rows behind one another in one, each a document of its own.

Nothing is padded, so a pass of short rows costs what their tokens cost. That documents see neither each
other nor each other's positions is the work of `attention`.
"""

from collections.abc import Sequence

import torch

from .batches import Batch, Row
from .order import first_fit


def split_packed(rows: Sequence[Row], budget: int) -> list[list[Row]]:
    """Cut a step's rows into packs of at most `budget` tokens (`order.first_fit`)."""
    packs = first_fit([len(row.ids) for row in rows], [row.record_id for row in rows], budget)
    return [[rows[index] for index in each] for each in packs]


def pack(rows: Sequence[Row], *, multiple: int = 1, pad_id: int = 0) -> Batch:
    """One row of all `rows`; the last token of each predicts nothing, and positions begin again with each.

    Padding up to a multiple of `multiple` is a document of its own at the end: nothing sees it, and no position is
    beyond those of its row.
    """
    filling = -sum(len(row.ids) for row in rows) % multiple
    input_ids = torch.tensor([[*(token for row in rows for token in row.ids), *[pad_id] * filling]])  # (1, tokens)
    lengths = [*(len(row.ids) for row in rows), *([filling] if filling else [])]
    positions = torch.cat([torch.arange(length) for length in lengths]).unsqueeze(0)  # (1, tokens)
    marks = [mark for row in rows for mark in (*row.trained[1:], False)]
    predicts = torch.tensor([place for place, trained in enumerate(marks) if trained], dtype=torch.long)  # (marked,)
    targets = input_ids[0, predicts + 1]  # (marked,)
    return Batch(input_ids, predicts, targets, positions, tuple(lengths))
