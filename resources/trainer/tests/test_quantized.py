"""A base model of fewer bits: what is rounded and how far, that runs on it learn, go on bit for bit and are plain PEFT."""

import copy
import json
import math
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from forked import context
from hypothesis import given
from hypothesis import strategies as st
from peft import PeftModel
from real_attempt import trainer, wait_for_step
from safetensors.torch import load_file
from torch import Tensor, nn
from training_builders import Folder, assert_learns_and_goes_on, attempt, make_model, make_rows, make_run, open_run
from transformers import AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel

from pipeline_trainer import evaluate
from pipeline_trainer.attention import within_documents
from pipeline_trainer.data.batches import collate
from pipeline_trainer.data.packing import pack as pack_rows
from pipeline_trainer.errors import TrainerError
from pipeline_trainer.held import HeldLinear, held_count
from pipeline_trainer.layout import logits
from pipeline_trainer.model import load_base
from pipeline_trainer.protocol import Command
from pipeline_trainer.quantized import Int8, Nf4, pack, quantize
from pipeline_trainer.verify import main as verify

CPU = torch.device("cpu")
# Quantiles of a normal distribution (Dettmers et al. 2023, appendix E).
NF4_LEVELS = (
    -1.0,
    -0.6961928009986877,
    -0.5250730514526367,
    -0.39491748809814453,
    -0.28444138169288635,
    -0.18477343022823334,
    -0.09105003625154495,
    0.0,
    0.07958029955625534,
    0.16093020141124725,
    0.24611230194568634,
    0.33791524171829224,
    0.44070982933044434,
    0.5626170039176941,
    0.7229568362236023,
    1.0,
)
RECOMPUTED = {"micro_batch": 2, "recompute_layers": 1, "recompute_mlps": 0}
EACH = [
    pytest.param({"quantization": "int8"}, id="int8"),
    pytest.param({"quantization": "nf4"}, id="nf4"),
    pytest.param({"quantization": "nf4", "variant": "dora"}, id="nf4-dora"),
    pytest.param({"quantization": "int8", "variant": "pissa"}, id="int8-pissa"),
    pytest.param({"quantization": "nf4", "optimizer": "adamw_8bit", "lora_rank": 128}, id="nf4-adamw_8bit"),
    pytest.param({"quantization": "nf4", "memory": RECOMPUTED}, id="nf4-recompute"),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("base") / "tiny")


def make_job(folder: Path, model: Path, *, memory: dict[str, int] | None = None, **settings: Any) -> Folder:
    made = make_run(folder, model, lora_dropout=0.1, eval_steps=4, save_steps=3, **settings)
    if memory is not None:
        made.change(memory=memory)
    return made


def layers_of(base: nn.Module) -> dict[str, HeldLinear]:
    return {name: layer for name, layer in base.named_modules() if isinstance(layer, HeldLinear)}


def load_quantized(model: Path, how: Any, dtype: torch.dtype = torch.float32) -> Any:
    return load_base(model, dtype=dtype, device=CPU, quantization=how)


def unpacked_by_hand(model: Path, how: Any) -> Any:
    """The base model as anyone loads it, with the weights that the packed ones stand for."""
    base = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32)
    for name, layer in layers_of(load_quantized(model, how)).items():
        base.get_submodule(name).weight.data = layer.weight.clone()
    return base


# --- what is rounded


@given(st.integers(1, 9), st.integers(1, 200), st.integers(0, 2**31), st.floats(1e-6, 1e3))
def test_int8_is_off_by_half_a_step_of_its_row_at_most(rows: int, width: int, seed: int, size: float) -> None:
    weight = size * torch.randn(rows, width, generator=torch.Generator().manual_seed(seed))
    packed = pack(weight, "int8", torch.float32)
    assert isinstance(packed, Int8)
    step = weight.abs().amax(dim=1, keepdim=True) / 127
    assert bool(((packed.weight() - weight).abs() <= 0.5001 * step).all())


def test_int8_of_a_row_of_zeros_is_zero() -> None:
    assert not pack(torch.zeros(2, 8), "int8", torch.float32).weight().any()


@pytest.mark.parametrize(("outputs", "inputs"), [(32, 64), (100, 24), (7, 9)])
def test_nf4_is_the_nearest_of_sixteen_levels_of_its_block(outputs: int, inputs: int) -> None:
    """Against the plain rule: each block of 64 by its largest, whose own rounding is at most a 127th of them all."""
    weight = torch.randn(outputs, inputs, generator=torch.Generator().manual_seed(5))
    packed = pack(weight, "nf4", torch.float32)
    assert isinstance(packed, Nf4)
    levels = torch.tensor(NF4_LEVELS)
    for block, found in zip(weight.flatten().split(64), packed.weight().flatten().split(64), strict=True):
        scale = block.abs().max()
        nearest = levels[(block[:, None] / scale - levels).abs().argmin(dim=1)]
        assert float((found - nearest * scale).abs().max()) <= float(weight.abs().max()) / 127


