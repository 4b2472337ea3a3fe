"""Norms, activations and rotations as one function each: what plain torch and Triton kernels compute is the model's own."""

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from transformers.activations import ACT2FN
from transformers.models.gemma.modeling_gemma import GemmaRMSNorm
from transformers.models.llama.modeling_llama import LlamaRMSNorm, apply_rotary_pos_emb

from pipeline_trainer.kernels.body import Body
from pipeline_trainer.kernels.gated import gated
from pipeline_trainer.kernels.recipe import recipe_of
from pipeline_trainer.kernels.rms_norm import Norm, rms_norm
from pipeline_trainer.kernels.rope import rotate

# Triton is made for Linux alone, and there it comes with torch.
BODIES: list[Body] = ["plain", "triton"] if find_spec("triton") else ["plain"]
WIDTHS = [16, 100, 576]
# Of float32, and of 16 bit, whose numbers are compared with exact ones of the same input.
CLOSE = {torch.float32: 1e-6, torch.bfloat16: 2**-8, torch.float16: 2**-10}

Function = Callable[..., Tensor | tuple[Tensor, ...]]


def drawn(*shape: int, dtype: torch.dtype, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)).to(dtype)


def outcome(function: Function, *inputs: Tensor) -> list[Tensor]:
    """Outputs, and the gradients of all inputs."""
    leaves = [each.detach().clone(memory_format=torch.preserve_format).requires_grad_() for each in inputs]
    made = function(*leaves)
    outputs = [made] if isinstance(made, Tensor) else list(made)
    pulls = [drawn(*each.shape, dtype=each.dtype, seed=9) for each in outputs]
    return [*(each.detach() for each in outputs), *torch.autograd.grad(outputs, leaves, pulls)]


def exact(function: Function, *inputs: Tensor) -> list[Tensor]:
    """The same in float64, its gradients too, from outputs' gradients as they are in 16 bit."""
    narrow = inputs[0].dtype
    leaves = [each.detach().double().requires_grad_() for each in inputs]
    made = function(*leaves)
    outputs = [made] if isinstance(made, Tensor) else list(made)
    pulls = [drawn(*each.shape, dtype=narrow, seed=9).double() for each in outputs]
    return [*(each.detach() for each in outputs), *torch.autograd.grad(outputs, leaves, pulls)]


def furthest(found: list[Tensor], wanted: list[Tensor]) -> float:
    return max(float((one.double() - other).norm() / other.norm()) for one, other in zip(found, wanted, strict=True))


def assert_alike(
    own: Function, theirs: Function, *inputs: Tensor, body: Body = "plain", wide: Function | None = None
) -> None:
    """As near to exact numbers as rounding allows, and no further from them than the model's own code is."""
    wanted = exact(wide or theirs, *inputs)
    found = furthest(outcome(own, *inputs), wanted)
    stock = furthest(outcome(theirs, *inputs), wanted)
    # Triton's interpreter cuts to bfloat16 where a card rounds.
    cut = 2 if body == "triton" and inputs[0].dtype is torch.bfloat16 else 1
    assert found <= cut * CLOSE[inputs[0].dtype]
    assert found <= max(cut * 1.5 * stock, 1e-6)


def llama_norm(weight: Tensor, eps: float = 1e-5) -> LlamaRMSNorm:
    norm = LlamaRMSNorm(len(weight), eps)
    norm.weight = nn.Parameter(weight, requires_grad=False)
    return norm


def gemma_norm(weight: Tensor) -> GemmaRMSNorm:
    norm = GemmaRMSNorm(len(weight), 1e-5)
    norm.weight = nn.Parameter(weight, requires_grad=False)
    return norm


