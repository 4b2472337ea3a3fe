"""LoRA beside frozen products as one function, in the base model's own 16 bit.

PEFT casts a layer's input to float32 for its adapter, and autograd keeps every copy until the backward; its
result is float32 too, and is cast back. Here y = x·Wᵀ + s·(x·Aᵀ)·Bᵀ is computed where x already is: A and B stay
float32 for the optimizer and are rounded once a pass, x is kept once for all layers that read it, and neither
W' nor any gradient of its shape is ever formed. Layers that read the same x, as queries, keys and values do, are
one function: x is multiplied with all their A at once, and dropout leaves the same of it for all of them. In
float32 there is nothing to cast, and PEFT's own forward runs.
"""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, Literal

import torch
from torch import Tensor, nn

from . import rng
from .dropped import draw, leave, nearest
from .held import Form, HeldLinear, Here, Whole
from .kernels.recipe import Recipe, recipe_of
from .siblings import Siblings, families
from .variants import ADAPTER

NARROW: Final = (torch.bfloat16, torch.float16)
# Several times what rounding to 8 bits of mantissa moves.
PARITY: Final = 2**-6
PROBE_TOKENS: Final = 32
PROBE_SEED: Final = 0


class _Beside(torch.autograd.Function):
    """x·Wᵀ + b + s·(dropout(x)·Aᵀ)·Bᵀ for each of the layers that read x."""

    @staticmethod
    def forward(  # noqa: PLR0917 (torch's)
        ctx: Any, x: Tensor, recipe: Recipe | None, dropout: float, scales: Sequence[float], *tensors: Any
    ) -> tuple[Tensor, ...]:
        """x: (…, in); of each layer, kind by kind: W (out, in) as held, b or None, A (rank, in), B (out, rank) float32.

        `recipe`: by which x is made again, and not kept. Gives (…, out) of each.
        """
        forms, biases, downs, ups = _kinds(tensors, len(scales))
        flat = x.reshape(-1, x.shape[-1])  # (tokens, in)
        low = torch.cat(list(downs)).to(x.dtype)  # (layers · rank, in)
        highs = [up.to(x.dtype) for up in ups]  # (out, rank)
        kept = draw(flat.shape, dropout, flat.device) if dropout > 0.0 else None
        inner = (flat if kept is None else leave(flat, kept)) @ low.T  # (tokens, layers · rank)
        ctx.scales = [scale / (1.0 - nearest(dropout)) for scale in scales]
        outputs = []
        for form, bias, high, part, scale in zip(forms, biases, highs, _parts(inner, highs), ctx.scales, strict=True):
            y = nn.functional.linear(flat, form.borrowed(), bias)
            y.addmm_(part, high.T, alpha=scale)
            outputs.append(y.view(*x.shape[:-1], y.shape[-1]))
        ctx.forms, ctx.recipe = forms, recipe
        ctx.save_for_backward(kept, low, inner, *highs, *((flat,) if recipe is None else recipe.read()))
        return tuple(outputs)

    @staticmethod
    def backward(ctx: Any, *of_outputs: Tensor) -> tuple[Any, ...]:
        """The gradients of x and of every A and B; W is frozen."""
        kept, low, inner, *rest = ctx.saved_tensors
        highs, source = rest[: len(ctx.forms)], rest[len(ctx.forms) :]
        x = source[0] if ctx.recipe is None else ctx.recipe.again(source)
        flat = x.reshape(-1, x.shape[-1])
        pulls = [of_y.reshape(-1, of_y.shape[-1]) for of_y in of_outputs]  # (tokens, out)
        each = list(zip(pulls, highs, ctx.scales, _parts(inner, highs), strict=True))
        through = torch.cat([(pull @ high).mul_(scale) for pull, high, scale, _ in each], dim=1)  # (tokens, layers · rank)
        of_downs = (through.T @ (flat if kept is None else leave(flat, kept))).float()
        of_ups = [(part.T @ pull).T.float().mul_(scale) for pull, _, scale, part in each]
        of_x = None
        if ctx.needs_input_grad[0]:
            of_x = pulls[0] @ ctx.forms[0].borrowed()  # (tokens, in)
            for pull, form in zip(pulls[1:], ctx.forms[1:], strict=True):
                of_x.addmm_(pull, form.borrowed())
            if kept is None:
                of_x.addmm_(through, low)
            else:
                of_x += leave(through @ low, kept)
            of_x = of_x.view(*of_outputs[0].shape[:-1], of_x.shape[-1])
        nothing = [None] * len(highs)
        return of_x, None, None, None, *nothing, *nothing, *_rows(of_downs, highs), *of_ups


def _kinds(tensors: Sequence[Any], layers: int) -> list[Sequence[Any]]:
    return [tensors[start : start + layers] for start in range(0, len(tensors), layers)]


def _parts(inner: Tensor, highs: Sequence[Tensor]) -> Sequence[Tensor]:
    return torch.split(inner, [high.shape[1] for high in highs], dim=1)


def _rows(of_downs: Tensor, highs: Sequence[Tensor]) -> Sequence[Tensor]:
    return torch.split(of_downs, [high.shape[1] for high in highs])