def test_the_bytes_are_those_of_the_estimate() -> None:
    weight = torch.randn(512, 1024)
    int8, nf4 = pack(weight, "int8", torch.float32), pack(weight, "nf4", torch.float32)
    assert isinstance(int8, Int8)
    assert isinstance(nf4, Nf4)
    assert bytes_of(int8.values.fetched(), int8.scales) / weight.numel() == pytest.approx(1.0, abs=0.005)
    scales = (nf4.state.absmax, nf4.state.state2.absmax)
    assert bytes_of(nf4.values.fetched(), *scales) / weight.numel() == pytest.approx(0.516, abs=0.001)


def bytes_of(*tensors: Tensor) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


@pytest.mark.parametrize("how", ["int8", "nf4"])
def test_only_linear_layers_are_packed_and_all_weights_are_counted(model: Path, how: Any) -> None:
    plain = load_base(model, dtype=torch.float32, device=CPU)
    base = load_quantized(model, how)
    assert len(layers_of(base)) == 2 * 7
    assert type(base.get_output_embeddings()) is nn.Linear
    assert torch.equal(base.get_output_embeddings().weight, plain.get_output_embeddings().weight)
    assert base.get_output_embeddings().weight is base.get_input_embeddings().weight
    counted = sum(parameter.numel() for parameter in base.parameters()) + held_count(base)
    assert counted == sum(parameter.numel() for parameter in plain.parameters())


