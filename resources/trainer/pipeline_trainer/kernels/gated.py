"""The product inside an MLP: act(gate)·up, of SwiGLU or of Gemma's GELU (Shazeer 2020).

Kept for the backward are gate and up alone; the activation is computed again. Plain autograd keeps it as well, and
the product behind it makes a fourth tensor of that width, which carries its recipe here.
"""

from typing import Any, Literal

import torch
from torch import Tensor
from torch.nn import functional

from .body import Body
from .recipe import carry

Activation = Literal["silu", "gelu_tanh"]


def gated(gate: Tensor, up: Tensor, activation: Activation, *, body: Body) -> Tensor:
    """act(gate)·up, all (…, width); carries its recipe."""
    y: Tensor = _Gated.apply(gate, up, activation, body)
    if not torch.is_grad_enabled():
        return y
    return carry(y, (gate, up), lambda gate, up: _forward(gate, up, activation, body=body))


class _Gated(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, gate: Tensor, up: Tensor, activation: Activation, body: Body) -> Tensor:  # noqa: PLR0917 (torch's)
        """Both, and what it gives: (…, width)."""
        ctx.save_for_backward(gate, up)
        ctx.activation, ctx.body = activation, body
        return _forward(gate, up, activation, body=body)

    @staticmethod
    def backward(ctx: Any, of_y: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients of gate and up."""
        gate, up = ctx.saved_tensors
        return *_backward(of_y, gate, up, activation=ctx.activation, body=ctx.body), None, None


def _forward(gate: Tensor, up: Tensor, activation: Activation, *, body: Body) -> Tensor:
    if body == "triton":
        from .on_card import gated as kernel  # noqa: PLC0415 (Triton, only where it runs)

        return kernel.forward(gate, up, tanh=activation == "gelu_tanh")
    return _active(gate, activation).mul_(up)


def _backward(pull: Tensor, gate: Tensor, up: Tensor, *, activation: Activation, body: Body) -> tuple[Tensor, Tensor]:
    if body == "triton":
        from .on_card import gated as kernel  # noqa: PLC0415 (the same)

        return kernel.backward(pull, gate, up, tanh=activation == "gelu_tanh")
    of_up = _active(gate, activation).mul_(pull)
    if activation == "silu":
        return torch.ops.aten.silu_backward(pull * up, gate), of_up
    return torch.ops.aten.gelu_backward(pull * up, gate, approximate="tanh"), of_up


def _active(gate: Tensor, activation: Activation) -> Tensor:
    return functional.silu(gate) if activation == "silu" else functional.gelu(gate, approximate="tanh")
