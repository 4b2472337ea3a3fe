"""A model whose norms, products and rotations are functions of our own learns what it would have learnt."""

import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import torch
from test_families import FAMILIES, LISTS, SIZES
from torch import Tensor, nn
from training_builders import attempt, make_model, make_rows, make_run, open_run

from pipeline_trainer import fast_layers
from pipeline_trainer.config import MemoryPlan
from pipeline_trainer.fast_layers import LEVERS, PARITY, Lever, activation_of, speed_up_layers
from pipeline_trainer.kernels import body as bodies
from pipeline_trainer.kernels import gated, rms_norm, rope
from pipeline_trainer.kernels.body import Body
from pipeline_trainer.recompute import decoder_layers, recompute
from pipeline_trainer.run_state import Run
from pipeline_trainer.step import gradient

KNOWN = {
    **dict.fromkeys(("llama", "mistral", "qwen2", "smollm3", "gemma"), LEVERS),
    **dict.fromkeys(("qwen3", "gemma2", "gemma3_text"), LEVERS),
    "phi": {"rotations"},
    "phi3": LEVERS,
}


LEAN = json.loads((LISTS / "lean-families.json").read_bytes())


def refuse(_code: str, message: str) -> None:
    pytest.fail(message)


def opened(folder: Path, family: str = "llama", *, precision: str = "bf16", **settings: Any) -> Run:
    """A run of a small model that is about to start, with transformers' own layers."""
    model = make_model(folder / "model", family=family, **SIZES.get(family, {}))
    with patch.dict(fast_layers.USUAL, {"cpu": frozenset()}):
        return open_run(make_run(folder / f"run-{precision}", model, precision=precision, **settings))


def replaced(model: nn.Module) -> set[str]:
    """Kinds of modules that compute by other functions."""
    kinds = {"RMSNorm": "norms", "MLP": "products", "Attention": "rotations"}
    names = [type(module).__name__ for module in model.modules() if "forward" in vars(module)]
    return {kind for name in names for end, kind in kinds.items() if name.endswith(end)}


def learnt(run: Run) -> tuple[float, list[Tensor]]:
    """The loss of some rows, and the gradient of every half, with all halves at work."""
    stream = torch.Generator().manual_seed(2)
    for parameter in run.trainable.parameters.values():
        parameter.data = torch.randn(parameter.shape, generator=stream) / 16
        parameter.grad = None
    loss = gradient(run, make_rows([9, 30, 14]))
    return loss, [parameter.grad for parameter in run.trainable.parameters.values() if parameter.grad is not None]


def distance(one: list[Tensor], other: list[Tensor]) -> float:
    assert len(one) == len(other)
    return float(torch.cat([(a - b).flatten() for a, b in zip(one, other, strict=True)]).norm()) / float(
        torch.cat([each.flatten() for each in other]).norm()
    )


@pytest.mark.parametrize("family", KNOWN)
def test_learns_the_same_as_transformers_own_layers(tmp_path: Path, family: str) -> None:
    exact_loss, exact = learnt(opened(tmp_path, family, precision="fp32"))
    run = opened(tmp_path, family)
    stock_loss, stock = learnt(run)
    speed_up_layers(run.trainable.model, refuse, levers=LEVERS)
    assert replaced(run.trainable.model) == KNOWN[family]
    loss, found = learnt(run)
    assert abs(loss - exact_loss) <= abs(stock_loss - exact_loss) + 1e-4 * exact_loss
    assert distance(found, exact) <= 1.2 * distance(stock, exact)


def test_the_app_expects_families_to_keep_little_that_do() -> None:
    assert set(LEAN) == {family for family, levers in KNOWN.items() if levers == LEVERS}


@pytest.mark.parametrize("family", sorted(set(FAMILIES) - set(KNOWN)))
def test_layers_of_other_families_are_left_alone(tmp_path: Path, family: str) -> None:
    run = opened(tmp_path, family)
    speed_up_layers(run.trainable.model, refuse, levers=LEVERS)
    assert replaced(run.trainable.model) == set()


