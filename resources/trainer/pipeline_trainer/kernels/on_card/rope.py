"""Rotary positions: a program turns all heads of a token, queries' and keys', by angles that it reads once."""

import torch
import triton
from torch import Tensor
from triton import language as tl


def turned(both: tuple[Tensor, Tensor], cosine: Tensor, sine: Tensor, *, half: int, back: bool) -> tuple[Tensor, Tensor]:
    """Shapes as in `kernels.rope`; what is made lies in memory as what comes does, the heads of a token side by side."""
    query, key = (each if each.stride(-1) == 1 else each.contiguous() for each in both)
    made = torch.empty_like(query), torch.empty_like(key)
    rows, heads, tokens, _ = query.shape
    if rows * tokens > 0:
        _turn[(rows * tokens,)](
            *(query, key, *made, cosine.contiguous(), sine.contiguous()),
            tokens,
            tokens * 2 * half if cosine.shape[0] > 1 else 0,
            *(stride for each in (query, key, *made) for stride in each.stride()[:3]),
            *(heads, key.shape[1], half),
            BACK=back,
            QUERIES=triton.next_power_of_2(heads),
            KEYS=triton.next_power_of_2(key.shape[1]),
            HALF=triton.next_power_of_2(half),
        )
    return made


@triton.jit
def _turn(
    query, key, query_made, key_made, cosine, sine, tokens, angle_row,
    query_0, query_1, query_2, key_0, key_1, key_2,
    query_made_0, query_made_1, query_made_2, key_made_0, key_made_1, key_made_2,
    queries, keys, half,
    BACK: tl.constexpr, QUERIES: tl.constexpr, KEYS: tl.constexpr, HALF: tl.constexpr,
):  # fmt: skip
    row = (tl.program_id(0) // tokens).to(tl.int64)
    token = (tl.program_id(0) % tokens).to(tl.int64)
    column = tl.arange(0, HALF)
    angle = row * angle_row + token * 2 * half + column
    cos = tl.load(cosine + angle, mask=column < half, other=0.0).to(tl.float32)
    sin = tl.load(sine + angle, mask=column < half, other=0.0).to(tl.float32)
    if BACK:
        sin = -sin
    _turn_heads(
        query + row * query_0 + token * query_2, query_1,
        query_made + row * query_made_0 + token * query_made_2, query_made_1,
        cos, sin, queries, half, QUERIES, HALF,
    )  # fmt: skip
    _turn_heads(
        key + row * key_0 + token * key_2, key_1,
        key_made + row * key_made_0 + token * key_made_2, key_made_1,
        cos, sin, keys, half, KEYS, HALF,
    )  # fmt: skip


@triton.jit
def _turn_heads(source, source_head, target, target_head, cos, sin, heads, half, HEADS: tl.constexpr, HALF: tl.constexpr):
    head = tl.arange(0, HEADS)
    column = tl.arange(0, HALF)
    there = (head[:, None] < heads) & (column[None, :] < half)
    first = source + head[:, None] * source_head + column[None, :]
    low = tl.load(first, mask=there, other=0.0).to(tl.float32)
    high = tl.load(first + half, mask=there, other=0.0).to(tl.float32)
    made = target + head[:, None] * target_head + column[None, :]
    kind = target.dtype.element_ty
    tl.store(made, (low * cos[None, :] - high * sin[None, :]).to(kind), mask=there)
    tl.store(made + half, (high * cos[None, :] + low * sin[None, :]).to(kind), mask=there)
