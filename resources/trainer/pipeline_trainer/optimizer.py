"""AdamW or Adafactor over the adapter, with its state as plain named tensors (never pickle)."""

import math
from collections.abc import Mapping
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import Parameter

from .config import OptimizerName, Settings
from .variants import B_HALF, LORA_PLUS_RATIO

BETAS: Final = (0.9, 0.999)
WHOLE_MOMENTS: Final = {"adamw": ("exp_avg", "exp_avg_sq", "step"), "adafactor": ("exp_avg_sq", "step")}
# Adafactor keeps sums over the rows and the columns of a matrix instead of one number for each of its weights.
FACTORED_MOMENTS: Final = ("exp_avg_sq_row", "exp_avg_sq_col", "step")


class Optimizer:
    """One of the optimizers, with gradient clipping; the rate is given at every step."""

    def __init__(
        self,
        parameters: Mapping[str, Parameter],
        *,
        weight_decay: float,
        max_grad_norm: float,
        kind: OptimizerName = "adamw",
        ratio_of_b: float = 1.0,
    ) -> None:
        """`max_grad_norm` 0 switches clipping off; `ratio_of_b`: by how much the B halves learn faster."""
        self._named = dict(parameters)
        self._limit = max_grad_norm or math.inf
        self._kind = kind
        halves: dict[float, list[Parameter]] = {}
        for name, parameter in self._named.items():
            halves.setdefault(ratio_of_b if B_HALF in name else 1.0, []).append(parameter)
        groups = [{"params": members, "ratio": ratio} for ratio, members in halves.items()]
        self._optimizer = make(kind, groups, weight_decay=weight_decay)

    def clip(self) -> float:
        """The gradient's norm before clipping; a norm that is not finite leaves the gradient useless."""
        return float(torch.nn.utils.clip_grad_norm_(list(self._named.values()), self._limit))

    def step(self, rate: float) -> None:
        """One update at `rate`."""
        for group in self._optimizer.param_groups:
            group["lr"] = rate * group["ratio"]
        self._optimizer.step()

    def drop_gradients(self) -> None:
        """Forget the gradient of a step, finished or not."""
        self._optimizer.zero_grad(set_to_none=True)

    def state_tensors(self) -> dict[str, Tensor]:
        """`{parameter}/{moment}` for every parameter that was stepped, on the processor."""
        return {
            f"{name}/{moment}": torch.as_tensor(self._optimizer.state[parameter][moment]).detach().cpu().contiguous()
            for name, parameter in self._named.items()
            if parameter in self._optimizer.state
            for moment in self._moments(parameter)
        }

    def load_tensors(self, tensors: Mapping[str, Tensor]) -> None:
        """Inverse of `state_tensors`. Raises KeyError when a moment is missing."""
        self._optimizer.state.clear()
        for name, parameter in self._named.items():
            if f"{name}/step" not in tensors:
                continue
            state: dict[str, Any] = {
                moment: tensors[f"{name}/{moment}"].to(parameter.device, copy=True) for moment in self._moments(parameter)
            }
            # Adafactor counts in plain numbers.
            self._optimizer.state[parameter] = {**state, "step": int(state["step"])} if self._kind == "adafactor" else state

    def _moments(self, parameter: Parameter) -> tuple[str, ...]:
        factored = self._kind == "adafactor" and parameter.dim() > 1
        return FACTORED_MOMENTS if factored else WHOLE_MOMENTS[self._kind]


def optimizer_for(parameters: Mapping[str, Parameter], settings: Settings) -> Optimizer:
    """The optimizer that a job asks for."""
    return Optimizer(
        parameters,
        weight_decay=settings.weight_decay,
        max_grad_norm=settings.max_grad_norm,
        kind=settings.optimizer,
        ratio_of_b=LORA_PLUS_RATIO if settings.variant == "lora_plus" else 1.0,
    )


def make(kind: OptimizerName, groups: list[dict[str, Any]], *, weight_decay: float) -> torch.optim.Optimizer:
    """Torch's AdamW, or transformers' Adafactor at the rate that it is given.

    Adafactor's own rate is relative to a tensor's size, and B begins as zero: it would hardly move.
    """
    if kind == "adamw":
        return torch.optim.AdamW(groups, lr=0.0, betas=BETAS, weight_decay=weight_decay, fused=True)
    from transformers.optimization import Adafactor  # noqa: PLC0415 (seconds to import, after the checks)

    adafactor: Any = Adafactor  # untyped, like much of that library
    made: torch.optim.Optimizer = adafactor(
        groups, lr=0.0, scale_parameter=False, relative_step=False, weight_decay=weight_decay
    )
    return made