@pytest.mark.parametrize("family", ["llama", "gemma"])
def test_a_whole_model_runs_on_the_kernels(tmp_path: Path, family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In float16: Triton's interpreter cuts to bfloat16 where a card rounds."""
    monkeypatch.setattr(fast_layers, "_bodies", lambda _device, _warn: ["triton"])
    run = opened(tmp_path, family)
    for parameter in run.trainable.model.parameters():
        if parameter.dtype is torch.bfloat16:
            parameter.data = parameter.data.half()
    loss, stock = learnt(run)
    speed_up_layers(run.trainable.model, refuse, levers=LEVERS)
    assert replaced(run.trainable.model) == LEVERS
    own_loss, found = learnt(run)
    assert own_loss == pytest.approx(loss, rel=1e-3)
    assert distance(found, stock) <= 0.02


@pytest.mark.parametrize("lever", sorted(LEVERS))
def test_each_lever_stands_alone(tmp_path: Path, lever: Lever) -> None:
    run = opened(tmp_path)
    speed_up_layers(run.trainable.model, refuse, levers=[lever])
    assert replaced(run.trainable.model) == {lever}


def test_what_is_not_of_16_bit_or_not_known_is_left_alone(tmp_path: Path) -> None:
    run = opened(tmp_path, precision="fp32")
    speed_up_layers(run.trainable.model, refuse, levers=LEVERS)
    assert replaced(run.trainable.model) == set()
    speed_up_layers(opened(tmp_path / "gpt2", "gpt2").trainable.model, refuse, levers=LEVERS)


def test_in_16_bit_a_processor_has_them_too(tmp_path: Path) -> None:
    model = make_model(tmp_path / "model")
    assert replaced(open_run(make_run(tmp_path / "run", model, precision="bf16")).trainable.model) == LEVERS
    assert replaced(open_run(make_run(tmp_path / "wide", model, precision="fp32")).trainable.model) == set()


def bytes_kept(run: Run) -> int:
    kept: dict[int, int] = {}
    weights = {parameter.untyped_storage().data_ptr() for parameter in run.trainable.model.parameters()}

    def pack(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        held.append(tensor)
        return tensor

    held: list[Tensor] = []
    layer = decoder_layers(run.trainable.model)[0]
    hidden = torch.randn(1, 64, 32).bfloat16().requires_grad_()
    angles = run.trainable.model.get_base_model().model.rotary_emb(hidden, torch.arange(64)[None])
    run.trainable.model.train()
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda it: it):
        layer(hidden, position_embeddings=angles, attention_mask=None)
    return sum(kept.values())


def test_neither_a_norm_s_output_nor_a_product_s_is_kept(tmp_path: Path) -> None:
    run = opened(tmp_path)
    before = bytes_kept(run)
    speed_up_layers(run.trainable.model, refuse, levers=LEVERS)
    d, q, kv, f, tokens = 32, 32, 16, 64, 64
    # Two inputs of norms, q, k and v, what attention gives, gate and up; ranks, cosines and sums are small beside them.
    named = 2 * tokens * (2 * d + 2 * q + 2 * kv + 2 * f)
    assert named <= bytes_kept(run) <= 1.35 * named < before


@pytest.mark.parametrize("plan", [(1, 0, 0), (1, 2, 0), (1, 0, 2), (1, 1, 1)])
def test_recompute_stands_on_top(tmp_path: Path, plan: tuple[int, int, int]) -> None:
    run = opened(tmp_path, lora_dropout=0.1)
    speed_up_layers(run.trainable.model, refuse, levers=LEVERS)
    torch.manual_seed(0)
    loss, kept = learnt(run)
    recompute(run.trainable.model, MemoryPlan(1, recompute_layers=plan[1], recompute_mlps=plan[2]))
    torch.manual_seed(0)
    again_loss, again = learnt(run)
    assert again_loss == loss
    assert all(torch.equal(one, other) for one, other in zip(again, kept, strict=True))


def test_a_layer_that_differs_leaves_all_to_transformers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, warnings = opened(tmp_path), list[str]()
    own = gated._backward
    monkeypatch.setattr(gated, "_backward", lambda *inputs, **how: tuple(1.1 * each for each in own(*inputs, **how)))
    before = {name: value.clone() for name, value in run.trainable.parameters.items()}
    state = torch.get_rng_state()
    speed_up_layers(run.trainable.model, lambda _code, message: warnings.append(message), levers=LEVERS)
    assert replaced(run.trainable.model) == set()
    assert [message.partition(":")[0] for message in warnings] == [fast_layers.WITHOUT["plain"]]
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(value, before[name]) for name, value in run.trainable.parameters.items())


