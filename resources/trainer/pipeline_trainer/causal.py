"""Causal attention by plain products, for short rows on a processor that multiplies 16 bit numbers.

Queries go in blocks, each with the keys of its own document up to its own end: what lies before or behind is
neither multiplied nor kept.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import torch
from torch import Tensor

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
        ctx: Any, query: Tensor, key: Tensor, value: Tensor, scale: float, documents: Sequence[int]
    ) -> Tensor:
        """query: (rows, heads, tokens, width) and alike; `documents`: their lengths, the same in every row.

        Gives (rows, tokens, heads, width of values).
        """
        rows, heads, length, _ = query.shape
        wide = torch.promote_types(query.dtype, torch.float32)
        queries, keys, values = (_by_key_head(each, key.shape[1]) for each in (query, key, value))
        output = query.new_empty(rows, length, heads, value.shape[-1])
        outputs = _by_key_head(output.transpose(1, 2), key.shape[1])
        wide_keys = keys.to(wide)
        kept = []
        for first, start, end in _blocks(documents):
            asking = _block(queries, start, end).to(wide) * scale  # (rows · key heads, together · block, width)
            scores = asking @ _block(wide_keys, first, end).transpose(1, 2)
            future = scores.new_full((end - start, end - start), -torch.inf).triu_(1)
            scores.view(-1, end - start, end - first)[..., start - first :] += future
            weights = scores.softmax(dim=-1).to(query.dtype)  # (rows · key heads, together · block, keys)
            part = outputs[:, :, :, start:end]
            part.copy_((weights @ _block(values, first, end)).view(part.shape))
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
        for (first, start, end), weights in zip(_blocks(ctx.documents), kept, strict=True):
            pull, asking = _block(pulls, start, end), _block(queries, start, end)
            wide_pull = pull.to(ctx.wide)
            inner = (wide_pull * _block(outputs, start, end)).sum(dim=-1, keepdim=True)
            of_scores = wide_pull @ _block(wide_values, first, end).transpose(1, 2)
            of_scores = of_scores.sub_(inner).mul_(weights).mul_(ctx.scale).to(weights.dtype)
            part = of_queries[:, :, :, start:end]
            part.copy_((of_scores @ _block(keys, first, end)).view(part.shape))
            _add(of_keys[:, :, :, first:end], of_scores.transpose(1, 2) @ asking)
            _add(of_values[:, :, :, first:end], weights.transpose(1, 2) @ pull)
        gradients = (each.to(key.dtype).view(one.shape) for each, one in ((of_keys, key), (of_values, value)))
        return of_query, *gradients, None, None


def _by_key_head(tensor: Tensor, key_heads: int) -> Tensor:
    """(rows, key heads, together, tokens, width) of (rows, heads, tokens, width)."""
    rows, heads, *rest = tensor.shape
    return tensor.view(rows, key_heads, heads // key_heads, *rest)


def _block(tensor: Tensor, start: int, end: int) -> Tensor:
    """(rows · key heads, together · block, width)."""
    return tensor[:, :, :, start:end].flatten(2, 3).flatten(0, 1)


def _add(total: Tensor, part: Tensor) -> None:
    total += part.view(total.shape)


def _blocks(documents: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Where a document begins, and where each of its blocks begins and ends."""
    first = 0
    for length in documents:
        size = -(-length // max(1, round(length / BLOCK)))
        for start in range(first, first + length, size):
            yield first, start, min(start + size, first + length)
        first += length
