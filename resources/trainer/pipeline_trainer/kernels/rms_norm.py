"""RMS norm beside a frozen weight (Zhang and Sennrich 2019).

y = w·x ÷ √(mean x² + ε), in float32 and rounded where the model's own code rounds. Kept for the backward are x, which
the residual stream keeps anyway, and one number a row; plain autograd keeps a float32 copy of x and of what w multiplies.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from .body import Body
from .recipe import carry


@dataclass(frozen=True, slots=True)
class Norm:
    """`shifted`: the weight stands for 1 + w, and the product is rounded as a whole, as in Gemma."""

    eps: float
    shifted: bool = False


def rms_norm(x: Tensor, weight: Tensor, norm: Norm, *, body: Body) -> Tensor:
    """The norm of the last dimension of `x`, (…, width); carries its recipe."""
    y: Tensor = _RmsNorm.apply(x, weight, norm, body)
    if not torch.is_grad_enabled():
        return y
    return carry(y, (x, weight), lambda x, weight: _forward(_rows(x), weight, norm, body=body)[0].view(x.shape))


class _RmsNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, norm: Norm, body: Body) -> Tensor:  # noqa: PLR0917 (torch's)
        """x: (…, width); weight: (width,); gives (…, width)."""
        rows = _rows(x)
        y, inverse = _forward(rows, weight, norm, body=body)
        ctx.save_for_backward(rows, weight, inverse)
        ctx.norm, ctx.body = norm, body
        return y.view(x.shape)

    @staticmethod
    def backward(ctx: Any, of_y: Tensor) -> tuple[Tensor | None, ...]:
        """The gradient of x; the weight is frozen."""
        rows, weight, inverse = ctx.saved_tensors
        of_x = _backward(_rows(of_y), rows, inverse, weight=weight, norm=ctx.norm, body=ctx.body)
        return of_x.view(of_y.shape), None, None, None


def _rows(x: Tensor) -> Tensor:
    return x.reshape(-1, x.shape[-1]).contiguous()


def _forward(rows: Tensor, weight: Tensor, norm: Norm, *, body: Body) -> tuple[Tensor, Tensor]:
    """rows: (rows, width); gives (rows, width), and of each row the inverse root, (rows,) float32."""
    if body == "triton":
        from .on_card import rms_norm as kernel  # noqa: PLC0415 (Triton, only where it runs)

        return kernel.forward(rows, weight, eps=norm.eps, shifted=norm.shifted)
    wide = rows.float()
    inverse = torch.rsqrt(wide.square().mean(dim=-1) + norm.eps)
    normed = wide * inverse[:, None]
    if norm.shifted:
        return normed.mul_(1.0 + weight.float()).to(rows.dtype), inverse
    return normed.to(rows.dtype).mul_(weight), inverse


def _backward(pull: Tensor, rows: Tensor, inverse: Tensor, *, weight: Tensor, norm: Norm, body: Body) -> Tensor:
    """(g − x̂·mean(g·x̂)) ÷ root, (rows, width): g is the weighted `pull`, x̂ the normed row."""
    if body == "triton":
        from .on_card import rms_norm as kernel  # noqa: PLC0415 (the same)

        return kernel.backward(pull, rows, inverse, weight=weight, shifted=norm.shifted)
    weighted = pull.float() * (1.0 + weight.float() if norm.shifted else weight.float())
    normed = rows.float().mul_(inverse[:, None])
    along = (weighted * normed).mean(dim=-1, keepdim=True)
    return weighted.sub_(normed.mul_(along)).mul_(inverse[:, None]).to(rows.dtype)
