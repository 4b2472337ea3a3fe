"""Tensors that are not kept for the backward but made again from what is kept anyway.

A norm's output and an activation's product are read by the adapters beside the next products, which need them
again in the backward. Each is cheap to make from tensors that its own backward keeps: the tensor carries a recipe,
and who would have kept it keeps the recipe's tensors instead, which costs nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

from torch import Tensor

NAME: Final = "_pipeline_recipe"
_KEEPING: Final = ContextVar("keeping", default=False)


@dataclass(slots=True)
class Recipe:
    """`make` gives the tensor again from `tensors`, bit for bit.

    Several may read one tensor (q, k and v): it is made for the first that asks, and dropped with the last.
    """

    tensors: tuple[Tensor, ...]
    make: Callable[..., Tensor]
    readers: int = 0
    _made: list[Tensor] = field(default_factory=list)

    def read(self) -> tuple[Tensor, ...]:
        """What a reader keeps in the tensor's place; it will ask once for the tensor."""
        self.readers += 1
        return self.tensors

    def again(self, tensors: Sequence[Tensor]) -> Tensor:
        """The tensor, of what the reader kept."""
        made = self._made.pop() if self._made else self.make(*tensors)
        self.readers -= 1
        if self.readers > 0:
            self._made.append(made)
        return made


def carry(made: Tensor, tensors: Sequence[Tensor], make: Callable[..., Tensor]) -> Tensor:
    """`made`, with its recipe."""
    if _KEEPING.get():
        return made
    setattr(made, NAME, Recipe(tuple(tensor.detach() for tensor in tensors), make))
    return made


def recipe_of(tensor: Tensor) -> Recipe | None:
    """The recipe that a tensor carries."""
    found: Recipe | None = getattr(tensor, NAME, None)
    return found


@contextmanager
def keeping() -> Iterator[None]:
    """Inside the block what is made is kept, as anything else: more memory, and nothing is made twice."""
    token = _KEEPING.set(True)
    try:
        yield
    finally:
        _KEEPING.reset(token)


def drop_recipe(value: object) -> None:
    """From here on `value` is kept like any other tensor."""
    if hasattr(value, NAME):
        delattr(value, NAME)
