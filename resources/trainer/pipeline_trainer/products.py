"""How long the matrix products of one optimizer step take: a figure after three seconds, without loading the model.

A step of LoRA multiplies by every base weight once forward and once backward (the gradient of its input); what else
happens costs a part of that. So the products of rows as long as the limit allows stand for a step of usual rows.
"""

import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import torch
from safetensors import safe_open

from .hardware import Compute

REPEATS: Final = 3
MATRIX: Final = 2
Shape = tuple[int, int]  # (outputs, inputs) of a linear layer


def step_ms(base_model: Path, *, tokens: int, compute: Compute) -> float:
    """Milliseconds that the products of `tokens` tokens take, forward and backward, in the precision of the run."""
    shapes = Counter(linear_shapes(base_model))
    return 1000 * sum(count * _seconds(shape, tokens, compute) for shape, count in shapes.items())


def linear_shapes(base_model: Path) -> Iterable[Shape]:
    """The weight matrices of every layer, from the headers alone; embeddings are looked up, not multiplied."""
    for file in sorted(base_model.glob("*.safetensors")):
        with safe_open(file, framework="pt") as tensors:
            for name in tensors.keys():  # noqa: SIM118 (not a mapping)
                shape = tensors.get_slice(name).get_shape()
                if len(shape) == MATRIX and "embed" not in name:
                    yield shape[0], shape[1]


def _seconds(shape: Shape, tokens: int, compute: Compute) -> float:
    """The quickest of a few: what the layer needs when nothing else disturbs it."""
    outputs, inputs = shape
    weight = torch.full((outputs, inputs), 0.01, dtype=compute.dtype, device=compute.device)
    rows = torch.full((tokens, inputs), 0.01, dtype=compute.dtype, device=compute.device)
    return min(_timed(rows, weight, compute) for _ in range(1 + REPEATS))


def _timed(rows: torch.Tensor, weight: torch.Tensor, compute: Compute) -> float:
    _wait(compute)
    started = time.perf_counter()
    (rows @ weight.T) @ weight  # [tokens, outputs], then [tokens, inputs] as the gradient is
    _wait(compute)
    return time.perf_counter() - started


def _wait(compute: Compute) -> None:
    if compute.device.type == "cuda":
        torch.cuda.synchronize(compute.device)