def exact_norm(x: Tensor, weight: Tensor, *, shifted: bool) -> Tensor:
    scale = weight.double() + (1.0 if shifted else 0.0)
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5) * scale


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("shifted", [False, True])
@pytest.mark.parametrize("dtype", CLOSE)
@pytest.mark.parametrize("width", WIDTHS)
def test_a_norm_is_the_model_s_own(width: int, dtype: torch.dtype, shifted: bool, body: Body) -> None:
    x, weight = drawn(2, 7, width, dtype=dtype) * 3, drawn(width, dtype=dtype, seed=1)
    theirs = (gemma_norm if shifted else llama_norm)(weight)
    assert_alike(
        lambda x: rms_norm(x, weight, Norm(1e-5, shifted), body=body),
        theirs,
        x,
        body=body,
        wide=lambda x: exact_norm(x, weight, shifted=shifted),
    )


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(("name", "activation"), [("silu", "silu"), ("gelu_pytorch_tanh", "gelu_tanh")])
@pytest.mark.parametrize("dtype", CLOSE)
@pytest.mark.parametrize("width", [16, 1500])
def test_a_gated_product_is_the_model_s_own(width: int, dtype: torch.dtype, name: str, activation: Any, body: Body) -> None:
    gate, up = drawn(2, 5, width, dtype=dtype) * 2, drawn(2, 5, width, dtype=dtype, seed=1)
    active = ACT2FN[name]
    assert_alike(
        lambda gate, up: gated(gate, up, activation, body=body),
        lambda gate, up: active(gate) * up,
        gate,
        up,
        body=body,
    )


@pytest.mark.parametrize("body", BODIES)
def test_gate_and_up_may_be_halves_of_one_product(body: Body) -> None:
    both = drawn(2, 5, 60, dtype=torch.float32)
    silu = nn.functional.silu
    assert_alike(
        lambda both: gated(*both.chunk(2, dim=-1), "silu", body=body),
        lambda both: silu(both[..., :30]) * both[..., 30:],
        both,
    )


