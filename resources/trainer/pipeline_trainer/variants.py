"""What the variants of LoRA change: the layer's formula, its start, or the rate of one of its halves.

W' = W + s·B·A, with A (rank, in), B (out, rank), s = alpha ÷ rank. Every variant is a plain PEFT adapter on
disk, and `W` itself is never touched, so that switching the adapter off always gives the base model.

rslora     s = alpha ÷ √rank (Kalajdzievski 2023).
dora       a trained magnitude a row of W', whose direction alone A and B move (Liu et al. 2024).
pissa      A and B start as the largest singular parts of W (Meng et al. 2024), see `add_origin`.
lora_plus  B learns `LORA_PLUS_RATIO` times as fast as A (Hayou et al. 2024), see `optimizer`.
"""

import math
from collections.abc import Mapping
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import Parameter

from . import rng
from .data.order import derive_seed

ADAPTER: Final = "default"
ORIGIN: Final = "origin"
LORA_PLUS_RATIO: Final = 16.0
# More directions than are kept, and turns of the power iteration (Halko et al. 2011): what is left of W is
# within a thousandth of the least possible, in a fraction of a whole decomposition's time.
PISSA_OVERSAMPLING: Final = 2
PISSA_TURNS: Final = 8

A_HALF: Final = ".lora_A."
B_HALF: Final = ".lora_B."
MAGNITUDE: Final = ".lora_magnitude_vector."


def add_origin(model: Any, config: Any) -> dict[str, Parameter]:
    """A second, frozen adapter that takes the start of the first one away again: W' = W + s·(B·A − B₀·A₀).

    PiSSA as published subtracts s·B₀·A₀ from W and has to be converted afterwards. With the subtraction in
    an adapter of its own the gradient of A and B is the same, no weight is rounded, and what is saved is
    plain LoRA of twice the rank: [A; A₀] and [B, −B₀]. Returns its tensors by the names of the first one's.
    """
    model.add_adapter(ORIGIN, config)
    model.base_model.set_adapter([ADAPTER, ORIGIN])
    named = dict(model.named_parameters())
    origin = {name.replace(f".{ORIGIN}.", f".{ADAPTER}."): named[name] for name in named if f".{ORIGIN}." in name}
    for parameter in origin.values():
        parameter.requires_grad = False
        parameter.data = parameter.data.float()
    return origin


@torch.no_grad()
def initialise(model: Any, parameters: Mapping[str, Parameter], origin: Mapping[str, Parameter], *, seed: int) -> None:
    """The start of every tensor: PEFT's own (A uniform in ±1/√fan_in, B zero), or the variant's.

    Each tensor has a stream named after it, drawn on the processor, so that the start depends neither on
    the device nor on the order of layers.
    """
    for name, parameter in parameters.items():
        parameter.data = parameter.data.float()
        if MAGNITUDE in name:
            parameter.copy_(torch.linalg.norm(weight_of(model, name), dim=1))  # (out,): B is zero, so W' is W
        elif A_HALF in name:
            bound = 1.0 / math.sqrt(parameter[0].numel())  # (rank, fan_in)
            stream = rng.generator(seed, f"initialisation/{name}")
            parameter.copy_(torch.empty(parameter.shape).uniform_(-bound, bound, generator=stream))
        else:
            parameter.zero_()
    for name in [name for name in origin if A_HALF in name]:
        _start_principal(model, name, parameters=parameters, origin=origin, seed=seed)


def _start_principal(
    model: Any, name: str, *, parameters: Mapping[str, Parameter], origin: Mapping[str, Parameter], seed: int
) -> None:
    """B₀·A₀ = the largest singular parts of W ÷ s, shared alike between both halves."""
    other = name.replace(A_HALF, B_HALF)
    rank = parameters[name].shape[0]
    scaling = layer_of(model, name).scaling[ADAPTER]
    weight = weight_of(model, name)
    with rng.isolated(derive_seed(seed, f"initialisation/{name}")):
        u, s, v = torch.svd_lowrank(weight, q=min(PISSA_OVERSAMPLING * rank, *weight.shape), niter=PISSA_TURNS)
    root = (s[:rank] / scaling).sqrt()  # (rank,); u: (out, q), v: (in, q)
    for half, value in ((name, (v[:, :rank] * root).T), (other, u[:, :rank] * root)):
        parameters[half].zero_()
        parameters[half][tuple(slice(size) for size in value.shape)] = value
    origin[name].copy_(parameters[name])
    origin[other].copy_(-parameters[other])


def joined(name: str, value: Tensor, origin: Mapping[str, Tensor]) -> Tensor:
    """The tensor as it is saved: with its origin behind it, along the rank."""
    return torch.cat([value, origin[name]], dim=_rank_axis(name)) if name in origin else value


def parted(name: str, saved: Tensor, *, has_origin: bool) -> tuple[Tensor, ...]:
    """Inverse of `joined`: the tensor, and its origin where it has one."""
    return saved.chunk(2, dim=_rank_axis(name)) if has_origin else (saved,)


def layer_of(model: nn.Module, name: str) -> Any:
    """PEFT's layer that a tensor of that name belongs to."""
    return model.get_submodule(name.rpartition(".lora_")[0])


def weight_of(model: nn.Module, name: str) -> Tensor:
    """The frozen weight beside a tensor, (out, in) float32."""
    layer = layer_of(model, name)
    weight: Tensor = layer.get_base_layer().weight.detach().float()
    return weight.T if layer.fan_in_fan_out else weight


def _rank_axis(name: str) -> int:
    return 0 if A_HALF in name else 1
