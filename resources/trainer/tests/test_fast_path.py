"""The fast path of 16 bit: adapters as one function."""

from pathlib import Path
from typing import Any

import pytest
import torch
from layer_builders import WIDTH, alone, errors, exact, make_input, make_layer, results
from torch import Tensor, nn
from training_builders import attempt, make_model, make_run

from pipeline_trainer import lora_layer
from pipeline_trainer.dropped import draw, nearest
from pipeline_trainer.lora_layer import _Beside, path_of, peft_forward, speed_up, suits


@pytest.fixture
def x() -> Tensor:
    return make_input()


@pytest.mark.parametrize("bias", [False, True])
def test_one_function_is_as_exact_as_peft(x: Tensor, *, bias: bool) -> None:
    layer = make_layer(bias=bias)
    wanted = exact(layer, x)
    own, peft = errors(results(layer, alone, x), wanted), errors(results(layer, peft_forward, x), wanted)
    assert max(own) <= 2**-7
    # PEFT adds its float32 adapter before it rounds; here the product was rounded already.
    assert own[0] <= 2 * peft[0]


def test_what_dropout_leaves_is_what_the_backward_sees(x: Tensor) -> None:
    layer = make_layer(dropout=0.4)
    torch.manual_seed(11)
    found = results(layer, alone, x)
    torch.manual_seed(11)
    kept = draw(x.detach().view(-1, WIDTH).shape, 0.4, x.device)
    assert 0.5 < float(kept.float().mean()) < 0.7
    assert max(errors(found, exact(layer, x, kept.view(x.shape).double() / (1 - nearest(0.4))))) <= 2**-7


def test_dropout_is_off_outside_training(x: Tensor) -> None:
    layer = make_layer(dropout=0.4).eval()
    assert max(errors(results(layer, alone, x), exact(layer, x))) <= 2**-7


def test_an_adapter_that_is_off_or_merged_is_peft_s_own_matter(x: Tensor) -> None:
    layer = make_layer()
    layer.enable_adapters(enabled=False)
    assert torch.equal(alone(layer, x), layer.base_layer(x))
    layer.enable_adapters(enabled=True)
    layer.merge()
    assert torch.equal(alone(layer, x), layer.base_layer(x))


def test_an_input_is_kept_once_for_all_that_read_it(x: Tensor) -> None:
    kept: list[tuple[int, ...]] = []
    layers = [make_layer() for _ in range(3)]
    with torch.autograd.graph.saved_tensors_hooks(
        lambda tensor: (kept.append((tensor.data_ptr(), tensor.numel() * tensor.element_size())), tensor)[1], lambda it: it
    ):
        shared = x * 1
        for layer in layers:
            alone(layer, shared)
    of_input = {bytes_ for pointer, bytes_ in kept if pointer == shared.data_ptr()}
    assert of_input == {shared.numel() * 2}
    assert sum(bytes_ for pointer, bytes_ in set(kept) if bytes_ >= shared.numel() * 2 and pointer != x.data_ptr()) == (
        shared.numel() * 2
    )


@pytest.mark.parametrize(
    "layer",
    [
        pytest.param({"dtype": torch.float32}, id="float32"),
        pytest.param({"use_dora": True}, id="dora"),
    ],
)
def test_other_layers_are_left_alone(layer: dict[str, Any]) -> None:
    assert suits(make_layer())
    assert not suits(make_layer(**layer))


def test_a_layer_that_differs_leaves_all_to_peft(monkeypatch: pytest.MonkeyPatch) -> None:
    layer, warnings = make_layer(), list[tuple[str, str]]()
    monkeypatch.setattr(lora_layer, "difference", lambda _layers: 0.2)
    speed_up(layer, lambda code, message: warnings.append((code, message)))
    assert "forward" not in vars(layer)
    assert path_of(layer) == "stock"
    assert warnings == [("fast_path_unavailable", "Adapters run through PEFT, slower: a layer differs from it by 20.0%.")]


def test_one_layer_left_to_peft_makes_a_model_stock() -> None:
    layers = nn.ModuleList([make_layer(), make_layer(use_dora=True)])
    speed_up(layers, lambda *_: pytest.fail("both are what they are"))
    assert [path_of(layer) for layer in layers] == ["fast", "stock"]
    assert path_of(layers) == "stock"
    assert path_of(nn.Linear(2, 2)) == "stock"


@pytest.mark.parametrize(("precision", "path"), [("bf16", "fast"), ("fp32", "stock")])
def test_the_plan_of_a_run_says_how_its_adapters_compute(tmp_path: Path, precision: str, path: str) -> None:
    folder = make_run(tmp_path / "run", make_model(tmp_path / "model"), precision=precision, max_steps=1)
    assert attempt(folder) == 0
    assert folder.named("plan")[0]["path"] == path


def test_comparing_leaves_layer_and_generators_as_they_were() -> None:
    layer = make_layer(dropout=0.3)
    before = [half["default"].weight.clone() for half in (layer.lora_A, layer.lora_B)]
    state = torch.get_rng_state()
    assert 0 < lora_layer.difference([layer]) <= lora_layer.PARITY
    assert torch.equal(torch.get_rng_state(), state)
    assert layer.training
    assert all(
        torch.equal(half["default"].weight, kept) for half, kept in zip((layer.lora_A, layer.lora_B), before, strict=True)
    )


class Wrong(_Beside):
    """The same output, with a gradient of A that is scaled."""

    factor = 1.0

    @staticmethod
    def backward(ctx: Any, *of_outputs: Tensor) -> tuple[Any, ...]:
        gradients = list(_Beside.backward(ctx, *of_outputs))
        gradients[6] = gradients[6] * Wrong.factor
        return tuple(gradients)


@pytest.mark.parametrize("factor", [1.05, float("nan")])
@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_a_wrong_gradient_leaves_all_to_peft(monkeypatch: pytest.MonkeyPatch, factor: float, dropout: float) -> None:
    layer, warnings = make_layer(dropout=dropout), list[str]()
    monkeypatch.setattr(Wrong, "factor", factor)
    monkeypatch.setattr(lora_layer, "_Beside", Wrong)
    speed_up(layer, lambda code, _message: warnings.append(code))
    assert "forward" not in vars(layer)
    assert warnings == ["fast_path_unavailable"]


def test_a_wrong_dropout_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lora_layer, "leave", lambda value, _kept: value)
    assert lora_layer.difference([make_layer(dropout=0.3)]) > 0.1
    assert lora_layer.difference([make_layer()]) <= lora_layer.PARITY


def test_an_input_without_tokens_is_none_of_a_matter() -> None:
    layer = make_layer()
    nothing = torch.zeros(0, WIDTH, dtype=torch.bfloat16, requires_grad=True)
    for one, other in zip(results(layer, alone, nothing), results(layer, peft_forward, nothing), strict=True):
        assert one.shape == other.shape