def angles(rows: int, tokens: int, width: int, *, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    turns = drawn(rows, tokens, width // 2, dtype=torch.float32, seed=5) * 4
    both = torch.cat([turns, turns], dim=-1)
    return both.cos().to(dtype), both.sin().to(dtype)


def heads(rows: int, count: int, tokens: int, width: int, *, dtype: torch.dtype) -> Tensor:
    """As a product leaves them: a token's heads side by side."""
    return drawn(rows, tokens, count, width, dtype=dtype, seed=count).transpose(1, 2)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("angle_rows", [1, 2])
@pytest.mark.parametrize("dtype", CLOSE)
@pytest.mark.parametrize(("queries", "keys", "width"), [(4, 2, 16), (9, 3, 64), (3, 3, 20)])
def test_a_rotation_is_the_model_s_own(
    queries: int, keys: int, width: int, dtype: torch.dtype, angle_rows: int, body: Body
) -> None:
    cosine, sine = angles(angle_rows, 6, width, dtype=dtype)
    query, key = (heads(2, count, 6, width, dtype=dtype) for count in (queries, keys))
    assert_alike(
        lambda query, key: rotate(query, key, cosine, sine, body=body),
        lambda query, key: apply_rotary_pos_emb(query, key, cosine, sine),
        query,
        key,
        body=body,
        wide=lambda query, key: apply_rotary_pos_emb(query, key, cosine.double(), sine.double()),
    )


@pytest.mark.parametrize("body", BODIES)
def test_a_rotation_leaves_heads_where_they_lie_and_takes_a_part_of_each(body: Body) -> None:
    whole = heads(2, 4, 6, 32, dtype=torch.float32)
    cosine, sine = angles(1, 6, 16, dtype=torch.float32)
    query, _ = rotate(whole[..., :16], whole[..., :16], cosine, sine, body=body)
    assert query.stride()[-1] == 1
    query, _ = rotate(whole, whole, *angles(1, 6, 32, dtype=torch.float32), body=body)
    assert query.stride() == whole.stride()
    assert_alike(
        lambda whole: rotate(whole[..., :16], whole[..., 16:], cosine, sine, body=body),
        lambda whole: apply_rotary_pos_emb(whole[..., :16], whole[..., 16:], cosine, sine),
        whole,
    )


@pytest.mark.parametrize("body", BODIES)
def test_gradients_may_come_laid_out_as_they_like(body: Body) -> None:
    query, key = (heads(1, 2, 6, 16, dtype=torch.float32).requires_grad_() for _ in range(2))
    turned = rotate(query, key, *angles(1, 6, 16, dtype=torch.float32), body=body)
    sum(each.sum() for each in turned).backward()  # type: ignore[union-attr]  # of expanded ones
    x = drawn(3, 16, dtype=torch.float32).requires_grad_()
    gated(rms_norm(x, torch.ones(16), Norm(1e-5), body=body), x, "silu", body=body).sum().backward()
    assert query.grad is not None
    assert x.grad is not None


@pytest.mark.parametrize("body", BODIES)
def test_nothing_is_none_of_a_matter(body: Body) -> None:
    nothing = torch.zeros(2, 0, 16, requires_grad=True)
    y = gated(rms_norm(nothing, torch.ones(16), Norm(1e-5), body=body), nothing, "silu", body=body)
    rotate(*(torch.zeros(1, 2, 0, 16) for _ in range(2)), *angles(1, 0, 16, dtype=torch.float32), body=body)
    assert torch.autograd.grad(y.sum(), nothing)[0].shape == nothing.shape


@pytest.mark.parametrize("body", BODIES)
def test_what_a_recipe_makes_is_what_was_made(body: Body) -> None:
    x = drawn(2, 7, 48, dtype=torch.bfloat16).requires_grad_()
    weight = drawn(48, dtype=torch.bfloat16, seed=1)
    normed = rms_norm(x, weight, Norm(1e-5), body=body)
    for made in (normed, gated(normed, x, "silu", body=body)):
        recipe = recipe_of(made)
        assert recipe is not None
        assert torch.equal(recipe.make(*recipe.tensors), made)
    with torch.no_grad():
        assert recipe_of(rms_norm(x, weight, Norm(1e-5), body=body)) is None


def test_a_norm_keeps_its_input_and_a_number_a_row_and_a_product_its_factors() -> None:
    x, up = (drawn(7, 48, dtype=torch.bfloat16, seed=seed).requires_grad_() for seed in (0, 1))
    weight = torch.ones(48, dtype=torch.bfloat16)
    kept: list[Tensor] = []
    with torch.autograd.graph.saved_tensors_hooks(lambda tensor: (kept.append(tensor), tensor)[1], lambda it: it):
        gated(rms_norm(x, weight, Norm(1e-5), body="plain"), up, "silu", body="plain")
    pointers = {each.data_ptr() for each in (x, weight, up)}
    others = [each for each in kept if each.data_ptr() not in pointers]
    assert sorted((tuple(each.shape), each.dtype) for each in others if each.dim() > 1) == [((7, 48), torch.bfloat16)]
    assert [tuple(each.shape) for each in others if each.dim() == 1] == [(7,)]


def test_a_tensor_with_several_readers_is_made_once_and_dropped_with_the_last() -> None:
    x = drawn(3, 16, dtype=torch.float32).requires_grad_()
    recipe = recipe_of(rms_norm(x, torch.ones(16), Norm(1e-5), body="plain"))
    assert recipe is not None
    kept = [recipe.read() for _ in range(3)]
    first, *others = [recipe.again(each) for each in kept]
    assert all(each is first for each in others)
    assert recipe.read() is recipe.tensors
    assert recipe.again(recipe.tensors) is not first


COMPILE = """
import sys
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

from pipeline_trainer.kernels.on_card import gated, rms_norm, rope

def compile(kernel, numbers, **constants):
    kinds = {name: numbers.get(name, "*bf16") for name in kernel.arg_names if name not in constants}
    source = ASTSource(kernel, {**kinds, **dict.fromkeys(constants, "constexpr")}, constants)
    for capability in map(int, sys.argv[1:]):
        assert triton.compile(source, target=GPUTarget("cuda", capability, 32)).asm["cubin"]

sizes = {"inverse": "*fp32", "rows": "i32", "width": "i32", "eps": "fp32"}
for shifted in (False, True):
    for kernel in (rms_norm._forward, rms_norm._backward):
        compile(kernel, sizes, SHIFTED=shifted, ROWS=1, WIDTH=4096)
strides = dict.fromkeys(("width", "pull_row", "gate_row", "up_row"), "i32")
for tanh in (False, True):
    for kernel in (gated._forward, gated._backward):
        compile(kernel, strides, TANH=tanh, BLOCK=1024)
tensors = {"query", "key", "query_made", "key_made", "cosine", "sine"}
counts = {name: "i32" for name in rope._turn.arg_names if name not in tensors}
compile(rope._turn, counts, BACK=True, QUERIES=32, KEYS=8, HALF=64)
"""


def test_every_kernel_compiles_for_cards_from_turing_to_blackwell(tmp_path: Path) -> None:
    """By Triton's own compiler, which needs no card."""
    environment = {**os.environ, "TRITON_INTERPRET": "0", "TRITON_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", COMPILE, "75", "120"]
    done = subprocess.run(
        command, check=False, env=environment, cwd=Path(__file__).parents[1], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_triton_is_part_of_the_runtime_wherever_it_is_made() -> None:
    assert sys.platform != "linux" or find_spec("triton") is not None
