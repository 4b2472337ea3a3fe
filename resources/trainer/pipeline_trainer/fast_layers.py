"""Norms, gated products and rotations of a model by the functions of `kernels`, in place of what its modules compute.

Modules are known by the names of their classes. Only the `forward` of this model's own modules changes, and only once
a layer with its real weights was seen to give the same both ways; where it does not, all of it stays transformers'.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial
from types import FunctionType, MethodType
from typing import Any, Final, Literal

import torch
from torch import Tensor, nn

from .kernels.body import Body, keep_kernels_in, missing_for_triton
from .kernels.gated import Activation, gated
from .kernels.rms_norm import Norm, rms_norm
from .kernels.rope import rotate
from .layer_probe import difference
from .lora_layer import NARROW
from .recompute import decoder_layers

Lever = Literal["norms", "products", "rotations"]
LEVERS: Final[frozenset[Lever]] = frozenset({"norms", "products", "rotations"})
# By the device of a model of 16 bit. On a processor they are no faster by themselves, but keep so much less that twice
# the tokens fit into a pass, which is.
USUAL: Final[dict[str, frozenset[Lever]]] = {"cuda": LEVERS, "cpu": LEVERS}
FAMILIES: Final = ("Llama", "Mistral", "Qwen2", "Qwen3", "SmolLM3", "Gemma", "Gemma2", "Gemma3", "Phi", "Phi3")
# Their norms stand for 1 + w.
SHIFTED: Final = ("Gemma", "Gemma2", "Gemma3")
ROTATION: Final = "apply_rotary_pos_emb"
# Of what rounding moves; small models and the bundled one stay below 1.5 of it.
PARITY: Final = 3.0

WITHOUT: Final[dict[Body, str]] = {
    "triton": "Norms, products and rotations run without kernels of their own, slower",
    "plain": "Norms, products and rotations run through transformers, slower",
}

Warn = Callable[[str, str], object]


@dataclass(frozen=True, slots=True)
class Replacement:
    """What a module computes by from now on."""

    module: nn.Module
    forward: Callable[..., Any]

    def put(self) -> None:
        """For this module alone, whose class stays as it is."""
        self.module.forward = self.forward

    def take(self) -> None:
        """The class computes again."""
        del self.module.forward


def speed_up_layers(model: Any, warn: Warn, *, levers: Iterable[Lever] | None = None) -> None:
    """Replace what is known in `model`; `levers`: only these, by default what pays on its device."""
    layers = decoder_layers(model)
    weight: Tensor = model.get_input_embeddings().weight
    wanted = USUAL.get(weight.device.type, frozenset()) if levers is None else frozenset(levers)
    if not layers or weight.dtype not in NARROW or not wanted:
        return
    for body in _bodies(weight.device, warn):
        found = [made for module in model.modules() for made in replacements(module, wanted, body)]
        fault = _fault(model, layers[0], found) if found else None
        if fault is None:
            return
        warn("fast_path_unavailable", f"{WITHOUT[body]}: {fault}.")


def _bodies(device: torch.device, warn: Warn) -> list[Body]:
    """To be tried one after the other."""
    if device.type != "cuda":
        return ["plain"]
    missing = missing_for_triton()
    if missing is None:
        keep_kernels_in(None)
        return ["triton", "plain"]
    warn("fast_path_unavailable", f"{WITHOUT['triton']}: this machine lacks {missing}.")
    return ["plain"]


def _fault(model: Any, layer: nn.Module, found: list[Replacement]) -> str | None:
    """Why the replacements are not in force; None where they are, or where there are none."""
    try:
        moved = difference(model, layer, put=lambda: _put(found), take=lambda: _take(found))
    except Exception as error:  # noqa: BLE001 (a compiler, a driver, a library: whatever it is, the plain way is there)
        _take(found)
        return f"{type(error).__name__} in a first layer"
    if moved <= PARITY:
        return None
    _take(found)
    return f"a layer differs by {moved:.1f} times what rounding moves"


def _put(found: list[Replacement]) -> None:
    for each in found:
        each.put()


def _take(found: list[Replacement]) -> None:
    for each in found:
        if "forward" in vars(each.module):
            each.take()


def replacements(module: nn.Module, levers: frozenset[Lever], body: Body) -> list[Replacement]:
    """What `module` computes by instead; nothing where its class is not known."""
    family, part = _kind_of(module)
    if part == "RMSNorm" and "norms" in levers:
        return _norm(module, shifted=family in SHIFTED, body=body)
    if part == "MLP" and "products" in levers:
        return _mlp(module, body=body)
    if part == "Attention" and "rotations" in levers:
        forward = _rotating(type(module).forward, body)
        return [] if forward is None else [Replacement(module, MethodType(forward, module))]
    return []


def _kind_of(module: nn.Module) -> tuple[str, str]:
    name = type(module).__name__
    for part in ("RMSNorm", "MLP", "Attention"):
        if name.removesuffix(part) in FAMILIES and type(module).__module__.startswith("transformers.models."):
            return name.removesuffix(part), part
    return "", ""


def _norm(module: Any, *, shifted: bool, body: Body) -> list[Replacement]:
    if module.weight.dtype not in NARROW or module.weight.requires_grad:
        return []
    norm = Norm(module.eps if shifted else module.variance_epsilon, shifted)
    return [Replacement(module, partial(_normed, module, norm=norm, body=body))]


def _normed(module: Any, x: Tensor, *, norm: Norm, body: Body) -> Tensor:
    return rms_norm(x, module.weight, norm, body=body)


def _mlp(module: Any, *, body: Body) -> list[Replacement]:
    joined = hasattr(module, "gate_up_proj")
    if not joined and not hasattr(module, "gate_proj"):
        return []
    activation = activation_of(module.activation_fn if joined else module.act_fn)
    if activation is None:
        return []
    return [Replacement(module, partial(_of_joined if joined else _of_two, module, activation=activation, body=body))]


def _of_two(module: Any, x: Tensor, *, activation: Activation, body: Body) -> Tensor:
    y: Tensor = module.down_proj(gated(module.gate_proj(x), module.up_proj(x), activation, body=body))
    return y


def _of_joined(module: Any, x: Tensor, *, activation: Activation, body: Body) -> Tensor:
    gate, up = module.gate_up_proj(x).chunk(2, dim=-1)
    y: Tensor = module.down_proj(gated(gate, up, activation, body=body))
    return y


def activation_of(function: Callable[[Tensor], Tensor]) -> Activation | None:
    """Which of the known ones `function` is, by what it gives: they have many names."""
    x = torch.linspace(-4, 4, 17)
    known: dict[Activation, Tensor] = {
        "silu": nn.functional.silu(x),
        "gelu_tanh": nn.functional.gelu(x, approximate="tanh"),
    }
    given = function(x)
    return next((name for name, wanted in known.items() if torch.allclose(given, wanted, rtol=0, atol=1e-6)), None)


@cache
def _rotating(forward: Callable[..., Any], body: Body) -> FunctionType | None:
    """The forward of an attention, with another rotation in place of its module's; None where it asks for none."""
    if not isinstance(forward, FunctionType) or ROTATION not in forward.__code__.co_names:
        return None
    names = {**forward.__globals__, ROTATION: partial(_rotated, forward.__globals__[ROTATION], body=body)}
    made = FunctionType(forward.__code__, names, forward.__name__, forward.__defaults__, forward.__closure__)
    made.__kwdefaults__ = forward.__kwdefaults__
    return made


def _rotated(  # noqa: PLR0917 (transformers' signature)
    stock: Callable[..., tuple[Tensor, Tensor]],
    query: Tensor,
    key: Tensor,
    cosine: Tensor,
    sine: Tensor,
    unsqueeze_dim: int = 1,
    *,
    body: Body,
) -> tuple[Tensor, Tensor]:
    """Of heads that turn as a whole; some leave a part of each as it is."""
    if unsqueeze_dim != 1 or not query.shape[-1] == key.shape[-1] == cosine.shape[-1]:
        return stock(query, key, cosine, sine, unsqueeze_dim)
    return rotate(query, key, cosine, sine, body=body)
