"""A base model whose layers lie elsewhere changes no number: not the loss, not the gradient, not what a run gives."""

from pathlib import Path
from typing import Any

import pytest
import torch
from training_builders import Folder, attempt, make_model, make_run, open_run

from pipeline_trainer.held import HeldLinear, held_count, held_layers
from pipeline_trainer.lora_layer import path_of
from pipeline_trainer.protocol import Command
from pipeline_trainer.step import gradient
from pipeline_trainer.stores import OnHost

OFFLOADED = {"micro_batch": 8, "recompute_mlps": 0, "recompute_layers": 0, "base": "offloaded"}
SETTINGS = [
    pytest.param({}, id="padded"),
    pytest.param({"packing": "on", "lora_dropout": 0.2}, id="packed-dropout"),
    pytest.param({"precision": "bf16"}, id="bf16"),
    pytest.param({"variant": "dora"}, id="dora"),
    pytest.param({"variant": "pissa"}, id="pissa"),
    pytest.param({"quantization": "int8"}, id="int8"),
    pytest.param({"quantization": "nf4"}, id="nf4"),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("base") / "tiny")


def make_job(folder: Path, model: Path, plan: dict[str, Any] | None, **settings: Any) -> Folder:
    made = make_run(folder, model, **settings)
    if plan is not None:
        made.change(memory=plan)
    return made


def loss_and_gradient(folder: Folder) -> tuple[float, torch.Tensor]:
    run = open_run(folder)
    # B begins as zero, and A then has no gradient.
    for parameter in run.trainable.parameters.values():
        parameter.data = torch.sin(torch.arange(parameter.numel())).reshape(parameter.shape) * 0.1
    loss = gradient(run, [run.train_rows[index] for index in run.sampler.next_step()])
    gradients = [parameter.grad.flatten() for parameter in run.trainable.parameters.values() if parameter.grad is not None]
    run.log.close()
    return loss, torch.cat(gradients)


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("recompute_layers", [0, 2])
def test_loss_and_gradient_of_an_offloaded_base_are_those_of_a_kept_one(
    tmp_path: Path, model: Path, settings: dict[str, Any], recompute_layers: int
) -> None:
    plan = {**OFFLOADED, "recompute_layers": recompute_layers}
    kept = loss_and_gradient(make_job(tmp_path / "kept", model, {**plan, "base": "kept"}, **settings))
    offloaded = loss_and_gradient(make_job(tmp_path / "offloaded", model, plan, **settings))
    assert offloaded[0] == kept[0]
    assert torch.equal(offloaded[1], kept[1])


def test_an_offloaded_run_may_go_on_kept_and_back_bit_for_bit(tmp_path: Path, model: Path) -> None:
    settings: dict[str, Any] = {"lora_dropout": 0.2, "prompts": ["What is 3?"], "eval_steps": 4}
    straight, moved = (make_job(tmp_path / name, model, None, **settings) for name in ("straight", "moved"))
    assert attempt(straight) == 0
    places = []
    for base in ("offloaded", "kept", "offloaded"):
        moved.change(memory={**OFFLOADED, "base": base})
        places.append(base)
        attempt(moved, at_poll={15: Command("pause")} if len(places) < 3 else {})
    assert [event["base"] for event in moved.named("plan")] == places
    assert moved.adapter() == straight.adapter()
    assert not moved.named("warning")
    answers, wanted = moved.named("sample"), straight.named("sample")
    assert {event["step"]: event["text"] for event in answers} == {event["step"]: event["text"] for event in wanted}


def test_all_linear_layers_but_the_last_projection_lie_on_the_host_and_are_counted(tmp_path: Path, model: Path) -> None:
    folder = make_job(tmp_path / "run", model, OFFLOADED, precision="bf16")
    run = open_run(folder)
    run.log.close()
    layers = held_layers(run.trainable.model)
    assert len(layers) == 2 * 7
    assert {type(layer.form.values) for layer in layers} == {OnHost}
    assert not isinstance(run.trainable.model.get_output_embeddings(), HeldLinear)
    left = sum(parameter.numel() for parameter in run.trainable.model.parameters())
    plain = open_run(make_job(tmp_path / "plain", model, None))
    plain.log.close()
    assert left + held_count(run.trainable.model) == plain.trainable.total_count == run.trainable.total_count
    assert path_of(run.trainable.model) == "fast"
    assert "its layers in the processor's memory" in folder.named("stage")[1]["detail"]


def test_a_model_without_linear_layers_stays_where_it_is_and_says_so(tmp_path: Path) -> None:
    gpt2 = make_model(tmp_path / "gpt2", family="gpt2", n_layer=2, n_embd=32, n_head=4, n_positions=512)
    folder = make_job(tmp_path / "run", gpt2, OFFLOADED)
    assert attempt(folder) == 0
    assert [event["code"] for event in folder.named("warning")] == ["base_stays"]
    assert folder.named("plan")[0]["base"] == "kept"
