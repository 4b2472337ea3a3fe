"""LoRA beside a frozen product as one function, in the base model's own 16 bit.

PEFT casts a layer's input to float32 for its adapter, and autograd keeps every copy until the backward; its
result is float32 too, and is cast back. Here y = x·Wᵀ + s·(x·Aᵀ)·Bᵀ is computed where x already is: A and B stay
float32 for the optimizer and are rounded once a pass, x is kept once for all layers that read it, and neither
W' nor any gradient of its shape is ever formed. In float32 there is nothing to cast, and PEFT's own forward runs.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import torch
from torch import Tensor, nn

from . import rng
from .variants import ADAPTER

NARROW: Final = (torch.bfloat16, torch.float16)
# Several times what rounding to 8 bits of mantissa moves.
PARITY: Final = 2**-6
PROBE_TOKENS: Final = 32
PROBE_SEED: Final = 0


class _Beside(torch.autograd.Function):
    """x·Wᵀ + b + s·(dropout(x)·Aᵀ)·Bᵀ."""

    @staticmethod
    def forward(  # noqa: PLR0917 (torch's)
        ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, a: Tensor, b: Tensor, scale: float, dropout: float
    ) -> Tensor:
        """x: (…, in); weight: (out, in); a: (rank, in) and b: (out, rank) float32; gives (…, out)."""
        flat = x.reshape(-1, x.shape[-1])  # (tokens, in)
        low, high = a.to(x.dtype), b.to(x.dtype)
        kept = None
        dropped = flat
        if dropout > 0.0:
            dropped, kept = torch.native_dropout(flat, dropout, train=True)
        inner = dropped @ low.T  # (tokens, rank)
        y = nn.functional.linear(flat, weight, bias)
        y.addmm_(inner, high.T, alpha=scale)
        ctx.save_for_backward(flat, weight, low, high, inner, kept)
        ctx.scale, ctx.dropout = scale, dropout
        return y.view(*x.shape[:-1], -1)

    @staticmethod
    def backward(ctx: Any, of_y: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients of x, A and B; W is frozen."""
        flat, weight, low, high, inner, kept = ctx.saved_tensors
        pull = of_y.reshape(-1, of_y.shape[-1])  # (tokens, out)
        through = (pull @ high).mul_(ctx.scale)  # (tokens, rank)
        dropped = flat if kept is None else _behind(flat, kept, ctx.dropout)
        of_a = (through.T @ dropped).float()
        of_b = (pull.T @ inner).float().mul_(ctx.scale)
        of_x = None
        if ctx.needs_input_grad[0]:
            of_x = pull @ weight  # (tokens, in)
            if kept is None:
                of_x.addmm_(through, low)
            else:
                of_x += _behind(through @ low, kept, ctx.dropout)
            of_x = of_x.view(*of_y.shape[:-1], -1)
        return of_x, None, None, of_a, of_b, None, None


def _behind(value: Tensor, kept: Tensor, dropout: float) -> Tensor:
    return value * kept * (1.0 / (1.0 - dropout))


def as_one_function(layer: Any, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """The forward of PEFT's layer; where the adapter is off or merged, PEFT's own."""
    if layer.disable_adapters or layer.merged or args or kwargs:
        return peft_forward(layer, x, *args, **kwargs)
    base = layer.base_layer
    dropout = layer.lora_dropout[ADAPTER]
    share = dropout.p if layer.training and isinstance(dropout, nn.Dropout) else 0.0
    halves = (layer.lora_A[ADAPTER].weight, layer.lora_B[ADAPTER].weight)
    y: Tensor = _Beside.apply(x, base.weight, base.bias, *halves, layer.scaling[ADAPTER], share)
    return y


def peft_forward(layer: Any, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """What the layer's class computes."""
    y: Tensor = type(layer).forward(layer, x, *args, **kwargs)
    return y


def suits(layer: nn.Module) -> bool:
    """Plain LoRA of one adapter beside a plain 16 bit product."""
    from peft.tuners.lora import Linear  # noqa: PLC0415 (seconds to import, after the checks)

    if type(layer) is not Linear or layer.fan_in_fan_out or layer.lora_variant:
        return False
    base = layer.base_layer
    return type(base) is nn.Linear and base.weight.dtype in NARROW and list(layer.lora_A) == [ADAPTER]


def speed_up(model: nn.Module, warn: Callable[[str, str], object]) -> None:
    """Let every layer that `suits` compute as one function, once the first of each shape was seen to be PEFT's equal."""
    layers: list[Any] = [module for module in model.modules() if suits(module)]
    by_shape: dict[tuple[int, ...], Any] = {}
    for layer in layers:
        by_shape.setdefault(tuple(layer.base_layer.weight.shape), layer)
    moved = max((difference(layer) for layer in by_shape.values()), default=0.0)
    if not moved <= PARITY:  # nor where it is no number
        warn("fast_path_unavailable", f"Adapters run through PEFT, slower: a layer differs from it by {moved:.1%}.")
        return
    for layer in layers:
        layer.forward = partial(as_one_function, layer)


def difference(layer: Any) -> float:
    """How far output and gradients are from PEFT's, of their own size: rounding alone is below a hundredth.

    On the layer's own weights, with halves and input of random numbers; leaves layer and generators as they were.
    """
    parameters = (layer.lora_A[ADAPTER].weight, layer.lora_B[ADAPTER].weight)
    kept = [parameter.data for parameter in parameters]
    training = layer.training
    layer.eval()  # dropout draws other numbers
    try:
        with rng.isolated(PROBE_SEED), torch.enable_grad():
            for parameter in parameters:
                parameter.data = torch.randn_like(parameter) / math.sqrt(parameter.shape[1])
            weight = layer.base_layer.weight
            x = torch.randn(PROBE_TOKENS, weight.shape[1], dtype=weight.dtype, device=weight.device, requires_grad=True)
            results = []
            for forward in (peft_forward, as_one_function):
                y = forward(layer, x)
                results.append([y.detach(), *torch.autograd.grad(y.float().square().sum(), (x, *parameters))])
    finally:
        layer.train(training)
        for parameter, data in zip(parameters, kept, strict=True):
            parameter.data = data
    return max(float((own - peft).float().norm() / peft.float().norm()) for peft, own in zip(*results, strict=True))
