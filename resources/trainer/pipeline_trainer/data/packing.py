"""Packing: several rows behind one another in one, each a document of its own.

Nothing is padded, so a pass of short rows costs what their tokens cost. That documents see neither each
other nor each other's positions is the work of `attention`.
"""

from collections.abc import Sequence

import torch

from .batches import Batch, Document, Row
from .beginnings import alone, families_of, lay
from .order import first_fit


def split_packed(rows: Sequence[Row], budget: int) -> list[list[Row]]:
    """Cut a step's rows into packs of at most `budget` tokens (`order.first_fit`)."""
    packs = first_fit([len(row.ids) for row in rows], [row.record_id for row in rows], budget)
    return [[rows[index] for index in each] for each in packs]


def pack(rows: Sequence[Row], *, multiple: int = 1, pad_id: int = 0, shares: bool = False) -> Batch:
    """One row of all `rows`; the last token of each predicts nothing, and positions begin again with each.

    `shares`: what rows begin with alike is there once (`beginnings`). Padding up to a multiple of `multiple` is a document
    of its own at the end: nothing sees it, and no position is beyond those of its row.
    """
    laid = lay(rows, families_of(rows) if shares else alone(rows))
    filling = -laid[-1].end % multiple
    ids = [token for part in laid for token in rows[part.row].ids[part.first : part.last]] + [pad_id] * filling
    positions = [place for part in laid for place in range(part.first, part.last)] + list(range(filling))
    documents = [Document(part.last - part.first, part.behind) for part in laid]
    # Where each row would begin if its beginning stood right before it.
    starts = {part.row: part.start - part.first for part in laid if not part.shared}
    places = [
        starts[index] + place for index, row in enumerate(rows) for place, trained in enumerate(row.trained[1:]) if trained
    ]
    predicts = torch.tensor(places, dtype=torch.long)  # (marked,)
    input_ids = torch.tensor([ids])  # (1, tokens)
    return Batch(
        input_ids,
        predicts,
        input_ids[0, predicts + 1],
        torch.tensor([positions]),
        (*documents, *([Document(filling)] if filling else [])),
    )
