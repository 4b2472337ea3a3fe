"""Layers that read the same input as one function, and what dropout leaves of it."""

import weakref
from pathlib import Path
from typing import Any

import pytest
import torch
from layer_builders import WIDTH, alone, errors, exact, make_input, make_layer
from peft import LoraConfig, get_peft_model
from torch import Tensor, nn
from training_builders import make_model, make_run, open_run

from pipeline_trainer.dropped import draw, nearest
from pipeline_trainer.lora_layer import as_one_function, outputs_of
from pipeline_trainer.out_of_memory import free_memory
from pipeline_trainer.siblings import Siblings, families


@pytest.fixture
def x() -> Tensor:
    return make_input()


@pytest.mark.parametrize("share", [0.05, 0.3, 0.999, 0.00001])
def test_dropout_leaves_out_its_share(share: float) -> None:
    torch.manual_seed(2)
    kept = draw(torch.Size([501, 999]), share, torch.device("cpu"))
    assert abs(nearest(share) - share) <= 2**-17
    assert abs(1 - float(kept.double().mean()) - nearest(share)) <= 4 * (share * (1 - share) / kept.numel()) ** 0.5 + 1e-9
    assert kept.shape == (501, 999)


class Three(nn.Module):
    """Two layers that read the same, and one that reads what they make."""

    def __init__(self, *, dropout: float) -> None:
        super().__init__()
        self.one, self.two, self.last = (nn.Linear(WIDTH, WIDTH, bias=False) for _ in range(3))
        self.scale = nn.Parameter(torch.ones(()))
        self.apart = dropout < 0

    def forward(self, input_ids: Tensor, *, use_cache: bool = False) -> Tensor:
        assert not use_cache
        x = input_ids.sum() * torch.ones(1, 5, WIDTH, dtype=torch.bfloat16)
        return self.last(self.one(x) + self.two(x * 1 if self.apart else x))


def three(*, dropout: float) -> Any:
    torch.manual_seed(4)
    config = LoraConfig(r=4, lora_alpha=8, lora_dropout=abs(dropout), target_modules=["one", "two", "last"])
    model = get_peft_model(Three(dropout=dropout).to(torch.bfloat16), config)  # type: ignore[arg-type]  # any module
    return model.base_model.model


def test_layers_that_read_the_same_tensor_are_siblings() -> None:
    model = three(dropout=0.0)
    assert families(model, [model.one, model.two, model.last]) == [[model.one, model.two], [model.last]]
    apart = three(dropout=-0.1)
    assert families(apart, [apart.one, apart.two, apart.last]) == [[apart.one], [apart.two], [apart.last]]


def test_layers_of_a_model_that_takes_no_tokens_are_alone() -> None:
    layer = make_layer()
    assert families(nn.Sequential(layer), [layer]) == [[layer]]


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_siblings_are_as_exact_as_each_alone(x: Tensor, dropout: float) -> None:
    layers = [make_layer(dropout=dropout), make_layer(dropout=dropout, bias=True)]
    kept = None
    if dropout:
        torch.manual_seed(6)
        kept = draw(x.view(-1, WIDTH).shape, dropout, x.device).view(x.shape).double() / (1 - nearest(dropout))
    wanted = [exact(layer, x, kept) for layer in layers]
    siblings = Siblings(layers, outputs_of)
    torch.manual_seed(6)
    outputs = [as_one_function(siblings, layer, x) for layer in layers]
    weights = torch.linspace(-1, 1, outputs[0].numel()).view(outputs[0].shape)
    halves = [half["default"].weight for layer in layers for half in (layer.lora_A, layer.lora_B)]
    of_x, *of_halves = torch.autograd.grad(sum((y.float() * weights).sum() for y in outputs), (x, *halves))  # type: ignore[arg-type]
    found = [*outputs, of_x, *of_halves]
    right = [wanted[0][0], wanted[1][0], wanted[0][1] + wanted[1][1], *wanted[0][2:], *wanted[1][2:]]
    assert max(errors([each.detach() for each in found], right)) <= 2**-7


def test_a_sibling_that_comes_with_something_else_gets_its_own(x: Tensor) -> None:
    layers = [make_layer(), make_layer()]
    siblings = Siblings(layers, outputs_of)
    other = x.detach() * 2
    as_one_function(siblings, layers[0], x)
    assert torch.equal(as_one_function(siblings, layers[1], other), alone(layers[1], other))
    written = x.detach().clone()
    as_one_function(siblings, layers[0], written)
    written += 1
    assert torch.equal(as_one_function(siblings, layers[1], written), alone(layers[1], written))


def test_siblings_hold_nothing_once_all_have_theirs(x: Tensor) -> None:
    layers = [make_layer(), make_layer()]
    siblings = Siblings(layers, outputs_of)
    shared = x.detach() * 1
    held = weakref.ref(shared)
    with torch.no_grad():
        for layer in layers:
            as_one_function(siblings, layer, shared)
    del shared
    assert held() is None


def test_a_pass_that_failed_leaves_nothing_behind(x: Tensor) -> None:
    layers = [make_layer(), make_layer()]
    siblings = Siblings(layers, outputs_of)
    shared = x * 1
    held = weakref.ref(shared)
    as_one_function(siblings, layers[0], shared)
    del shared
    assert held() is not None
    free_memory(torch.device("cpu"))
    assert held() is None


def test_queries_keys_and_values_are_siblings_in_a_model(tmp_path: Path) -> None:
    model: Any = open_run(make_run(tmp_path / "run", make_model(tmp_path / "model"), precision="bf16")).trainable.model
    layer = model.base_model.model.model.layers[0]
    attention, mlp = layer.self_attn, layer.mlp
    q, k, v, gate, up = (
        each.forward.args[0] for each in (attention.q_proj, attention.k_proj, attention.v_proj, mlp.gate_proj, mlp.up_proj)
    )
    assert q is k is v
    assert gate is up
    assert len({id(q), id(gate), id(attention.o_proj.forward.args[0]), id(mlp.down_proj.forward.args[0])}) == 4
