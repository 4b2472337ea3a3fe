"""Where the base model's linear layers lie when a card is too small for them: what `base` of a memory plan says.

kept       on the device.
offloaded  in the processor's memory, page-locked where there is a card, and copied to it for each product.
sharded    the same, of each process a part, collected from all for each product; of one process that is offloaded.

The copy has every bit of the weight, and so have the products: a run may go on with another of them.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import torch
from torch import Tensor

from .config import BasePlace, MemoryPlan
from .held import Keep, buffer, held_layers
from .team import Processes, Team


@dataclass(frozen=True, slots=True)
class OnHost:
    """`tensor` lies in the processor's memory; `device`: where it is computed with."""

    tensor: Tensor
    device: torch.device

    def fetched(self) -> Tensor:
        """A copy."""
        return self.tensor.to(self.device, copy=True)

    def borrowed(self) -> Tensor:
        """A copy, on a card made in turn with its other work, so that nobody waits; on the processor in a shared buffer."""
        if self.device.type == "cpu":
            return buffer(self.tensor.shape, self.tensor.dtype, self.device).copy_(self.tensor)
        return self.tensor.to(self.device, non_blocking=True)


@dataclass(frozen=True, slots=True)
class InParts:
    """Each process of `team` holds a part of it, as `number`; `device`: where it is computed with."""

    number: int
    shape: torch.Size
    dtype: torch.dtype
    team: Processes
    device: torch.device

    def fetched(self) -> Tensor:
        """A copy."""
        return self._whole().to(self.device, copy=True)

    def borrowed(self) -> Tensor:
        """On the processor where the team collects it, on a card a copy."""
        return self._whole().to(self.device)

    def _whole(self) -> Tensor:
        length = self.shape.numel() * self.dtype.itemsize
        return self.team.whole(self.number)[:length].view(self.dtype).view(self.shape)


PLACES: Final[dict[type[Any], BasePlace]] = {OnHost: "offloaded", InParts: "sharded"}


def keep_for(plan: MemoryPlan | None, device: torch.device, team: Team) -> Keep | None:
    """What puts a weight where the plan wants it; None where it stays."""
    if plan is None or plan.base == "kept":
        return None
    if plan.base == "sharded" and isinstance(team, Processes):
        return partial(_in_parts, team=team, device=device)
    return partial(_on_host, device=device)


def _on_host(tensor: Tensor, *, device: torch.device) -> OnHost:
    here = tensor.cpu()
    return OnHost(here.pin_memory() if device.type == "cuda" else here, device)


def _in_parts(tensor: Tensor, *, team: Processes, device: torch.device) -> InParts:
    return InParts(team.hold(tensor), tensor.shape, tensor.dtype, team, device)


def place_of_base(model: Any) -> BasePlace:
    """Where the linear layers of `model` lie."""
    return next((PLACES.get(type(layer.form.values), "kept") for layer in held_layers(model)), "kept")
