"""Attention of short rows by plain products."""

from pathlib import Path

import pytest
import torch
from layer_builders import errors
from torch import Tensor
from torch.nn import functional
from training_builders import attempt, make_model, make_rows, make_run, open_run

from pipeline_trainer.attention import SHORT, by_products
from pipeline_trainer.data.batches import Document, Row
from pipeline_trainer.layout import products_suit
from pipeline_trainer.step import gradient


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
    own = by_products(*inputs, scaling=0.3, documents=[Document(70)]).transpose(1, 2)
    stock = functional.scaled_dot_product_attention(*inputs, is_causal=True, scale=0.3, enable_gqa=True)
    for mine, theirs in zip(gradients_of(own, inputs), gradients_of(stock, inputs), strict=True):
        assert float((mine - theirs).abs().max()) <= 1e-12


@pytest.mark.parametrize("lengths", [(70,), (33, 37), (1, 60, 9)])
@pytest.mark.parametrize("block", [16, 24, 128])
def test_products_keep_documents_apart_in_blocks_of_any_size(
    monkeypatch: pytest.MonkeyPatch, lengths: tuple[int, ...], block: int
) -> None:
    monkeypatch.setattr("pipeline_trainer.causal.BLOCK", block)
    inputs = attention(1.0, torch.float64, 6, 2)
    own = by_products(*inputs, scaling=None, documents=[Document(length) for length in lengths]).transpose(1, 2)
    parts = zip(*(each.split(lengths, dim=2) for each in inputs), strict=True)
    stock = [functional.scaled_dot_product_attention(*each, is_causal=True, enable_gqa=True) for each in parts]
    for mine, theirs in zip(gradients_of(own, inputs), gradients_of(torch.cat(stock, dim=2), inputs), strict=True):
        assert float((mine - theirs).abs().max()) <= 1e-12


@pytest.mark.parametrize("size", [1.0, 3.0])
def test_products_round_no_more_than_torch_however_large_scores_are(size: float) -> None:
    narrow = attention(size, torch.bfloat16, 6, 2, of_values=16)
    exact_ones = tuple(each.detach().double().requires_grad_() for each in narrow)
    stock = functional.scaled_dot_product_attention
    wanted = gradients_of(stock(*exact_ones, is_causal=True, enable_gqa=True), exact_ones)
    own = errors(gradients_of(by_products(*narrow, scaling=None, documents=[Document(70)]).transpose(1, 2), narrow), wanted)
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
    assert (narrow.layout.short, narrow.layout.packed) == (True, True)
    beside = open_run(make_run(tmp_path / "beside", model, precision="bf16", packing="off"))
    assert beside.layout.batch(make_rows([9, 30])).short
    assert beside.layout.batch(make_rows([9, 30])).input_ids.shape == (2, 32)
    assert narrow.layout.batch(make_rows([9, 30])).input_ids.shape == (1, 40)
    assert not beside.layout.batch([Row("long", [7] * (SHORT + 1), [True] * (SHORT + 1))]).short
    wide = open_run(make_run(tmp_path / "fp32", model, precision="fp32"))
    assert (wide.layout.short, wide.layout.packed) == (False, True)
    losses = [gradient(run, make_rows([9, 30, 14])) for run in (narrow, beside, wide)]
    norms = [run.optimizer.clip() for run in (narrow, beside, wide)]
    assert losses[:2] == pytest.approx([losses[2]] * 2, rel=1e-3)
    assert norms[:2] == pytest.approx([norms[2]] * 2, rel=1e-2)


def test_a_model_whose_attention_does_more_keeps_its_own(tmp_path: Path) -> None:
    model = make_model(tmp_path / "model", family="gemma2", head_dim=8, attn_logit_softcapping=0.5)
    run = open_run(make_run(tmp_path / "run", model, precision="bf16"))
    assert not run.layout.short
    assert not products_suit(run.trainable.model, make_rows([30]), pad_id=0)
