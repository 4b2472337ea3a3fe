"""Frozen linear layers whose weight is not simply there: packed or lying elsewhere, it is had for one product at a time.

A form says what numbers make the weight (as they are, or in fewer bits: `quantized`), a store where those numbers lie
(on the device itself, or in the processor's memory). A layer keeps its form for the backward, and has the weight again.
"""

import ctypes
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional

_SHAPES_ONLY: Final = ContextVar("shapes_only", default=False)


class Store(Protocol):
    """Where a tensor lies."""

    @property
    def device(self) -> torch.device:
        """Where it is wanted, and computed with."""
        ...

    def fetched(self) -> Tensor:
        """The tensor, to keep."""
        ...

    def borrowed(self) -> Tensor:
        """The same for one product: the next one may be written over it."""
        ...


Keep = Callable[[Tensor], Store]


@dataclass(frozen=True, slots=True)
class Here:
    """On the device, and nowhere else."""

    tensor: Tensor

    @property
    def device(self) -> torch.device:
        """That of the tensor."""
        return self.tensor.device

    def fetched(self) -> Tensor:
        """Itself."""
        return self.tensor

    def borrowed(self) -> Tensor:
        """Itself."""
        return self.tensor


class Form(Protocol):
    """What makes a weight."""

    @property
    def values(self) -> Store:
        """The numbers."""
        ...

    @property
    def dtype(self) -> torch.dtype:
        """What the run computes in."""
        ...

    def weight(self) -> Tensor:
        """(out, in), to keep."""
        ...

    def borrowed(self) -> Tensor:
        """The same for one product: the next layer may write over it."""
        ...


@dataclass(frozen=True, slots=True)
class Whole:
    """The weight itself, (out, in), in the precision that the run computes in."""

    values: Store
    dtype: torch.dtype

    def weight(self) -> Tensor:
        """(out, in)."""
        return self.values.fetched()

    def borrowed(self) -> Tensor:
        """The same for one product."""
        return self.values.borrowed()


class HeldLinear(nn.Linear):
    """A frozen linear layer over a held weight. A subclass, because PEFT adapts what is an `nn.Linear`."""

    def __init__(self, form: Form, layer: nn.Linear) -> None:
        """In the place of `layer`, with its bias."""
        nn.Module.__init__(self)
        self.in_features = layer.in_features
        self.out_features = layer.out_features
        self.form = form
        self.bias = layer.bias

    @property
    def weight(self) -> Tensor:  # type: ignore[override]  # computed each time it is asked for, as DoRA and PiSSA do
        """(out, in), as it is computed with; inside `shapes_only` a stand-in without numbers."""
        if not _SHAPES_ONLY.get():
            return self.form.weight()
        alone = torch.zeros((), dtype=self.form.dtype, device=self.form.values.device)
        return alone.expand(self.out_features, self.in_features)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 (torch's name)
        """(…, in) → (…, out)."""
        made: Tensor = _Product.apply(input, self.form, self.bias)
        return made


class _Product(torch.autograd.Function):
    """A linear layer that keeps the form of its weight for the backward instead of the weight."""

    @staticmethod
    def forward(ctx: Any, inputs: Tensor, form: Form, bias: Tensor | None) -> Tensor:  # noqa: PLR0917 (torch's)
        """Shapes as in `HeldLinear`."""
        ctx.form = form
        return functional.linear(inputs, form.borrowed(), bias)

    @staticmethod
    def backward(ctx: Any, of_outputs: Tensor) -> tuple[Tensor, None, None]:
        """The gradient of the inputs; weight and bias are frozen."""
        return of_outputs @ ctx.form.borrowed(), None, None


@torch.no_grad()
def hold(model: Any, form_of: Callable[[Tensor], Form]) -> bool:
    """Put a held layer in the place of every linear layer of `model`, one after the other; False where it has none.

    The last projection stays: its loss is taken from rows of hidden states by the weight itself (`projection`).
    """
    head = model.get_output_embeddings()
    found = [(name, layer) for name, layer in model.named_modules() if type(layer) is nn.Linear and layer is not head]
    for name, layer in found:
        model.set_submodule(name, HeldLinear(form_of(layer.weight.detach()), layer))
        _give_back()
    return bool(found)


def hold_whole(model: Any, dtype: torch.dtype, keep: Keep) -> None:
    """`hold` with every weight as it is, in `dtype`."""
    hold(model, lambda weight: Whole(keep(weight.to(dtype)), dtype))


def held_layers(model: nn.Module) -> list[HeldLinear]:
    """In the order of the model."""
    return [layer for layer in model.modules() if isinstance(layer, HeldLinear)]


def held_count(model: nn.Module) -> int:
    """Weights that are no parameters of `model` because they are held."""
    return sum(layer.in_features * layer.out_features for layer in held_layers(model))


@contextmanager
def shapes_only() -> Iterator[None]:
    """Inside the block weights are asked for shape, dtype and device alone, as PEFT does where it adds an adapter.

    Unpacked between tensors that stay, each would leave a gap in the heap as large as itself.
    """
    token = _SHAPES_ONLY.set(True)
    try:
        yield
    finally:
        _SHAPES_ONLY.reset(token)


@cache
def buffer(shape: torch.Size, dtype: torch.dtype, device: torch.device) -> Tensor:
    """One for all layers of a shape."""
    return torch.empty(shape, dtype=dtype, device=device)


def _give_back() -> None:
    """What glibc keeps of freed tensors, back to the system: what packing took would else be held ever after."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
