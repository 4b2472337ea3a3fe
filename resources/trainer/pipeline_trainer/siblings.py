"""Layers that read the same input one after the other, as queries, keys and values do: their products are made at once.

Which they are is seen in a pass of the model, not known by name. The first that is called makes the outputs of all,
and the others fetch theirs, as long as they come with that very input.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final
from weakref import WeakSet

import torch
from torch import Tensor, nn

PROBE_IDS: Final = [[0, 1, 2]]
# What a model raises that takes more than tokens.
UNFIT: Final = (TypeError, ValueError, AttributeError, RuntimeError, NotImplementedError)

_living: Final["WeakSet[Siblings]"] = WeakSet()

Compute = Callable[[Sequence[Any], Tensor], Sequence[Tensor]]


class Siblings:
    """One layer or several, whose outputs `compute` makes of the input that they share."""

    def __init__(self, layers: Sequence[Any], compute: Compute) -> None:
        """`layers` in the order in which they are called."""
        self.layers = tuple(layers)
        self._compute = compute
        self._input: Tensor | None = None
        self._version = 0
        self._waiting: dict[Any, Tensor] = {}
        _living.add(self)

    def forget(self) -> None:
        """Hold nothing: of a pass that failed half-way nobody fetches what waits, nor the graph behind it."""
        self._input, self._waiting = None, {}

    def output(self, layer: Any, x: Tensor) -> Tensor:
        """What `layer` makes of `x`, made now or when the first sibling was asked."""
        if len(self.layers) == 1:
            return self._compute(self.layers, x)[0]
        if self._input is not x or self._version != x._version or layer not in self._waiting:  # noqa: SLF001 (torch's count of writes)
            self._waiting = dict(zip(self.layers, self._compute(self.layers, x), strict=True))
            self._input, self._version = x, x._version  # noqa: SLF001 (the same)
        y = self._waiting.pop(layer)
        if not self._waiting:
            self._input = None
        return y


def forget_failed_pass() -> None:
    """Let go of what siblings of any model still wait with."""
    for siblings in _living:
        siblings.forget()


@torch.no_grad()
def families(model: nn.Module, layers: Iterable[Any]) -> list[list[Any]]:
    """`layers` by what they read in a pass of `model`: those of one parent that got the same tensor are together."""
    asked: list[tuple[Any, object]] = []
    parents = {id(child): parent for parent in model.modules() for child in parent.children()}
    alone = list(layers)

    def note(layer: Any, inputs: tuple[object, ...]) -> None:
        asked.append((layer, inputs[0] if inputs else object()))

    hooks = [layer.register_forward_pre_hook(note) for layer in alone]
    training = model.training
    model.eval()
    try:
        model(input_ids=torch.tensor(PROBE_IDS, device=next(model.parameters()).device), use_cache=False)
    except UNFIT:
        return [[layer] for layer in alone]
    finally:
        model.train(training)
        for hook in hooks:
            hook.remove()
    return _together(alone, asked, parents)


def _together(layers: Sequence[Any], asked: Sequence[tuple[Any, object]], parents: dict[int, nn.Module]) -> list[list[Any]]:
    calls: dict[int, int] = {}
    for layer, _ in asked:
        calls[id(layer)] = calls.get(id(layer), 0) + 1
    found: dict[tuple[int, int], list[Any]] = {}
    for layer, read in asked:
        if calls[id(layer)] == 1:
            found.setdefault((id(parents.get(id(layer))), id(read)), []).append(layer)
    rest = [[layer] for layer in layers if calls.get(id(layer)) != 1]
    return [*found.values(), *rest]
