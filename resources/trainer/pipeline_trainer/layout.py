"""How the rows of a step are laid into passes: side by side and padded, or packed. The numbers are the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any, Final

import torch
from torch import Tensor

from .attention import SHORT, VARLEN_DTYPES, inputs_of, within_documents
from .config import Packing
from .data.batches import Batch, Row, collate, split_micro
from .data.beginnings import families_of
from .data.packing import pack, split_packed
from .errors import is_out_of_memory
from .hardware import Compute
from .pass_size import longest

PROBE_ROWS: Final = 3
PROBE_TOKENS: Final = 24
# Packed may differ from separate by rounding, far below what documents that see each other would differ by.
PROBE_SHARE: Final = 0.1
# 16 bit rounding moves logits by a hundredth of their spread; an attention that leaves something out moves them by more.
SHORT_SHARE: Final = 0.05
SHORT_PROBE: Final = 96
# A processor's 16 bit products of an odd number of tokens take up to a quarter longer than those of the next even one.
EVEN: Final = 8
# What an attention that a model does not fit raises.
UNFIT: Final = (TypeError, ValueError, AttributeError, RuntimeError)
REASONS: Final = {
    "on": "asked for",
    "off": "asked for",
    "auto": "nothing is padded, which is faster",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """`packed` or padded, and why. `budget`: tokens of a pack that holds one row, the longest.

    `short`: padded rows attend by plain products, as long as they are short. `shares`: what rows of a pack begin with
    alike goes through the model once.
    """

    packed: bool
    reason: str
    pad_id: int
    budget: int
    short: bool = False
    shares: bool = False

    def passes(self, rows: Sequence[Row], micro_batch: int) -> list[list[Row]]:
        """Cut `rows` into passes of at most `micro_batch` rows, or of the tokens of as many longest ones."""
        return split_packed(rows, micro_batch * self.budget) if self.packed else split_micro(rows, micro_batch)

    def batch(self, rows: Sequence[Row]) -> Batch:
        """The rows of one pass as tensors."""
        if self.packed:
            return pack(rows, multiple=EVEN if self.short else 1, pad_id=self.pad_id, shares=self.shares)
        short = self.short and max(len(row.ids) for row in rows) <= SHORT
        return collate(rows, pad_id=self.pad_id, short=short, multiple=EVEN if self.short else 1)


def layout_for(
    packing: Packing,
    compute: Compute,
    *,
    rows: Sequence[Row],
    pad_id: int,
    model: Any,
    warn: Callable[[str, str], object],
) -> Layout:
    """The layout of a run: packed unless asked otherwise. A model that mixes documents trains unpacked, as the plan says."""
    short = products_suit(model, rows, pad_id=pad_id)
    wanted, reason = packing != "off", REASONS[packing]
    fault = mixing_fault(model, rows, pad_id=pad_id, device=compute.device) if wanted else None
    if wanted and fault is None:
        shares = beginnings_suit(model, rows, device=compute.device)
        return Layout(packed=True, reason=reason, pad_id=pad_id, budget=longest(rows), short=short, shares=shares)
    if fault is not None and packing == "on":
        warn("packing_unavailable", f"Rows are not packed: {fault}. They are laid side by side; the results are the same.")
    return Layout(packed=False, reason=fault or reason, pad_id=pad_id, budget=longest(rows), short=short)


@torch.no_grad()
def products_suit(model: Any, rows: Sequence[Row], *, pad_id: int) -> bool:
    """Whether plain products are the faster attention of short rows, and the one that this model means."""
    embedding = model.get_input_embeddings().weight
    if embedding.device.type != "cpu" or embedding.dtype not in VARLEN_DTYPES:
        return False
    ids = [token for row in rows[:PROBE_ROWS] for piece in row.pieces for token in piece.ids][:SHORT_PROBE]
    row = Row("probe", ids, [False] * len(ids))
    training = model.training
    model.eval()
    try:
        stock, own = (logits(model, collate([row], pad_id=pad_id, short=short)) for short in (False, True))
    except UNFIT as error:
        if is_out_of_memory(error):
            raise
        return False
    finally:
        model.train(training)
    return float((own - stock).square().mean().sqrt()) <= SHORT_SHARE * float(stock.std())


@torch.no_grad()
def mixing_fault(model: Any, rows: Sequence[Row], *, pad_id: int, device: torch.device) -> str | None:
    """Why documents of a pack are not apart in this model, from the first tokens of a few rows; None where they are."""
    parts = [Row(row.record_id, row.ids[:PROBE_TOKENS], row.trained[:PROBE_TOKENS]) for row in rows[:PROBE_ROWS]]
    parts = parts * 2 if len(parts) == 1 else parts
    joined = Row("joined", [token for row in parts for token in row.ids], [False] * sum(len(row.ids) for row in parts))
    training = model.training
    model.eval()
    try:
        packed = logits(model, pack(parts).to(device))
        alone = torch.cat([logits(model, collate([row], pad_id=pad_id).to(device)) for row in parts])
        mixed = logits(model, collate([joined], pad_id=pad_id).to(device))
    except UNFIT as error:
        if is_out_of_memory(error):
            raise
        return f"this architecture takes no documents ({type(error).__name__})"
    finally:
        model.train(training)
    apart = float((packed - alone).square().mean().sqrt())
    mixing = float((mixed - alone).square().mean().sqrt())
    return None if apart <= PROBE_SHARE * mixing else "this architecture does not keep documents apart"


@torch.no_grad()
def beginnings_suit(model: Any, rows: Sequence[Row], *, device: torch.device) -> bool:
    """Whether two rows that begin alike are in one pack what each is alone, in this model and on this device."""
    ids = [token for row in rows[:PROBE_ROWS] for piece in row.pieces for token in piece.ids[:PROBE_TOKENS]]
    stream = cycle(ids)
    beginning, *ends = (list(islice(stream, PROBE_TOKENS)) for _ in range(PROBE_ROWS))
    parts = [Row(f"probe {end}", [*beginning, *end], [False] * 2 * PROBE_TOKENS) for end in ends]
    common = families_of(parts)[0].shared
    training = model.training
    model.eval()
    try:
        shared = logits(model, pack(parts, shares=True).to(device))
        blind_row = Row("probe", parts[1].ids[common:], [])
        whole, other, blind = (logits(model, pack([row]).to(device)) for row in (*parts, blind_row))
    except UNFIT as error:
        if is_out_of_memory(error):
            raise
        return False
    finally:
        model.train(training)
    wanted = torch.cat([whole, other[common:]])
    moved = float((other[common:] - blind).square().mean().sqrt())
    return float((shared - wanted).square().mean().sqrt()) <= PROBE_SHARE * moved


def logits(model: Any, batch: Batch) -> Tensor:
    """All logits of a batch of one row, (tokens, vocab) float32."""
    with within_documents(model, batch):
        made: Tensor = model(**inputs_of(batch)).logits
    return made[0].float()
