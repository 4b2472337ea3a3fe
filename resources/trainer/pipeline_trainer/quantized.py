"""A base model of fewer bits: its linear layers are packed when it is loaded, and unpacked one at a time to compute.

int8  one byte a weight and a scale for each row, w ≈ q · max|row| ÷ 127 (the weights of Dettmers et al. 2022).
nf4   four bits a weight in blocks of 64, whose scales are packed in turn: 0.516 bytes (Dettmers et al. 2023).

Only weights are rounded, never what flows through them: a row's numbers do not depend on what is in its batch, and
packed stays equal to separate, and a step to the same step in smaller passes. Embeddings, the last projection, norms
and biases stay as they are. The adapter learns in float32 beside the packed weights (QLoRA).
"""

from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor

from .bnb import bitsandbytes
from .config import Quantization
from .errors import TrainerError
from .held import Here, Keep, Store, buffer, hold

INT8_LARGEST: Final = 127.0


@dataclass(frozen=True, slots=True)
class Int8:
    """`values` (out, in) int8; `scales` (out, 1) float32; `dtype`: what the run computes in.

    Plain attributes, no buffers: what casts a model must not cast these.
    """

    values: Store
    scales: Tensor
    dtype: torch.dtype

    def weight(self) -> Tensor:
        """(out, in)."""
        return (self.values.borrowed() * self.scales).to(self.dtype)

    def borrowed(self) -> Tensor:
        """The same for one product: the next layer of that shape writes over it."""
        values = self.values.borrowed()
        return torch.mul(values, self.scales, out=buffer(values.shape, self.dtype, values.device))


@dataclass(frozen=True, slots=True)
class Nf4:
    """`values` uint8, two weights each; `state`: bitsandbytes' scales and shape; `dtype`: what the run computes in."""

    values: Store
    state: Any
    dtype: torch.dtype

    def weight(self) -> Tensor:
        """(out, in)."""
        unpacked: Tensor = bitsandbytes().functional.dequantize_4bit(self.values.borrowed(), self.state)
        return unpacked

    def borrowed(self) -> Tensor:
        """Its own: the library's kernel for processors takes no buffer."""
        return self.weight()


Packed = Int8 | Nf4


def quantize(model: Any, how: Quantization, *, dtype: torch.dtype, device: torch.device, keep: Keep = Here) -> None:
    """Pack the linear layers of `model` in place, one after the other, each on `device`; `keep` says where they then lie.

    Raises `quantization_unavailable` where the architecture has none, and `library_unavailable`.
    """
    if not hold(model, lambda weight: pack(weight.to(device).float(), how, dtype, keep=keep)):
        raise TrainerError(
            "quantization_unavailable",
            "This architecture has no linear layers that can be quantised.",
            hint="Train it with quantization none, or choose another base model.",
        )


def pack(weight: Tensor, how: Quantization, dtype: torch.dtype, *, keep: Keep = Here) -> Packed:
    """`weight` (out, in) float32 in fewer bits, to be unpacked as `dtype`."""
    if how == "int8":
        scales = weight.abs().amax(dim=1, keepdim=True) / INT8_LARGEST  # (out, 1)
        # A row of zeros has no scale, and needs none.
        values = (weight / scales.clamp(min=torch.finfo(torch.float32).tiny)).round().to(torch.int8)
        return Int8(keep(values), scales, dtype)
    values, state = bitsandbytes().functional.quantize_4bit(weight, quant_type="nf4", compress_statistics=True)
    state.dtype = dtype
    return Nf4(keep(values), state, dtype)
