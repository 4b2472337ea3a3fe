"""AdamW over the adapter, with its state as plain named tensors (never pickle)."""

import math
from collections.abc import Mapping
from typing import Final

import torch
from torch import Tensor
from torch.nn import Parameter

BETAS: Final = (0.9, 0.999)
MOMENTS: Final = ("exp_avg", "exp_avg_sq", "step")


class Optimizer:
    """AdamW (0.9, 0.999) with gradient clipping; the rate is given at every step."""

    def __init__(self, parameters: Mapping[str, Parameter], *, weight_decay: float, max_grad_norm: float) -> None:
        """`max_grad_norm` 0 switches clipping off."""
        self._named = dict(parameters)
        self._limit = max_grad_norm or math.inf
        self._adamw = torch.optim.AdamW(
            list(self._named.values()), lr=0.0, betas=BETAS, weight_decay=weight_decay, fused=True
        )

    def clip(self) -> float:
        """The gradient's norm before clipping; a norm that is not finite leaves the gradient useless."""
        return float(torch.nn.utils.clip_grad_norm_(list(self._named.values()), self._limit))

    def step(self, rate: float) -> None:
        """One update at `rate`."""
        for group in self._adamw.param_groups:
            group["lr"] = rate
        self._adamw.step()

    def drop_gradients(self) -> None:
        """Forget the gradient of a step, finished or not."""
        self._adamw.zero_grad(set_to_none=True)

    def state_tensors(self) -> dict[str, Tensor]:
        """`{parameter}/{moment}` for every parameter that was stepped, on the processor."""
        return {
            f"{name}/{moment}": self._adamw.state[parameter][moment].detach().cpu().contiguous()
            for name, parameter in self._named.items()
            if parameter in self._adamw.state
            for moment in MOMENTS
        }

    def load_tensors(self, tensors: Mapping[str, Tensor]) -> None:
        """Inverse of `state_tensors`. Raises KeyError when a moment is missing."""
        self._adamw.state.clear()
        for name, parameter in self._named.items():
            if f"{name}/step" in tensors:
                moments = {moment: tensors[f"{name}/{moment}"] for moment in MOMENTS}
                self._adamw.state[parameter] = {key: value.to(parameter.device, copy=True) for key, value in moments.items()}