@pytest.mark.parametrize("module", [rms_norm, gated, rope])
def test_kernels_that_fail_leave_the_plain_functions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: Any) -> None:
    run, warnings = opened(tmp_path), list[str]()
    name = "_turned" if module is rope else "_forward"
    own = getattr(module, name)

    def failing(*inputs: Any, body: Body, **how: Any) -> Any:
        if body == "triton":
            raise OSError("no compiler after all")
        return own(*inputs, body=body, **how)

    monkeypatch.setattr(fast_layers, "_bodies", lambda _device, _warn: ["triton", "plain"])
    monkeypatch.setattr(module, name, failing)
    speed_up_layers(run.trainable.model, lambda _code, message: warnings.append(message), levers=LEVERS)
    assert warnings == [f"{fast_layers.WITHOUT['triton']}: OSError in a first layer."]
    assert replaced(run.trainable.model) == LEVERS
    learnt(run)


def test_a_card_without_a_compiler_computes_by_plain_functions_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warnings: list[tuple[str, str]] = []

    def found(device: str = "cuda") -> list[Body]:
        return fast_layers._bodies(torch.device(device), lambda code, message: warnings.append((code, message)))

    monkeypatch.setattr(bodies, "find_spec", lambda _name: object())
    monkeypatch.setattr(bodies.sysconfig, "get_paths", lambda: {"include": str(tmp_path)})
    monkeypatch.setenv(bodies.FOLDER, str(tmp_path))
    monkeypatch.setattr(bodies.shutil, "which", lambda name: f"/usr/bin/{name}")
    (tmp_path / "Python.h").touch()
    assert found() == ["triton", "plain"]
    assert found("cpu") == ["plain"]
    (tmp_path / "Python.h").unlink()
    assert found() == ["plain"]
    monkeypatch.setattr(bodies.shutil, "which", lambda _name: None)
    monkeypatch.delenv("CC", raising=False)
    assert found() == ["plain"]
    monkeypatch.setattr(bodies, "find_spec", lambda _name: None)
    assert found() == ["plain"]
    lacks = [message.rpartition("lacks ")[2] for _, message in warnings]
    assert lacks == ["Python's C headers (Python.h, of python3-dev).", "a C compiler (gcc).", "the package triton."]
    assert {code for code, _ in warnings} == {"fast_path_unavailable"}


def test_kernels_are_kept_in_the_app_s_cache_or_for_this_process_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Set first, so that nothing of it is left after the test.
    monkeypatch.setenv(bodies.FOLDER, "")
    monkeypatch.delenv(bodies.FOLDER)
    bodies.keep_kernels_in(tmp_path)
    bodies.keep_kernels_in(None)
    assert bodies.os.environ[bodies.FOLDER] == str(tmp_path / "kernels")
    monkeypatch.delenv(bodies.FOLDER)
    monkeypatch.setattr(bodies.atexit, "register", lambda remove, folder, **how: remove(folder, **how))
    bodies.keep_kernels_in(None)
    assert not Path(bodies.os.environ[bodies.FOLDER]).exists()


def test_an_activation_is_known_by_what_it_gives() -> None:
    assert activation_of(nn.SiLU()) == "silu"
    assert activation_of(nn.GELU(approximate="tanh")) == "gelu_tanh"
    assert activation_of(nn.GELU()) is None


def test_a_run_learns_and_answers_with_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(fast_layers.USUAL, "cpu", LEVERS)
    model = make_model(tmp_path / "model")
    folder = make_run(tmp_path / "run", model, precision="bf16", max_steps=4, prompts=("What is 3?",), packing="on")
    assert attempt(folder) == 0
    assert folder.named("warning") == []
    completed = folder.named("completed")[0]
    assert completed["final_validation_loss"] < completed["base_validation_loss"]


@pytest.mark.real
def test_the_bundled_model_is_far_within_parity(small_model: Path, tmp_path: Path) -> None:
    from pipeline_trainer.layer_probe import difference

    with patch.dict(fast_layers.USUAL, {"cpu": frozenset()}):
        run = open_run(make_run(tmp_path / "run", small_model, precision="bf16"))
    model = run.trainable.model
    found = [made for module in model.modules() for made in fast_layers.replacements(module, LEVERS, "plain")]
    moved = difference(
        model,
        decoder_layers(model)[0],
        put=lambda: [each.put() for each in found],
        take=lambda: None,
    )
    assert 0 < moved <= PARITY / 2
