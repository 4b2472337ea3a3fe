"""Variants, optimizers and schedules: each learns, resumes bit for bit, is plain PEFT on disk, and is what it says."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from torch import Tensor
from torch.nn import functional
from training_builders import Folder, assert_learns_and_goes_on, attempt, make_model, make_records, make_run, open_run
from transformers import AutoModelForCausalLM

from pipeline_trainer.adapter_folder import WEIGHTS, adapter_tensors, disk_name, set_adapter_tensors
from pipeline_trainer.data.batches import collate
from pipeline_trainer.loss import LossHead
from pipeline_trainer.model import without_adapter
from pipeline_trainer.optimizer import Optimizer
from pipeline_trainer.run_state import Run
from pipeline_trainer.schedule import Schedule
from pipeline_trainer.step import optimizer_step
from pipeline_trainer.verify import main as verify

EACH = [
    pytest.param({"variant": "rslora"}, id="rslora"),
    pytest.param({"variant": "dora"}, id="dora"),
    pytest.param({"variant": "pissa"}, id="pissa"),
    pytest.param({"variant": "lora_plus", "learning_rate": 1e-3}, id="lora_plus"),
    pytest.param({"optimizer": "adafactor"}, id="adafactor"),
    pytest.param({"optimizer": "adamw_8bit", "lora_rank": 128}, id="adamw_8bit"),
    pytest.param({"lr_scheduler": "wsd"}, id="wsd"),
    pytest.param({"precision": "bf16"}, id="bf16"),
    pytest.param({"variant": "dora", "optimizer": "adafactor", "weight_decay": 0.1}, id="dora-adafactor"),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("base") / "tiny")


def make_job(folder: Path, model: Path, **settings: Any) -> Folder:
    return make_run(folder, model, lora_dropout=0.1, eval_steps=4, save_steps=3, **settings)


def stock(model: Path, adapter: Path) -> Any:
    """What anyone loads: the base model and the adapter's folder, by PEFT alone."""
    return PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32), str(adapter)).eval()


@pytest.mark.parametrize("settings", EACH)
def test_each_learns_goes_on_bit_for_bit_and_loads_in_plain_peft(
    tmp_path: Path, model: Path, settings: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    straight, stopped = (make_job(tmp_path / name, model, **settings) for name in ("straight", "stopped"))
    assert_learns_and_goes_on(straight, stopped, gain=0.1, poll=9)
    assert verify(["--adapter", str(straight.path / "adapter"), "--base-model", str(model)]) == 0
    assert json.loads(capsys.readouterr().out)["ok"]
    assert_plain_peft_computes_the_same(straight)


@torch.no_grad()
def assert_plain_peft_computes_the_same(folder: Folder) -> None:
    """The model that trained, with the result in it, against the result loaded by PEFT."""
    run = open_run(folder)
    run.resume(folder.path / "checkpoints" / f"step-{folder.named('completed')[0]['source_step']:06d}")
    ids = torch.tensor([run.train_rows[0].ids])
    own = run.trainable.model.eval()(input_ids=ids).logits
    plain = stock(folder.model, folder.path / "adapter")(input_ids=ids).logits
    rounding = 1e-2 if own.dtype is torch.bfloat16 else 1e-5
    assert float((own - plain).abs().max()) <= rounding * float(own.abs().max())


@pytest.mark.parametrize("variant", ["rslora", "dora", "pissa"])
def test_the_start_is_the_base_model(tmp_path: Path, model: Path, variant: str) -> None:
    run = open_run(make_run(tmp_path / "run", model, variant=variant))
    run.trainable.model.eval()
    ids = torch.tensor([run.train_rows[0].ids])
    with torch.no_grad():
        wrapped = run.trainable.model(input_ids=ids).logits
        with without_adapter(run.trainable):
            base = run.trainable.model(input_ids=ids).logits
    assert torch.allclose(wrapped, base, atol=1e-5)


@pytest.mark.parametrize("variant", ["rslora", "dora"])
def test_rule_11_variants_have_the_losses_of_stock_peft(tmp_path: Path, model: Path, variant: str) -> None:
    run = open_run(make_run(tmp_path / "run", model, variant=variant))
    options = {"use_rslora": variant == "rslora", "use_dora": variant == "dora"}
    config = LoraConfig(r=4, lora_alpha=8, target_modules="all-linear", task_type="CAUSAL_LM", **options)
    theirs = get_peft_model(AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32), config)
    assert_same_losses(run, theirs)


def test_rule_11_pissa_has_the_losses_of_weights_without_their_principal_parts(tmp_path: Path, model: Path) -> None:
    run = open_run(make_run(tmp_path / "run", model, variant="pissa"))
    config = LoraConfig(r=4, lora_alpha=8, target_modules="all-linear", task_type="CAUSAL_LM")
    theirs = get_peft_model(AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32), config)
    parameters = run.trainable.parameters
    for name in [name for name in parameters if ".lora_A." in name]:
        layer = theirs.get_submodule(name.rpartition(".lora_A")[0])
        start = parameters[name.replace(".lora_A.", ".lora_B.")] @ parameters[name]
        layer.base_layer.weight.data -= 2.0 * start.detach()
    assert_same_losses(run, theirs)