def outputs_of(layers: Sequence[Any], x: Tensor) -> tuple[Tensor, ...]:
    """What `layers`, which all read x, make of it."""
    bases = [layer.base_layer for layer in layers]
    made: tuple[Tensor, ...] = _Beside.apply(
        x,
        recipe_of(x) if torch.is_grad_enabled() else None,
        _dropout_of(layers[0]),
        [layer.scaling[ADAPTER] for layer in layers],
        *(_form_of(base) for base in bases),
        *(base.bias for base in bases),
        *(layer.lora_A[ADAPTER].weight for layer in layers),
        *(layer.lora_B[ADAPTER].weight for layer in layers),
    )
    return made


def as_one_function(siblings: Siblings, layer: Any, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """The forward of PEFT's layer; where the adapter is off or merged, PEFT's own."""
    if layer.disable_adapters or layer.merged or args or kwargs:
        return peft_forward(layer, x, *args, **kwargs)
    return siblings.output(layer, x)


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
    """Let the layers that `suits` compute as one function, once the first of each shape were seen to be PEFT's equal."""
    layers = [module for module in model.modules() if suits(module)]
    groups = families(model, layers) if layers else []
    by_shape: dict[tuple[tuple[int, ...], ...], list[Any]] = {}
    for group in groups:
        by_shape.setdefault(tuple((layer.base_layer.out_features, layer.base_layer.in_features) for layer in group), group)
    moved = torch.tensor([difference(group) for group in by_shape.values()])
    if not bool((moved <= PARITY).all()):  # nor where one is no number
        warn(
            "fast_path_unavailable",
            f"Adapters run through PEFT, slower: a layer differs from it by {float(moved.max()):.1%}.",
        )
        return
    for group in groups:
        siblings = Siblings(group, outputs_of)
        for layer in group:
            layer.forward = partial(as_one_function, siblings, layer)


def difference(layers: Sequence[Any]) -> float:
    """How far outputs and gradients are from PEFT's, of their own size: rounding alone is below a hundredth.

    On the layers' own weights, with halves and an input of random numbers; with dropout once more, as it is in
    training. Leaves layers and generators as they were.
    """
    parameters = _halves(layers)
    kept = [parameter.data for parameter in parameters]
    training = [layer.training for layer in layers]
    try:
        with rng.isolated(PROBE_SEED), torch.enable_grad():
            for parameter in parameters:
                parameter.data = torch.randn_like(parameter) / math.sqrt(parameter.shape[1])
            form = _form_of(layers[0].base_layer)
            shape = (PROBE_TOKENS, layers[0].base_layer.in_features)
            x = torch.randn(shape, dtype=form.dtype, device=form.values.device, requires_grad=True)
            _set_training(layers, [False] * len(layers))
            found = _distances(layers, x, _by_peft)
            _set_training(layers, [True] * len(layers))
            if _dropout_of(layers[0]) > 0.0:
                found += _distances(layers, x, _by_peft_with_the_same_dropout)
    finally:
        _set_training(layers, training)
        for parameter, data in zip(parameters, kept, strict=True):
            parameter.data = data
    return float(torch.tensor(found).max())  # which keeps what is no number


def _halves(layers: Sequence[Any]) -> list[nn.Parameter]:
    return [half[ADAPTER].weight for layer in layers for half in (layer.lora_A, layer.lora_B)]


def _set_training(layers: Sequence[Any], modes: Sequence[bool]) -> None:
    for layer, mode in zip(layers, modes, strict=True):
        layer.train(mode)


def _distances(layers: Sequence[Any], x: Tensor, plain: Callable[[Sequence[Any], Tensor], Sequence[Tensor]]) -> list[float]:
    wanted, found = (_outputs_and_gradients(layers, x, compute) for compute in (plain, outputs_of))
    return [
        float((one.float() - other.float()).norm() / other.float().norm()) for one, other in zip(found, wanted, strict=True)
    ]


def _outputs_and_gradients(
    layers: Sequence[Any], x: Tensor, compute: Callable[[Sequence[Any], Tensor], Sequence[Tensor]]
) -> list[Tensor]:
    rng.seed_everything(PROBE_SEED)  # for dropout to leave the same
    outputs = compute(layers, x)
    pull = torch.stack([y.float().square().sum() for y in outputs]).sum()
    return [*(y.detach() for y in outputs), *torch.autograd.grad(pull, (x, *_halves(layers)))]


def _by_peft(layers: Sequence[Any], x: Tensor) -> list[Tensor]:
    return [peft_forward(layer, x) for layer in layers]


def _by_peft_with_the_same_dropout(layers: Sequence[Any], x: Tensor) -> list[Tensor]:
    """PEFT's formula behind what dropout leaves to `outputs_of`: its own draws other numbers."""
    share = _dropout_of(layers[0])
    kept = draw(x.shape, share, x.device)
    dropped = x.float() * kept / (1.0 - nearest(share))
    return [
        (layer.base_layer(x) + layer.lora_B[ADAPTER](layer.lora_A[ADAPTER](dropped)) * layer.scaling[ADAPTER]).to(x.dtype)
        for layer in layers
    ]


def path_of(model: nn.Module) -> Literal["fast", "stock"]:
    """`fast` where all adapters compute as one function, `stock` where any is PEFT's: they keep more for the backward."""
    from peft.tuners.lora import LoraLayer  # noqa: PLC0415 (seconds to import, after the checks)

    forwards = [vars(module).get("forward") for module in model.modules() if isinstance(module, LoraLayer)]
    fast = bool(forwards) and all(getattr(forward, "func", None) is as_one_function for forward in forwards)
    return "fast" if fast else "stock"
