"""What the check of an adapter takes: never the whole base model in float32, and no less proof for that."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from test_merge import gpt2, llama, made
from transformers import AutoModelForCausalLM, MambaConfig, MambaForCausalLM

from pipeline_trainer.compare import attach_stored
from pipeline_trainer.model import load_mapped
from pipeline_trainer.widened import compute_in_float32

IDS = torch.arange(1, 25)[None]  # (1, seq)
# Peak memory in KiB that the check takes over what Python and its libraries hold. That of `getrusage` would begin with
# the peak of whoever starts the process. Only Linux tells it.
MEASURED = """
import sys
from pathlib import Path
import peft, torch, transformers.models.llama.modeling_llama
from pipeline_trainer.verify import main
def peak():
    status = Path('/proc/self/status')
    return int(status.read_text().split('VmHWM:')[1].split()[0]) if status.exists() else 0
before = peak()
main(sys.argv[1:])
print(peak() - before)
"""


def test_rule_9_equal_logits_in_plain_peft_are_found_in_less_than_the_base_model_takes_in_float32(
    stored: Path, small_model: Path
) -> None:
    words = [sys.executable, "-c", MEASURED, "--adapter", str(stored), "--base-model", str(small_model)]
    ended = subprocess.run(words, cwd=Path(__file__).parents[1], capture_output=True, check=True, text=True)
    found, peak = map(json.loads, ended.stdout.splitlines())
    assert found["ok"]
    assert found["max_abs_diff"] == 0.0
    # Mapped in 16 bit they count too, with 2 bytes each, so that all of them in float32 would make 6.
    parameters = (small_model / "model.safetensors").stat().st_size / 2
    assert peak * 1024 < 5 * parameters


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize(
    ("base", "lora"),
    [(llama, {}), (llama, {"use_dora": True}), (llama, {"use_rslora": True}), (gpt2, {"fan_in_fan_out": True})],
)
@torch.no_grad()
def test_the_logits_are_those_of_the_whole_model_in_float32(
    tmp_path: Path, dtype: torch.dtype, base: Any, lora: dict[str, Any]
) -> None:
    folder, adapter = made(tmp_path, base, dtype=dtype, **lora)
    whole = attach_stored(AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32), adapter).model.eval()
    mapped = load_mapped(folder)
    compute_in_float32(mapped)
    ours = attach_stored(mapped, adapter).model.eval()
    for _again in range(2):
        logits = ours(input_ids=IDS).logits
        assert logits.dtype == torch.float32
        assert torch.equal(logits, whole(input_ids=IDS).logits)
    assert {value.dtype for name, value in ours.named_parameters() if "lora" not in name} == {dtype}


@torch.no_grad()
def test_a_model_that_narrows_its_own_states_is_computed_too(tmp_path: Path) -> None:
    sizes: dict[str, Any] = {"hidden_size": 16, "state_size": 4, "num_hidden_layers": 2, "time_step_rank": 4}
    MambaForCausalLM(MambaConfig(vocab_size=64, **sizes)).to(torch.bfloat16).save_pretrained(tmp_path)
    mapped = load_mapped(tmp_path)
    compute_in_float32(mapped)
    assert bool(mapped.eval()(input_ids=IDS, use_cache=False).logits.isfinite().all())


@torch.no_grad()
def test_one_layer_is_wide_at_a_time(tmp_path: Path) -> None:
    folder, adapter = made(tmp_path, llama, dtype=torch.bfloat16)
    base = load_mapped(folder)
    compute_in_float32(base)
    model = attach_stored(base, adapter).model
    seen: list[list[torch.dtype]] = []
    for layer in base.model.layers:
        layer.mlp.register_forward_pre_hook(
            lambda *_anything: seen.append([layer.mlp.up_proj.base_layer.weight.dtype for layer in base.model.layers])
        )
    model(input_ids=IDS)
    assert seen == [[torch.float32, torch.bfloat16], [torch.bfloat16, torch.float32]]


@torch.no_grad()
def test_weights_are_as_they_were_after_a_pass_that_failed(tmp_path: Path) -> None:
    folder, _adapter = made(tmp_path, llama, dtype=torch.bfloat16)
    model = load_mapped(folder)
    compute_in_float32(model)
    with pytest.raises(IndexError):
        model(input_ids=torch.tensor([[10_000]]))
    assert {value.dtype for value in model.parameters()} == {torch.bfloat16}
