"""A base model of fewer bits: its linear layers are packed when it is loaded, and unpacked one at a time to compute.

int8  one byte a weight and a scale for each row, w ≈ q · max|row| ÷ 127 (the weights of Dettmers et al. 2022).
nf4   four bits a weight in blocks of 64, whose scales are packed in turn: 0.516 bytes (Dettmers et al. 2023).

Only weights are rounded, never what flows through them: a row's numbers do not depend on what is in its batch, and
packed stays equal to separate, and a step to the same step in smaller passes. Embeddings, the last projection, norms
and biases stay as they are. The adapter learns in float32 beside the packed weights (QLoRA).
"""

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from .bnb import bitsandbytes
from .config import Quantization
from .errors import TrainerError

INT8_LARGEST: Final = 127.0
_SHAPES_ONLY: Final = ContextVar("shapes_only", default=False)


@dataclass(frozen=True, slots=True)
class Int8:
    """`values` (out, in) int8; `scales` (out, 1) float32; `dtype`: what the run computes in.

    Plain attributes, no buffers: what casts a model must not cast these.
    """

    values: Tensor
    scales: Tensor
    dtype: torch.dtype

    def weight(self) -> Tensor:
        """(out, in)."""
        return (self.values * self.scales).to(self.dtype)

    def borrowed(self) -> Tensor:
        """The same for one product: the next layer of that shape writes over it."""
        return torch.mul(self.values, self.scales, out=_buffer(self.values.shape, self.dtype, self.values.device))


@dataclass(frozen=True, slots=True)
class Nf4:
    """`values` uint8, two weights each; `state`: bitsandbytes' scales and shape; `dtype`: what the run computes in."""

    values: Tensor
    state: Any
    dtype: torch.dtype

    def weight(self) -> Tensor:
        """(out, in)."""
        unpacked: Tensor = bitsandbytes().functional.dequantize_4bit(self.values, self.state)
        return unpacked

    def borrowed(self) -> Tensor:
        """Its own: the library's kernel for processors takes no buffer."""
        return self.weight()


Packed = Int8 | Nf4


class QuantizedLinear(nn.Linear):
    """A frozen linear layer over a packed weight. A subclass, because PEFT adapts what is an `nn.Linear`."""

    def __init__(self, packed: Packed, layer: nn.Linear) -> None:
        """In the place of `layer`, with its bias."""
        nn.Module.__init__(self)
        self.in_features = layer.in_features
        self.out_features = layer.out_features
        self.packed = packed
        self.bias = layer.bias

    @property
    def weight(self) -> Tensor:  # type: ignore[override]  # computed each time it is asked for, as DoRA and PiSSA do
        """(out, in), unpacked; inside `shapes_only` a stand-in without numbers."""
        if not _SHAPES_ONLY.get():
            return self.packed.weight()
        alone = torch.zeros((), dtype=self.packed.dtype, device=self.packed.values.device)
        return alone.expand(self.out_features, self.in_features)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 (torch's name)
        """(…, in) → (…, out)."""
        made: Tensor = _Product.apply(input, self.packed, self.bias)
        return made


class _Product(torch.autograd.Function):
    """A linear layer that keeps its packed weight for the backward instead of the unpacked one."""

    @staticmethod
    def forward(ctx: Any, inputs: Tensor, packed: Packed, bias: Tensor | None) -> Tensor:  # noqa: PLR0917 (torch's)
        """Shapes as in `QuantizedLinear`."""
        ctx.packed = packed
        return functional.linear(inputs, packed.borrowed(), bias)

    @staticmethod
    def backward(ctx: Any, of_outputs: Tensor) -> tuple[Tensor, None, None]:
        """The gradient of the inputs; weight and bias are frozen."""
        return of_outputs @ ctx.packed.borrowed(), None, None


@torch.no_grad()
def quantize(model: Any, how: Quantization, *, dtype: torch.dtype, device: torch.device) -> None:
    """Pack the linear layers of `model` in place, one after the other, each on `device`.

    Raises `quantization_unavailable` where the architecture has none, and `library_unavailable`.
    """
    head = model.get_output_embeddings()
    found = [(name, layer) for name, layer in model.named_modules() if type(layer) is nn.Linear and layer is not head]
    if not found:
        raise TrainerError(
            "quantization_unavailable",
            "This architecture has no linear layers that can be quantised.",
            hint="Train it with quantization none, or choose another base model.",
        )
    for name, layer in found:
        packed = pack(layer.weight.detach().to(device).float(), how, dtype)
        model.set_submodule(name, QuantizedLinear(packed, layer))
        _give_back()


def pack(weight: Tensor, how: Quantization, dtype: torch.dtype) -> Packed:
    """`weight` (out, in) float32 in fewer bits, to be unpacked as `dtype`."""
    if how == "int8":
        scales = weight.abs().amax(dim=1, keepdim=True) / INT8_LARGEST  # (out, 1)
        # A row of zeros has no scale, and needs none.
        return Int8((weight / scales.clamp(min=torch.finfo(torch.float32).tiny)).round().to(torch.int8), scales, dtype)
    values, state = bitsandbytes().functional.quantize_4bit(weight, quant_type="nf4", compress_statistics=True)
    state.dtype = dtype
    return Nf4(values, state, dtype)


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
def _buffer(shape: torch.Size, dtype: torch.dtype, device: torch.device) -> Tensor:
    return torch.empty(shape, dtype=dtype, device=device)


def _give_back() -> None:
    """What glibc keeps of freed tensors, back to the system: what packing took would else be held ever after."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def packed_count(model: nn.Module) -> int:
    """Weights that are no parameters of `model` because they are packed."""
    layers = (layer for layer in model.modules() if isinstance(layer, QuantizedLinear))
    return sum(layer.in_features * layer.out_features for layer in layers)
