"""Every family of base models that the app takes: it trains, and its adapter is plain PEFT."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from torch.nn import functional
from training_builders import attempt, make_model, make_run, open_run
from transformers import AutoModelForCausalLM

from pipeline_trainer.data.batches import Row
from pipeline_trainer.lora_layer import path_of
from pipeline_trainer.run_data import read_data

LISTS = Path(__file__).parents[3] / "src/lib/training"
FAMILIES = json.loads((LISTS / "model-families.json").read_bytes())
# What the app takes for those whose adapters, not all beside a plain product, are left to PEFT.
STOCK_FAMILIES = json.loads((LISTS / "stock-families.json").read_bytes())
FEW_EXPERTS = {"num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 16}
# What is large unless it is said.
SIZES = {
    "qwen2_moe": {**FEW_EXPERTS, "shared_expert_intermediate_size": 16},
    "qwen3_moe": {**FEW_EXPERTS, "head_dim": 8},
    **{name: {"head_dim": 8} for name in ("qwen3", "gemma", "gemma2", "gemma3_text")},
}


@torch.no_grad()
def loss_of(model: Any, rows: Sequence[Row]) -> float:
    """Mean cross-entropy of the trained tokens, a row at a time, as anyone would write it."""
    losses = []
    for row in rows:
        ids, marked = torch.tensor([row.ids]), torch.tensor(row.trained[1:])
        logits = model(input_ids=ids).logits[0, :-1]
        losses.append(functional.cross_entropy(logits[marked], ids[0, 1:][marked], reduction="none"))
    return float(torch.cat(losses).mean())


@pytest.mark.parametrize("family", FAMILIES)
def test_trains_by_default_targets_and_its_adapter_loads_in_plain_peft(tmp_path: Path, family: str) -> None:
    model = make_model(tmp_path / "model", family=family, **SIZES.get(family, {}))
    folder = make_run(tmp_path / "run", model, max_steps=2, eval_steps=2, save_steps=2)
    assert folder.job.settings.target_modules == "all-linear"
    assert attempt(folder) == 0
    completed = folder.named("completed")[0]
    held_out = read_data(folder.path, job=folder.job).rows.held_out
    base = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32).eval()
    assert completed["base_validation_loss"] == pytest.approx(loss_of(base, held_out), rel=1e-5)
    theirs = PeftModel.from_pretrained(base, str(folder.path / "adapter")).eval()
    assert completed["final_validation_loss"] == pytest.approx(loss_of(theirs, held_out), rel=1e-5)
    assert completed["final_validation_loss"] < completed["base_validation_loss"] - 0.001


@pytest.mark.parametrize("family", FAMILIES)
def test_computes_adapters_in_16_bit_as_the_app_expects_of_it(tmp_path: Path, family: str) -> None:
    model = make_model(tmp_path / "model", family=family, **SIZES.get(family, {}))
    run = open_run(make_run(tmp_path / "run", model, precision="bf16"))
    assert path_of(run.trainable.model) == ("stock" if family in STOCK_FAMILIES else "fast")
