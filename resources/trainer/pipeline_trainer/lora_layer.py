"""LoRA beside a frozen product as one function, in the base model's own 16 bit.

PEFT casts a layer's input to float32 for its adapter, and autograd keeps every copy until the backward; its
result is float32 too, and is cast back. Here y = x·Wᵀ + s·(x·Aᵀ)·Bᵀ is computed where x already is: A and B stay
float32 for the optimizer and are rounded once a pass, x is kept once for all layers that read it, and neither
W' nor any gradient of its shape is ever formed. In float32 there is nothing to cast, and PEFT's own forward runs.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Any, Final, Literal

import torch
from torch import Tensor, nn

from . import rng
from .held import Form, HeldLinear, Here, Whole
from .kernels.recipe import Recipe, recipe_of
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
        ctx: Any,
        x: Tensor,
        form: Form,
        bias: Tensor | None,
        a: Tensor,
        b: Tensor,
        scale: float,
        dropout: float,
        recipe: Recipe | None = None,
    ) -> Tensor:
        """x: (…, in); form: of W (out, in); a: (rank, in) and b: (out, rank) float32; gives (…, out).

        `recipe`: by which x is made again, and not kept.
        """
        flat = x.reshape(-1, x.shape[-1])  # (tokens, in)
        low, high = a.to(x.dtype), b.to(x.dtype)
        kept = None
        dropped = flat
        if dropout > 0.0:
            dropped, kept = torch.native_dropout(flat, dropout, train=True)
        inner = dropped @ low.T  # (tokens, rank)
        y = nn.functional.linear(flat, form.borrowed(), bias)
        y.addmm_(inner, high.T, alpha=scale)
        ctx.save_for_backward(low, high, inner, kept, *((flat,) if recipe is None else recipe.read()))
        ctx.form, ctx.scale, ctx.dropout, ctx.recipe = form, scale, dropout, recipe
        return y.view(*x.shape[:-1], y.shape[-1])

    @staticmethod
    def backward(ctx: Any, of_y: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients of x, A and B; W is frozen."""
        low, high, inner, kept, *source = ctx.saved_tensors
        x = source[0] if ctx.recipe is None else ctx.recipe.again(source)
        flat = x.reshape(-1, x.shape[-1])
        pull = of_y.reshape(-1, of_y.shape[-1])  # (tokens, out)
        through = (pull @ high).mul_(ctx.scale)  # (tokens, rank)
        dropped = flat if kept is None else _behind(flat, kept, ctx.dropout)
        of_a = (through.T @ dropped).float()
        of_b = (pull.T @ inner).float().mul_(ctx.scale)
        of_x = None
        if ctx.needs_input_grad[0]:
            of_x = pull @ ctx.form.borrowed()  # (tokens, in)
            if kept is None:
                of_x.addmm_(through, low)
            else:
                of_x += _behind(through @ low, kept, ctx.dropout)
            of_x = of_x.view(*of_y.shape[:-1], of_x.shape[-1])
        return of_x, None, None, of_a, of_b, None, None, None


def _behind(value: Tensor, kept: Tensor, dropout: float) -> Tensor:
    return value * kept * (1.0 / (1.0 - dropout))


