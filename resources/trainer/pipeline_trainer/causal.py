"""Causal attention by plain products, for short rows on a processor that multiplies 16 bit numbers.

Queries go in blocks, each with the keys of its own document up to its own end, and those of the beginning that it
goes on from: what lies before or behind is neither multiplied nor kept.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor

from .data.batches import Document

# Queries at once: fewer make products too small, more multiply too much that no query may see.
BLOCK: Final = 128


class Products(torch.autograd.Function):
    """softmax(s·Q·Kᵀ)·V, each token from those of its document up to it; queries that share a key go as one.

    Scores and what is taken from them are float32, as in torch's kernel: rounded to 16 bit before the softmax
    they would move the output by more, the larger they are. Kept are the weights that it gives, in 16 bit. Their
    gradient needs the sum of weight · gradient over a row, which is output · its gradient (Dao et al. 2022).
    """

    @staticmethod
    def forward(  # noqa: PLR0917 (torch's)
        ctx: Any, query: Tensor, key: Tensor, value: Tensor, scale: float, documents: Sequence[Document]
    ) -> Tensor:
        """query: (rows, heads, tokens, width) and alike; `documents`: the same in every row.

        Gives (rows, tokens, heads, width of values).
        """
        rows, heads, length, _ = query.shape
        wide = torch.promote_types(query.dtype, torch.float32)
        queries, keys, values = (_by_key_head(each, key.shape[1]) for each in (query, key, value))
        output = query.new_empty(rows, length, heads, value.shape[-1])
        outputs = _by_key_head(output.transpose(1, 2), key.shape[1])
        wide_keys = keys.to(wide)
        kept = []
        for block in _blocks(documents):
            asking = _asking(queries, block).to(wide) * scale  # (rows · key heads, together · block, width)
            scores = asking @ _seen(wide_keys, block).transpose(1, 2)
            size = block.end - block.start
            future = scores.new_full((size, size), -torch.inf).triu_(1)
            scores.view(-1, size, scores.shape[-1])[..., -size:] += future
            weights = scores.softmax(dim=-1).to(query.dtype)  # (rows · key heads, together · block, keys)
            part = outputs[:, :, :, block.start : block.end]
            part.copy_((weights @ _seen(values, block)).view(part.shape))
            kept.append(weights)
        ctx.save_for_backward(query, key, value, output, *kept)
        ctx.scale, ctx.wide, ctx.documents = scale, wide, documents
        return output

    @staticmethod
    def backward(ctx: Any, of_output: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients of queries, keys and values."""
        query, key, value, output, *kept = ctx.saved_tensors
        key_heads = key.shape[1]
        queries, keys, values = (_by_key_head(each, key_heads) for each in (query, key, value))
        pulls, outputs = (_by_key_head(each.transpose(1, 2), key_heads) for each in (of_output, output))
        wide_values = values.to(ctx.wide)
        of_query = torch.empty_like(query)
        of_queries = _by_key_head(of_query, key_heads)
        of_keys, of_values = (torch.zeros(each.shape, dtype=ctx.wide, device=each.device) for each in (keys, values))
        for block, weights in zip(_blocks(ctx.documents), kept, strict=True):
            pull, asking = _asking(pulls, block), _asking(queries, block)
            wide_pull = pull.to(ctx.wide)
            inner = (wide_pull * _asking(outputs, block)).sum(dim=-1, keepdim=True)
            of_scores = wide_pull @ _seen(wide_values, block).transpose(1, 2)
            of_scores = of_scores.sub_(inner).mul_(weights).mul_(ctx.scale).to(weights.dtype)
            part = of_queries[:, :, :, block.start : block.end]
            part.copy_((of_scores @ _seen(keys, block)).view(part.shape))
            _add(of_keys, block, of_scores.transpose(1, 2) @ asking)
            _add(of_values, block, weights.transpose(1, 2) @ pull)
        gradients = (each.to(key.dtype).view(one.shape) for each, one in ((of_keys, key), (of_values, value)))
        return of_query, *gradients, None, None


def _by_key_head(tensor: Tensor, key_heads: int) -> Tensor:
    """(rows, key heads, together, tokens, width) of (rows, heads, tokens, width)."""
    rows, heads, *rest = tensor.shape
    return tensor.view(rows, key_heads, heads // key_heads, *rest)


@dataclass(frozen=True, slots=True)
class _Block:
    """Queries from `start` to `end`; their keys are those from `first` to `end`, behind those of `behind`."""

    behind: tuple[int, int] | None
    first: int
    start: int
    end: int

    @property
    def spans(self) -> tuple[slice, ...]:
        """Where its keys are, in their order."""
        own = slice(self.first, self.end)
        return (own,) if self.behind is None else (slice(*self.behind), own)


def _asking(tensor: Tensor, block: _Block) -> Tensor:
    """(rows · key heads, together · block, width)."""
    return tensor[:, :, :, block.start : block.end].flatten(2, 3).flatten(0, 1)


def _seen(tensor: Tensor, block: _Block) -> Tensor:
    """(rows · key heads, keys, width)."""
    parts = [tensor[:, :, :, span] for span in block.spans]
    seen = parts[0] if len(parts) == 1 else torch.cat(parts, dim=3)
    return seen.flatten(2, 3).flatten(0, 1)


def _add(total: Tensor, block: _Block, part: Tensor) -> None:
    """`part`, as `_seen` is, to where it belongs in `total`."""
    sizes = [span.stop - span.start for span in block.spans]
    for span, piece in zip(block.spans, torch.split(part, sizes, dim=1), strict=True):
        own = total[:, :, :, span]
        own += piece.reshape(own.shape)


def _blocks(documents: Sequence[Document]) -> Iterator[_Block]:
    first = 0
    for document in documents:
        length = document.length
        size = -(-length // max(1, round(length / BLOCK)))
        for start in range(first, first + length, size):
            yield _Block(document.behind, first, start, min(start + size, first + length))
        first += length
