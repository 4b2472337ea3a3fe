"""AdamW, of 32 or of 8 bits, or Adafactor over the adapter, with its state as plain named tensors (never pickle)."""

import math
from collections.abc import Mapping
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import Parameter

from .bnb import bitsandbytes
from .config import OptimizerName, Settings
from .variants import B_HALF, LORA_PLUS_RATIO

BETAS: Final = (0.9, 0.999)
WHOLE_MOMENTS: Final = {
    "adamw": ("exp_avg", "exp_avg_sq", "step"),
    "adamw_8bit": ("state1", "state2", "step"),
    "adafactor": ("exp_avg_sq", "step"),
}
# Adafactor keeps sums over the rows and the columns of a matrix instead of one number for each of its weights.
FACTORED_MOMENTS: Final = ("exp_avg_sq_row", "exp_avg_sq_col", "step")
# Of eight bits are the moments of tensors of this size and more, in blocks with a scale each; those of others are whole.
LEAST_8BIT: Final = 4096
EIGHT_BIT_MOMENTS: Final = (*WHOLE_MOMENTS["adamw_8bit"], "absmax1", "absmax2")
# What a byte of the first and of the second moment stands for, (256,) each: the same for all tensors.
CODES: Final = {"code/qmap1": "dynamic", "code/qmap2": "udynamic"}
COUNTED_PLAINLY: Final = ("adafactor", "adamw_8bit")


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
        """`{parameter}/{moment}` for every parameter that was stepped, and of eight bits their code, on the processor."""
        return self._codes() | {
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
            if self._kind in COUNTED_PLAINLY:
                state["step"] = int(state["step"])
            if "absmax1" in state:
                state |= {name.removeprefix("code/"): tensors[name].to(parameter.device) for name in CODES}
            self._optimizer.state[parameter] = state

    def _moments(self, parameter: Parameter) -> tuple[str, ...]:
        if self._kind == "adafactor" and parameter.dim() > 1:
            return FACTORED_MOMENTS
        if self._kind == "adamw_8bit" and parameter.numel() >= LEAST_8BIT:
            return EIGHT_BIT_MOMENTS
        return WHOLE_MOMENTS[self._kind]

    def _codes(self) -> dict[str, Tensor]:
        if self._kind != "adamw_8bit":
            return {}
        made: Any = self._optimizer
        return {name: made.name2qmap[kind].detach().cpu() for name, kind in CODES.items()}


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
    """Torch's AdamW, bitsandbytes' of 8 bits (Dettmers et al. 2022), or transformers' Adafactor.

    The last is at the rate that it is given: its own rate is relative to a tensor's size, and B begins as zero.
    Raises `library_unavailable`.
    """
    if kind == "adamw":
        return torch.optim.AdamW(groups, lr=0.0, betas=BETAS, weight_decay=weight_decay, fused=True)
    if kind == "adamw_8bit":
        eight_bit: torch.optim.Optimizer = bitsandbytes().optim.AdamW8bit(
            groups, lr=0.0, betas=BETAS, weight_decay=weight_decay, min_8bit_size=LEAST_8BIT
        )
        return eight_bit
    from transformers.optimization import Adafactor  # noqa: PLC0415 (seconds to import, after the checks)

    adafactor: Any = Adafactor  # untyped, like much of that library
    made: torch.optim.Optimizer = adafactor(
        groups, lr=0.0, scale_parameter=False, relative_step=False, weight_decay=weight_decay
    )
    return made
