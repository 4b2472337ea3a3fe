"""Where the base model's linear layers lie when a card is too small for them: what `base` of a memory plan says.

kept       on the device.
offloaded  in the processor's memory, page-locked where there is a card, and copied to it for each product.

The copy has every bit of the weight, and so have the products: a run may go on with another of them.
"""

from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor

from .config import BasePlace, MemoryPlan
from .held import Keep, buffer, held_layers


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


PLACES: Final[dict[type[Any], BasePlace]] = {OnHost: "offloaded"}


def keep_for(plan: MemoryPlan | None, device: torch.device) -> Keep | None:
    """What puts a weight where the plan wants it; None where it stays."""
    if plan is None or plan.base == "kept":
        return None

    def on_host(tensor: Tensor) -> OnHost:
        here = tensor.cpu()
        return OnHost(here.pin_memory() if device.type == "cuda" else here, device)

    return on_host


def place_of_base(model: Any) -> BasePlace:
    """Where the linear layers of `model` lie."""
    return next((PLACES.get(type(layer.form.values), "kept") for layer in held_layers(model)), "kept")
