"""Float32 from weights of 16 bit, a block at a time: what a comparison takes does not grow with the depth of a model.

Widening is exact, so that the numbers are those of the whole model in float32. Only what an architecture itself makes in
the precision of its weights (Gemma's scale of the embedding) stays as rounded as it is in training.
"""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import Parameter

Kept = list[tuple[Parameter, Tensor]]


def compute_in_float32(model: nn.Module) -> None:
    """From here on each block's weights are float32 while it computes; before and after, they are as they were.

    To be called before an adapter is put on: its layers stand inside the blocks.
    """
    for block in blocks(model):
        kept: Kept = []
        block.register_forward_pre_hook(widening(kept))
        block.register_forward_hook(narrowing(kept), always_call=True)


def blocks(module: nn.Module) -> Iterator[nn.Module]:
    """The members of the outermost lists (a model's layers), and outside of them what has weights of its own.

    A layer is one block, for its parts may read each other's weights.
    """
    for child in module.children():
        if isinstance(child, nn.ModuleList):
            yield from child
        elif next(child.parameters(recurse=False), None) is not None:
            yield child
        else:
            yield from blocks(child)


def widening(kept: Kept) -> Any:
    """A hook that puts what it widens into `kept`."""

    def widen(block: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        for parameter in block.parameters():
            if parameter.is_floating_point() and parameter.dtype != torch.float32:
                kept.append((parameter, parameter.data))
                parameter.data = parameter.data.float()
        # Some models (Mamba) narrow what they give to their head, by the weight that they see before this.
        return tuple(value.float() if torch.is_tensor(value) and value.is_floating_point() else value for value in inputs)

    return widen


def narrowing(kept: Kept) -> Any:
    """A hook that puts back what is in `kept`."""

    def narrow(*_block_inputs_and_outputs: Any) -> None:
        for parameter, data in kept:
            parameter.data = data
        kept.clear()

    return narrow
