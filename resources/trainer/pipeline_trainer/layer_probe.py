"""A layer of a model run two ways, on its own weights and on what really comes to it."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, NoReturn

import torch
from torch import Tensor, nn

from . import rng

PROBE_TOKENS: Final = 32
PROBE_SEED: Final = 0
# Of bfloat16.
LAST_BIT: Final = 2**-8


_Inputs = tuple[tuple[Any, ...], dict[str, Any]]


class _ReachedError(Exception):
    def __init__(self, inputs: tuple[Any, ...], options: dict[str, Any]) -> None:
        super().__init__()
        self.inputs, self.options = inputs, options


def difference(model: Any, layer: nn.Module, *, put: Callable[[], object], take: Callable[[], object]) -> float:
    """By how many times what rounding moves `put` moves what `layer` gives, or a gradient of its input and adapters.

    What rounding moves differs by tensor, of queries by ten times as much as of values; so it is measured, by an input
    that differs in its last bit. `take` undoes `put`, which is in force afterwards; weights and generators are as they were.
    """
    training = model.training
    model.eval()
    try:
        with rng.isolated(PROBE_SEED), torch.enable_grad(), _at_work(layer) as halves:
            hidden, inputs = _what_comes_to(model, layer)
            plain = _outcome(layer, hidden, inputs, halves=halves)
            rounded = _outcome(layer, _in_the_last_bit(hidden), inputs, halves=halves)
            put()
            own = _outcome(layer, hidden, inputs, halves=halves)
    except BaseException:
        take()
        raise
    finally:
        model.train(training)
    ratios = [_ratio(*each) for each in zip(own, rounded, plain, strict=True)]
    return float(torch.stack(ratios).max())  # which keeps what is no number


def _ratio(own: Tensor, rounded: Tensor, plain: Tensor) -> Tensor:
    plain = plain.float()
    usual = (rounded.float() - plain).norm() + LAST_BIT / 2 * plain.norm()
    ratio: Tensor = (own.float() - plain).norm() / usual.clamp(min=torch.finfo(torch.float32).tiny)
    return ratio


def _in_the_last_bit(hidden: Tensor) -> Tensor:
    noise = torch.rand(hidden.shape, generator=torch.Generator().manual_seed(PROBE_SEED)).to(hidden.device)
    return (hidden.float() * (1 + LAST_BIT * (2 * noise - 1))).to(hidden.dtype)


@contextmanager
def _at_work(layer: nn.Module) -> Iterator[list[nn.Parameter]]:
    """Trained tensors at random numbers: before the first step half of an adapter is zero, and with it gradients."""
    halves = [parameter for parameter in layer.parameters() if parameter.requires_grad]
    kept = [parameter.data for parameter in halves]
    try:
        for parameter in halves:
            parameter.data = torch.randn_like(parameter) / math.sqrt(parameter.shape[-1])
        yield halves
    finally:
        for parameter, data in zip(halves, kept, strict=True):
            parameter.data = data


def _what_comes_to(model: Any, layer: nn.Module) -> tuple[Tensor, _Inputs]:
    """Hidden states, and what else."""

    def reached(_layer: nn.Module, inputs: tuple[Any, ...], options: dict[str, Any]) -> NoReturn:
        raise _ReachedError(inputs, options)

    embedding = model.get_input_embeddings().weight
    ids = torch.arange(PROBE_TOKENS, device=embedding.device)[None] % len(embedding)
    hook = layer.register_forward_pre_hook(reached, with_kwargs=True)
    try:
        with torch.no_grad():
            model(input_ids=ids, use_cache=False)
    except _ReachedError as found:
        return found.inputs[0], (found.inputs[1:], found.options)
    finally:
        hook.remove()
    raise RuntimeError("the model does not use its layers")


def _outcome(layer: nn.Module, hidden: Tensor, inputs: _Inputs, *, halves: list[nn.Parameter]) -> list[Tensor]:
    hidden = hidden.detach().requires_grad_()
    given = layer(hidden, *inputs[0], **inputs[1])
    output: Tensor = given if isinstance(given, Tensor) else given[0]
    pull = torch.randn(output.shape, generator=torch.Generator().manual_seed(PROBE_SEED)).to(output)
    gradients = torch.autograd.grad(output, (hidden, *halves), pull, allow_unused=True)
    return [output.detach(), *(each for each in gradients if each is not None)]
