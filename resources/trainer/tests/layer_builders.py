"""Adapted layers of 16 bit, and what they should give."""

from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from torch import Tensor, nn
from torch.nn import functional

from pipeline_trainer.lora_layer import as_one_function, outputs_of
from pipeline_trainer.siblings import Siblings

TOKENS, WIDTH, OUT = 40, 48, 24


def make_layer(*, dropout: float = 0.0, bias: bool = False, dtype: torch.dtype = torch.bfloat16, **how: Any) -> Any:
    """PEFT's layer beside a product, with halves that are both at work."""
    torch.manual_seed(3)
    base = nn.Sequential(nn.Linear(WIDTH, OUT, bias=bias)).to(dtype)
    config = LoraConfig(r=4, lora_alpha=8, lora_dropout=dropout, target_modules=["0"], **how)
    layer: Any = get_peft_model(base, config).base_model.model[0]
    for half in (layer.lora_A, layer.lora_B):
        half["default"].weight.data = torch.randn(half["default"].weight.shape) / 6
    return layer


def results(layer: Any, forward: Any, x: Tensor) -> list[Tensor]:
    """Output, and the gradients of input and halves."""
    halves = (layer.lora_A["default"].weight, layer.lora_B["default"].weight)
    y = forward(layer, x)
    weights = torch.linspace(-1, 1, y.numel()).view(y.shape)
    return [y.detach(), *torch.autograd.grad((y.float() * weights).sum(), (x, *halves))]


def exact(layer: Any, x: Tensor, kept: Tensor | None = None) -> list[Tensor]:
    """The same in float64, of the numbers as they are; `kept` is what dropout left, already scaled."""
    wide = x.detach().double().requires_grad_()
    weight, bias = layer.base_layer.weight.double(), layer.base_layer.bias
    a, b = (half["default"].weight.detach().double().requires_grad_() for half in (layer.lora_A, layer.lora_B))
    dropped = wide if kept is None else wide * kept
    y = functional.linear(wide, weight, None if bias is None else bias.double())
    y = y + dropped @ a.T @ b.T * layer.scaling["default"]
    weights = torch.linspace(-1, 1, y.numel()).view(y.shape)
    return [y.detach(), *torch.autograd.grad((y * weights).sum(), (wide, a, b))]


def alone(layer: Any, x: Tensor) -> Tensor:
    """The layer by itself, as one function."""
    return as_one_function(Siblings([layer], outputs_of), layer, x)


def errors(found: list[Tensor], wanted: list[Tensor]) -> list[float]:
    """How far each is from what is wanted, of its size."""
    return [float((one.double() - other).norm() / other.norm()) for one, other in zip(found, wanted, strict=True)]


def make_input() -> Tensor:
    """(2, TOKENS / 2, WIDTH), asking for its gradient."""
    return torch.randn(2, TOKENS // 2, WIDTH, generator=torch.Generator().manual_seed(5)).bfloat16().requires_grad_()
