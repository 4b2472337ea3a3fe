"""Rotary positions of queries and keys in one pass (Su et al. 2021).

Each pair (x₁, x₂), half a head apart, turns by its position's angle: (x₁·cos − x₂·sin, x₂·cos + x₁·sin). The backward
turns by the other way, so nothing is kept but cosines and sines, which all layers share.
"""

from typing import Any

import torch
from torch import Tensor

from .body import Body


def rotate(query: Tensor, key: Tensor, cosine: Tensor, sine: Tensor, *, body: Body) -> tuple[Tensor, Tensor]:  # noqa: PLR0917 (the order of transformers)
    """query, key: (rows, heads, tokens, width), each with its own heads; cosine, sine: (rows or 1, tokens, width)."""
    turned: tuple[Tensor, Tensor] = _Rotation.apply(query, key, cosine, sine, body)
    return turned


class _Rotation(torch.autograd.Function):
    @staticmethod
    def forward(  # noqa: PLR0917 (torch's)
        ctx: Any, query: Tensor, key: Tensor, cosine: Tensor, sine: Tensor, body: Body
    ) -> tuple[Tensor, Tensor]:
        """Shapes as in `rotate`."""
        ctx.save_for_backward(cosine, sine)
        ctx.body = body
        return _turned((query, key), cosine, sine, back=False, body=body)

    @staticmethod
    def backward(ctx: Any, of_query: Tensor, of_key: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients of queries and keys."""
        cosine, sine = ctx.saved_tensors
        return *_turned((of_query, of_key), cosine, sine, back=True, body=ctx.body), None, None, None


def _turned(both: tuple[Tensor, Tensor], cosine: Tensor, sine: Tensor, *, back: bool, body: Body) -> tuple[Tensor, Tensor]:
    half = cosine.shape[-1] // 2
    if body == "triton":
        from .on_card import rope as kernel  # noqa: PLC0415 (Triton, only where it runs)

        return kernel.turned(both, cosine, sine, half=half, back=back)
    cosine, sine = cosine.unsqueeze(1), sine.unsqueeze(1)[..., :half]
    query, key = (_turn(each, cosine, sine, sign=-1 if back else 1) for each in both)
    return query, key


def _turn(heads: Tensor, cosine: Tensor, sine: Tensor, *, sign: int) -> Tensor:
    half = sine.shape[-1]
    turned = heads * cosine
    turned[..., :half].addcmul_(heads[..., half:], sine, value=-sign)
    turned[..., half:].addcmul_(heads[..., :half], sine, value=sign)
    return turned