@pytest.mark.parametrize("how", ["int8", "nf4"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_model_computes_what_its_unpacked_weights_do(model: Path, how: Any, dtype: torch.dtype) -> None:
    ids = torch.tensor([[5, 6, 7, 8, 9, 10, 11]])
    plain = unpacked_by_hand(model, how)
    for parameter in plain.parameters():
        parameter.data = parameter.data.to(dtype)
    own, theirs = load_quantized(model, how, dtype), plain.eval()
    assert {parameter.dtype for parameter in own.parameters()} == {dtype}
    with torch.no_grad():
        assert torch.equal(own.eval()(input_ids=ids).logits, theirs(input_ids=ids).logits)


@pytest.mark.parametrize("how", ["int8", "nf4"])
def test_the_gradient_goes_through_as_through_a_plain_layer(how: Any) -> None:
    layer = nn.Linear(24, 40).requires_grad_(requires_grad=False)
    packed = HeldLinear(pack(layer.weight, how, torch.float32), copy.deepcopy(layer))
    layer.weight.data = packed.weight
    inputs = torch.randn(3, 5, 24, requires_grad=True)
    gradients = [torch.autograd.grad(made(inputs).square().sum(), inputs)[0] for made in (layer, packed)]
    assert torch.equal(*gradients)


@pytest.mark.parametrize("how", ["int8", "nf4"])
@torch.no_grad()
def test_rule_3_packed_is_separate_on_a_quantised_base(model: Path, how: Any) -> None:
    """Nothing of what flows through is rounded, so a batch's rows have nothing to do with each other."""
    base = load_quantized(model, how).eval()
    rows = make_rows([9, 4, 13])
    batch = pack_rows(rows)
    with within_documents(base, batch):
        packed = logits(base, batch)
    alone = torch.cat([logits(base, collate([row], pad_id=0)) for row in rows])
    assert float((packed - alone).abs().max()) <= 1e-6 * float(alone.abs().max())


def test_a_model_without_linear_layers_is_refused() -> None:
    gpt2 = GPT2LMHeadModel(GPT2Config(n_layer=1, n_embd=16, n_head=2, vocab_size=32))
    with pytest.raises(TrainerError) as refused:
        quantize(gpt2, "nf4", dtype=torch.float32, device=CPU)
    assert refused.value.code == "quantization_unavailable"


# --- runs


@pytest.mark.parametrize("settings", EACH)
def test_each_learns_goes_on_bit_for_bit_and_loads_in_plain_peft(
    tmp_path: Path, model: Path, settings: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    straight, stopped = (make_job(tmp_path / name, model, **settings) for name in ("straight", "stopped"))
    assert_learns_and_goes_on(straight, stopped, gain=0.1, poll=9)
    how = settings["quantization"]
    arguments = ["--adapter", str(straight.path / "adapter"), "--base-model", str(model), "--quantization", how]
    capsys.readouterr()
    assert verify(arguments) == 0
    checked = json.loads(capsys.readouterr().out)
    assert (checked["ok"], checked["trained_on"]) == (True, how)
    assert_plain_peft_computes_the_same_on_the_unpacked_weights(straight, how)


@torch.no_grad()
def assert_plain_peft_computes_the_same_on_the_unpacked_weights(folder: Folder, how: str) -> None:
    """The model that trained, with the result in it, against the result loaded by PEFT."""
    run = open_run(folder)
    run.resume(folder.path / "checkpoints" / f"step-{folder.named('completed')[0]['source_step']:06d}")
    ids = torch.tensor([run.train_rows[0].ids])
    own = run.trainable.model.eval()(input_ids=ids).logits
    theirs = PeftModel.from_pretrained(unpacked_by_hand(folder.model, how), str(folder.path / "adapter")).eval()
    assert float((own - theirs(input_ids=ids).logits).abs().max()) <= 1e-5 * float(own.abs().max())


def test_rule_5_killed_on_a_quantised_base_the_real_process_goes_on_bit_for_bit(tmp_path: Path, model: Path) -> None:
    settings: dict[str, Any] = {"quantization": "nf4", "optimizer": "adamw_8bit", "lora_rank": 128, "num_epochs": 3}
    straight, folder = (make_job(tmp_path / name, model, **settings) for name in ("straight", "run"))
    assert attempt(straight) == 0
    with trainer(folder) as (_process, events):
        wait_for_step(events, 7)
    assert folder.events()[-1]["event"] not in {"completed", "failed", "interrupted"}
    assert attempt(folder) == 0
    assert folder.adapter() == straight.adapter()
    assert not folder.named("warning")


@pytest.mark.parametrize("change", [{"quantization": "int8"}, {"quantization": "none"}, {"optimizer": "adamw"}])
def test_a_run_never_goes_on_with_other_bits(tmp_path: Path, model: Path, change: dict[str, str]) -> None:
    folder = make_job(tmp_path / "run", model, quantization="nf4", optimizer="adamw_8bit")
    assert attempt(folder, at_poll={9: Command("pause")}) == 75
    folder.change(**change)
    with pytest.raises(TrainerError) as refused:
        attempt(folder)
    assert refused.value.code == "settings_changed"
    assert next(iter(change)) in refused.value.args[0]


def test_moments_of_eight_bits_are_saved_with_their_scales_and_code(tmp_path: Path, model: Path) -> None:
    folder = make_job(tmp_path / "run", model, optimizer="adamw_8bit", lora_rank=128)
    assert attempt(folder) == 0
    saved = load_file(next(folder.path.glob("checkpoints/*")) / "optimizer.safetensors")
    names = {name.rpartition("/")[2] for name in saved}
    assert names == {"state1", "state2", "absmax1", "absmax2", "step", "qmap1", "qmap2"}
    sized = {name: tensor for name, tensor in saved.items() if name.endswith("/state1") and tensor.numel() >= 4096}
    assert sized
    assert {tensor.dtype for tensor in sized.values()} == {torch.uint8}


def test_evaluating_a_run_sees_the_base_that_it_was_trained_on(
    tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_job(tmp_path / "run", model, quantization="nf4")
    assert attempt(folder) == 0
    capsys.readouterr()
    assert evaluate.main([str(folder.path)]) == 0
    found = json.loads(capsys.readouterr().out)
    completed = folder.named("completed")[0]
    assert math.isclose(found["base"]["all"]["loss"], completed["base_validation_loss"], rel_tol=1e-6)
    assert math.isclose(found["adapter"]["all"]["loss"], completed["final_validation_loss"], rel_tol=1e-6)


def test_only_what_needs_them_loads_bitsandbytes_and_scipy() -> None:
    """PEFT and transformers would import them at once, and torch's compiler with the first."""
    fresh = context.Process(target=load_what_needs_them)
    fresh.start()
    fresh.join(60)
    assert fresh.exitcode == 0


def load_what_needs_them() -> None:
    """In a fork of one that has loaded all that a run needs, and of libraries no more than that."""
    assert "tests.preloaded" in sys.modules
    import peft
    import transformers.models.llama.modeling_llama

    import pipeline_trainer.setup
    from pipeline_trainer.bnb import bitsandbytes
    from pipeline_trainer.survey.crowds import Signatures

    assert all(name in sys.modules for name in (peft.__name__, transformers.__name__, pipeline_trainer.setup.__name__))
    assert sys.modules["bitsandbytes"] is sys.modules["scipy"] is None
    assert Signatures()
    assert sys.modules["scipy"]
    assert hasattr(bitsandbytes().functional, "quantize_4bit")
    assert torch.compile.__module__ == "torch"
