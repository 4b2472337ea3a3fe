"""The fast path of 16 bit: adapters as one function, and attention of short rows by plain products."""

from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from torch import Tensor, nn
from torch.nn import functional
from training_builders import attempt, make_model, make_rows, make_run, open_run

from pipeline_trainer import lora_layer
from pipeline_trainer.attention import SHORT, by_products
from pipeline_trainer.data.batches import Row
from pipeline_trainer.layout import products_suit
from pipeline_trainer.lora_layer import _Beside, as_one_function, path_of, peft_forward, speed_up, suits
from pipeline_trainer.step import gradient

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


def errors(found: list[Tensor], wanted: list[Tensor]) -> list[float]:
    return [float((one.double() - other).norm() / other.norm()) for one, other in zip(found, wanted, strict=True)]


@pytest.fixture
def x() -> Tensor:
    return torch.randn(2, TOKENS // 2, WIDTH, generator=torch.Generator().manual_seed(5)).bfloat16().requires_grad_()


@pytest.mark.parametrize("bias", [False, True])
def test_one_function_is_as_exact_as_peft(x: Tensor, *, bias: bool) -> None:
    layer = make_layer(bias=bias)
    wanted = exact(layer, x)
    own, peft = errors(results(layer, as_one_function, x), wanted), errors(results(layer, peft_forward, x), wanted)
    assert max(own) <= 2**-7
    # PEFT adds its float32 adapter before it rounds; here the product was rounded already.
    assert own[0] <= 2 * peft[0]


def test_what_dropout_leaves_is_what_the_backward_sees(x: Tensor) -> None:
    layer = make_layer(dropout=0.4)
    torch.manual_seed(11)
    found = results(layer, as_one_function, x)
    torch.manual_seed(11)
    _, kept = torch.native_dropout(x.detach().view(-1, WIDTH), 0.4, train=True)
    assert 0.5 < float(kept.float().mean()) < 0.7
    assert max(errors(found, exact(layer, x, kept.view(x.shape).double() / 0.6))) <= 2**-7


def test_dropout_is_off_outside_training(x: Tensor) -> None:
    layer = make_layer(dropout=0.4).eval()
    assert max(errors(results(layer, as_one_function, x), exact(layer, x))) <= 2**-7


def test_an_adapter_that_is_off_or_merged_is_peft_s_own_matter(x: Tensor) -> None:
    layer = make_layer()
    layer.enable_adapters(enabled=False)
    assert torch.equal(as_one_function(layer, x), layer.base_layer(x))
    layer.enable_adapters(enabled=True)
    layer.merge()
    assert torch.equal(as_one_function(layer, x), layer.base_layer(x))


def test_an_input_is_kept_once_for_all_that_read_it(x: Tensor) -> None:
    kept: list[tuple[int, ...]] = []
    layers = [make_layer() for _ in range(3)]
    with torch.autograd.graph.saved_tensors_hooks(
        lambda tensor: (kept.append((tensor.data_ptr(), tensor.numel() * tensor.element_size())), tensor)[1], lambda it: it
    ):
        shared = x * 1
        for layer in layers:
            as_one_function(layer, shared)
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
    monkeypatch.setattr(lora_layer, "difference", lambda _layer: 0.2)
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
    assert 0 < lora_layer.difference(layer) <= lora_layer.PARITY
    assert torch.equal(torch.get_rng_state(), state)
    assert layer.training
    assert all(
        torch.equal(half["default"].weight, kept) for half, kept in zip((layer.lora_A, layer.lora_B), before, strict=True)
    )


class Wrong(_Beside):
    """The same output, with a gradient of A that is scaled."""

    factor = 1.0

    @staticmethod
    def backward(ctx: Any, of_y: Tensor) -> tuple[Tensor | None, ...]:
        gradients = list(_Beside.backward(ctx, of_y))
        gradients[3] = gradients[3] * Wrong.factor  # type: ignore[operator]
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
    monkeypatch.setattr(lora_layer, "_behind", lambda value, _kept, _dropout: value)
    assert lora_layer.difference(make_layer(dropout=0.3)) > 0.1
    assert lora_layer.difference(make_layer()) <= lora_layer.PARITY


def test_an_input_without_tokens_is_none_of_a_matter() -> None:
    layer = make_layer()
    nothing = torch.zeros(0, WIDTH, dtype=torch.bfloat16, requires_grad=True)
    for one, other in zip(results(layer, as_one_function, nothing), results(layer, peft_forward, nothing), strict=True):
        assert one.shape == other.shape


def attention(size: float, dtype: torch.dtype, heads: int, key_heads: int, *, of_values: int = 8) -> tuple[Tensor, ...]:
    torch.manual_seed(1)
    widths = {"query": (heads, 16), "key": (key_heads, 16), "value": (key_heads, of_values)}
    return tuple(
        (torch.randn(2, count, 70, width) * (1 if name == "value" else size)).to(dtype).requires_grad_()
        for name, (count, width) in widths.items()
    )


def gradients_of(output: Tensor, inputs: tuple[Tensor, ...]) -> list[Tensor]:
    weights = torch.linspace(-1, 1, output.numel(), dtype=torch.float64).view(output.shape)
    return [output.detach(), *torch.autograd.grad((output.double() * weights).sum(), inputs)]


@pytest.mark.parametrize(("heads", "key_heads"), [(4, 4), (6, 2), (4, 1)])
def test_products_are_causal_attention(heads: int, key_heads: int) -> None:
    inputs = attention(1.0, torch.float64, heads, key_heads)
    own = by_products(*inputs, scaling=0.3).transpose(1, 2)
    stock = functional.scaled_dot_product_attention(*inputs, is_causal=True, scale=0.3, enable_gqa=True)
    for mine, theirs in zip(gradients_of(own, inputs), gradients_of(stock, inputs), strict=True):
        assert float((mine - theirs).abs().max()) <= 1e-12


@pytest.mark.parametrize("size", [1.0, 3.0])
def test_products_round_no_more_than_torch_however_large_scores_are(size: float) -> None:
    narrow = attention(size, torch.bfloat16, 6, 2, of_values=16)
    exact_ones = tuple(each.detach().double().requires_grad_() for each in narrow)
    stock = functional.scaled_dot_product_attention
    wanted = gradients_of(stock(*exact_ones, is_causal=True, enable_gqa=True), exact_ones)
    own = errors(gradients_of(by_products(*narrow, scaling=None).transpose(1, 2), narrow), wanted)
    torchs = errors(gradients_of(stock(*narrow, is_causal=True, enable_gqa=True), narrow), wanted)
    assert max(own) <= 1.5 * max(torchs)


def test_an_attention_that_differs_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = open_run(make_run(tmp_path / "run", make_model(tmp_path / "model"), precision="bf16"))
    assert products_suit(run.trainable.model, make_rows([30]), pad_id=0)
    monkeypatch.setattr(
        "pipeline_trainer.attention.by_products", lambda _q, _k, value, **_how: value.repeat(1, 2, 1, 1).transpose(1, 2)
    )
    assert not products_suit(run.trainable.model, make_rows([30]), pad_id=0)


def test_values_of_another_width_than_keys_train(tmp_path: Path) -> None:
    latent = {
        "num_key_value_heads": 4,
        "qk_nope_head_dim": 16,
        "qk_rope_head_dim": 8,
        "v_head_dim": 16,
        "kv_lora_rank": 16,
        "q_lora_rank": None,
    }
    model = make_model(tmp_path / "model", family="deepseek_v3", first_k_dense_replace=9, **latent)  # type: ignore[arg-type]
    run = make_run(tmp_path / "run", model, precision="bf16", max_steps=2)
    assert attempt(run) == 0


def test_a_16_bit_run_attends_by_products_up_to_short_rows_and_learns_the_same(tmp_path: Path) -> None:
    model = make_model(tmp_path / "model")
    narrow = open_run(make_run(tmp_path / "bf16", model, precision="bf16"))
    assert narrow.layout.short
    assert narrow.layout.batch(make_rows([9, 30])).short
    assert not narrow.layout.batch([Row("long", [7] * (SHORT + 1), [True] * (SHORT + 1))]).short
    wide = open_run(make_run(tmp_path / "fp32", model, precision="fp32"))
    assert not wide.layout.short
    losses = [gradient(run, make_rows([9, 30, 14])) for run in (narrow, wide)]
    norms = [run.optimizer.clip() for run in (narrow, wide)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)
    assert norms[0] == pytest.approx(norms[1], rel=1e-2)


def test_a_model_whose_attention_does_more_keeps_its_own(tmp_path: Path) -> None:
    model = make_model(tmp_path / "model", family="gemma2", head_dim=8, attn_logit_softcapping=0.5)
    run = open_run(make_run(tmp_path / "run", model, precision="bf16"))
    assert not run.layout.short
    assert not products_suit(run.trainable.model, make_rows([30]), pad_id=0)
