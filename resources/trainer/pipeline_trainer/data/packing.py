"""Packing: several rows behind one another in one, each a document of its own.

Nothing is padded, so a pass of short rows costs what their tokens cost. That documents see neither each
other nor each other's positions is the work of `attention`.
"""

from collections.abc import Sequence

import torch

from .batches import Batch, Row


def split_packed(rows: Sequence[Row], budget: int) -> list[list[Row]]:
    """Cut a step's rows into packs of at most `budget` tokens: longest first, each where it first fits.

    A fixed order makes the same packs of the same rows. First fit decreasing needs at most 11/9 of the
    fewest packs (Johnson 1973). A row over the budget is a pack of its own.
    """
    packs: list[list[Row]] = []
    room: list[int] = []
    for row in sorted(rows, key=lambda row: (-len(row.ids), row.record_id)):
        length = len(row.ids)
        place = next((index for index, left in enumerate(room) if length <= left), None)
        if place is None:
            packs.append([row])
            room.append(budget - length)
        else:
            packs[place].append(row)
            room[place] -= length
    return packs


def pack(rows: Sequence[Row]) -> Batch:
    """One row of all `rows`; the last token of each predicts nothing, and positions begin again with each."""
    input_ids = torch.tensor([[token for row in rows for token in row.ids]])  # (1, tokens)
    positions = torch.cat([torch.arange(len(row.ids)) for row in rows]).unsqueeze(0)  # (1, tokens)
    marks = [mark for row in rows for mark in (*row.trained[1:], False)]
    predicts = torch.tensor([marks], dtype=torch.bool)  # (1, tokens)
    targets = torch.roll(input_ids, -1, dims=1)[predicts]  # (marked,)
    return Batch(input_ids, predicts, targets, positions, tuple(len(row.ids) for row in rows))