def as_one_function(layer: Any, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """The forward of PEFT's layer; where the adapter is off or merged, PEFT's own."""
    if layer.disable_adapters or layer.merged or args or kwargs:
        return peft_forward(layer, x, *args, **kwargs)
    base = layer.base_layer
    halves = (layer.lora_A[ADAPTER].weight, layer.lora_B[ADAPTER].weight)
    recipe = recipe_of(x) if torch.is_grad_enabled() else None
    y: Tensor = _Beside.apply(x, _form_of(base), base.bias, *halves, layer.scaling[ADAPTER], _dropout_of(layer), recipe)
    return y


def _form_of(base: Any) -> Form:
    return base.form if isinstance(base, HeldLinear) else Whole(Here(base.weight), base.weight.dtype)


def _dropout_of(layer: Any) -> float:
    dropout = layer.lora_dropout[ADAPTER]
    return float(dropout.p) if layer.training and isinstance(dropout, nn.Dropout) else 0.0


def peft_forward(layer: Any, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """What the layer's class computes."""
    y: Tensor = type(layer).forward(layer, x, *args, **kwargs)
    return y


def suits(layer: nn.Module) -> bool:
    """Plain LoRA of one adapter beside a plain 16 bit product."""
    from peft.tuners.lora import Linear  # noqa: PLC0415 (seconds to import, after the checks)

    if type(layer) is not Linear or layer.fan_in_fan_out or layer.lora_variant:
        return False
    if type(layer.base_layer) not in {nn.Linear, HeldLinear}:
        return False
    form = _form_of(layer.base_layer)
    return isinstance(form, Whole) and form.dtype in NARROW and list(layer.lora_A) == [ADAPTER]


def speed_up(model: nn.Module, warn: Callable[[str, str], object]) -> None:
    """Let every layer that `suits` compute as one function, once the first of each shape was seen to be PEFT's equal."""
    layers: list[Any] = [module for module in model.modules() if suits(module)]
    by_shape: dict[tuple[int, int], Any] = {}
    for layer in layers:
        by_shape.setdefault((layer.base_layer.out_features, layer.base_layer.in_features), layer)
    moved = torch.tensor([difference(layer) for layer in by_shape.values()])
    if not bool((moved <= PARITY).all()):  # nor where one is no number
        warn(
            "fast_path_unavailable",
            f"Adapters run through PEFT, slower: a layer differs from it by {float(moved.max()):.1%}.",
        )
        return
    for layer in layers:
        layer.forward = partial(as_one_function, layer)


def difference(layer: Any) -> float:
    """How far output and gradients are from PEFT's, of their own size: rounding alone is below a hundredth.

    On the layer's own weights, with halves and input of random numbers; with dropout once more, as it is in
    training. Leaves layer and generators as they were.
    """
    parameters = (layer.lora_A[ADAPTER].weight, layer.lora_B[ADAPTER].weight)
    kept = [parameter.data for parameter in parameters]
    training = layer.training
    try:
        with rng.isolated(PROBE_SEED), torch.enable_grad():
            for parameter in parameters:
                parameter.data = torch.randn_like(parameter) / math.sqrt(parameter.shape[1])
            form = _form_of(layer.base_layer)
            shape = (PROBE_TOKENS, layer.base_layer.in_features)
            x = torch.randn(shape, dtype=form.dtype, device=form.values.device, requires_grad=True)
            layer.eval()
            found = _distances(layer, x, peft_forward)
            layer.train()
            if _dropout_of(layer) > 0.0:
                found += _distances(layer, x, _with_the_same_dropout)
    finally:
        layer.train(training)
        for parameter, data in zip(parameters, kept, strict=True):
            parameter.data = data
    return float(torch.tensor(found).max())  # which keeps what is no number


def _distances(layer: Any, x: Tensor, plain: Callable[[Any, Tensor], Tensor]) -> list[float]:
    wanted, found = (_output_and_gradients(layer, x, forward) for forward in (plain, as_one_function))
    return [
        float((one.float() - other.float()).norm() / other.float().norm()) for one, other in zip(found, wanted, strict=True)
    ]


def _output_and_gradients(layer: Any, x: Tensor, forward: Callable[[Any, Tensor], Tensor]) -> list[Tensor]:
    rng.seed_everything(PROBE_SEED)  # for dropout to leave the same
    y = forward(layer, x)
    halves = (layer.lora_A[ADAPTER].weight, layer.lora_B[ADAPTER].weight)
    return [y.detach(), *torch.autograd.grad(y.float().square().sum(), (x, *halves))]


def _with_the_same_dropout(layer: Any, x: Tensor) -> Tensor:
    """PEFT's formula behind what dropout leaves to `as_one_function`: its own draws of other numbers."""
    share = _dropout_of(layer)
    _, kept = torch.native_dropout(x.detach(), share, train=True)
    inner = layer.lora_A[ADAPTER](x.float() * kept / (1.0 - share))
    y: Tensor = layer.base_layer(x) + layer.lora_B[ADAPTER](inner) * layer.scaling[ADAPTER]
    return y.to(x.dtype)


def path_of(model: nn.Module) -> Literal["fast", "stock"]:
    """`fast` where all adapters compute as one function, `stock` where any is PEFT's: they keep more for the backward."""
    from peft.tuners.lora import LoraLayer  # noqa: PLC0415 (seconds to import, after the checks)

    forwards = [vars(module).get("forward") for module in model.modules() if isinstance(module, LoraLayer)]
    fast = bool(forwards) and all(getattr(forward, "func", None) is as_one_function for forward in forwards)
    return "fast" if fast else "stock"