def test_pissa_starts_with_the_largest_singular_parts(tmp_path: Path, model: Path) -> None:
    run = open_run(make_run(tmp_path / "run", model, variant="pissa"))
    name = next(name for name in run.trainable.parameters if "layers.1" in name and "up_proj.lora_A" in name)
    made = 2.0 * run.trainable.parameters[name.replace("lora_A", "lora_B")] @ run.trainable.parameters[name]
    weight = run.trainable.model.get_submodule(name.rpartition(".lora_A")[0]).base_layer.weight
    u, s, v = torch.linalg.svd(weight, full_matrices=False)
    largest = u[:, :4] * s[:4] @ v[:4]
    left, least = (float((weight - part).detach().norm()) for part in (made, largest))
    assert left <= 1.001 * least


def assert_same_losses(run: Run, theirs: Any, *, steps: int = 6) -> None:
    """A plain loop over a stock PEFT model that begins with the run's tensors."""
    start = {
        name: tensor.chunk(2, dim=int("lora_B" in name))[0] if run.trainable.origin else tensor
        for name, tensor in adapter_tensors(run.trainable).items()
    }
    trained = {name: value for name, value in theirs.named_parameters() if value.requires_grad}
    for name, value in trained.items():
        value.data.copy_(start[disk_name(name)])
    adamw = torch.optim.AdamW(trained.values(), weight_decay=0.0)
    position = run.sampler.to_dict()
    batches = [[run.train_rows[index] for index in run.sampler.next_step()] for _ in range(steps)]
    run.sampler.load_dict(position)
    expected, found = [], []
    for step, rows in enumerate(batches, start=1):
        batch = collate(rows, pad_id=0)
        logits = theirs(input_ids=batch.input_ids).logits.flatten(0, 1)[batch.predicts]
        loss = functional.cross_entropy(logits, batch.targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained.values(), 1.0)
        adamw.param_groups[0]["lr"] = run.schedule.rate(step)
        adamw.step()
        adamw.zero_grad()
        expected.append(float(loss.detach()))
        found.append(optimizer_step(run).loss)
        run.progress.step += 1
    assert expected[-1] < expected[0]
    assert found == pytest.approx(expected, abs=1e-5)


def test_pissa_is_saved_as_lora_of_twice_the_rank_and_read_back_whole(tmp_path: Path, model: Path) -> None:
    run = open_run(make_run(tmp_path / "run", model, variant="pissa"))
    for parameter in run.trainable.parameters.values():
        parameter.data.normal_()
    saved = adapter_tensors(run.trainable)
    before = tensors_of(run)
    for parameter in (*run.trainable.parameters.values(), *run.trainable.origin.values()):
        parameter.data.zero_()
    set_adapter_tensors(run.trainable, saved)
    assert all(torch.equal(before[name], value) for name, value in tensors_of(run).items())
    assert {tensor.shape[int("lora_B" in name)] for name, tensor in saved.items()} == {8}


def tensors_of(run: Run) -> dict[str, Tensor]:
    kinds = {"own": run.trainable.parameters, "origin": run.trainable.origin}
    return {f"{kind}/{name}": value.detach().clone() for kind, named in kinds.items() for name, value in named.items()}


def test_the_start_of_pissa_never_learns(tmp_path: Path, model: Path) -> None:
    folder = make_run(tmp_path / "run", model, variant="pissa", weight_decay=0.5)
    fresh = open_run(folder)
    start = {name: value.clone() for name, value in adapter_tensors(fresh.trainable).items()}
    fresh.log.close()
    assert attempt(folder) == 0
    from safetensors.torch import load_file

    for name, tensor in load_file(folder.path / "adapter" / WEIGHTS).items():
        axis = int("lora_B" in name)
        assert torch.equal(tensor.chunk(2, dim=axis)[1], start[name].chunk(2, dim=axis)[1])


def test_lora_plus_moves_b_sixteen_times_as_far() -> None:
    halves = {name: torch.nn.Parameter(torch.zeros(2, 2)) for name in ("x.lora_A.default.weight", "x.lora_B.default.weight")}
    optimizer = Optimizer(halves, weight_decay=0.0, max_grad_norm=0.0, ratio_of_b=16.0)
    for parameter in halves.values():
        parameter.grad = torch.ones(2, 2)
    optimizer.step(1e-3)
    a, b = (float(parameter[0, 0].detach()) for parameter in halves.values())
    assert b == pytest.approx(16 * a)


def test_rows_are_packed_with_every_variant(tmp_path: Path, model: Path) -> None:
    for variant in ("dora", "pissa"):
        runs = [
            make_run(tmp_path / f"{variant}-{packing}", model, variant=variant, packing=packing, records=make_records(23))
            for packing in ("on", "off")
        ]
        assert [attempt(folder) for folder in runs] == [0, 0]
        packed, padded = (folder.curve("training_loss") for folder in runs)
        assert packed == pytest.approx(padded, rel=1e-4)


def test_a_wsd_schedule_is_stable_and_then_decays() -> None:
    schedule = Schedule("wsd", 1.0, warmup_steps=10, total_steps=110)
    assert schedule.rate(5) == 0.5
    assert [schedule.rate(step) for step in range(10, 92)] == pytest.approx([1.0] * 82)
    assert schedule.rate(101) == pytest.approx(0.5)
    assert 0 < schedule.rate(110) == pytest.approx(0.05)


def test_the_loss_head_sees_the_wrapped_model(tmp_path: Path, model: Path) -> None:
    """The frozen half of PiSSA counts in losses too."""
    run = open_run(make_run(tmp_path / "run", model, variant="pissa"))
    run.trainable.model.eval()
    batch = collate(run.train_rows[:2], pad_id=0)
    with torch.no_grad():
        own = run.head.token_losses(batch)
        with without_adapter(run.trainable):
            base = LossHead(run.trainable.model, select_rows=False).token_losses(batch)
    assert torch.allclose(own, base, atol=1e-5)
