"""Recompute changes no number: not the loss, not the gradient, not what dropout draws, not what a resumed run gives."""

from pathlib import Path
from typing import Any

import pytest
import torch
from training_builders import Folder, attempt, make_model, make_run, open_run

from pipeline_trainer.pass_size import longest
from pipeline_trainer.protocol import Command
from pipeline_trainer.recompute import decoder_layers
from pipeline_trainer.step import gradient

LAYERS = 3
PLANS = {
    "mlps": {"micro_batch": 4, "recompute_mlps": 2, "recompute_layers": 0},
    "partial": {"micro_batch": 4, "recompute_mlps": 1, "recompute_layers": 1},
    "full": {"micro_batch": 4, "recompute_mlps": 0, "recompute_layers": LAYERS},
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("base") / "tiny", layers=LAYERS)


def loss_and_gradient(folder: Path, model: Path, plan: dict[str, int] | None, **settings: Any) -> tuple[float, torch.Tensor]:
    made = make_run(folder, model, **settings)
    if plan is not None:
        made.change(memory=plan)
    run = open_run(made)
    # B begins as zero, and A then has no gradient.
    for parameter in run.trainable.parameters.values():
        parameter.data = torch.sin(torch.arange(parameter.numel())).reshape(parameter.shape) * 0.1
    loss = gradient(run, [run.train_rows[index] for index in run.sampler.next_step()])
    gradients = [parameter.grad.flatten() for parameter in run.trainable.parameters.values() if parameter.grad is not None]
    run.log.close()
    return loss, torch.cat(gradients)


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
@pytest.mark.parametrize(
    "settings",
    [{}, {"lora_dropout": 0.3}, {"packing": "on"}, {"variant": "dora"}, {"variant": "pissa"}],
    ids=["padded", "dropout", "packed", "dora", "pissa"],
)
def test_loss_and_gradient_are_those_of_kept_activations(
    tmp_path: Path, model: Path, plan: dict[str, int], settings: dict[str, Any]
) -> None:
    kept = loss_and_gradient(tmp_path / "kept", model, None, **settings)
    recomputed = loss_and_gradient(tmp_path / "recomputed", model, plan, **settings)
    assert recomputed[0] == pytest.approx(kept[0], rel=1e-6)
    assert torch.linalg.norm(recomputed[1] - kept[1]) <= 1e-6 * torch.linalg.norm(kept[1])


def kept_bytes(folder: Path, model: Path, plan: dict[str, int] | None) -> int:
    """What the forward of a step holds for its backward, weights not counted."""
    made = make_run(folder, model)
    if plan is not None:
        made.change(memory=plan)
    run = open_run(made)
    weights = {value.untyped_storage().data_ptr() for value in run.trainable.model.parameters()}
    held: dict[int, torch.UntypedStorage] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            held[storage.data_ptr()] = storage
        return tensor

    batch = run.layout.batch(run.train_rows[:4])
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        run.head.token_losses(batch)
    run.log.close()
    return sum(storage.nbytes() for storage in held.values())


def test_each_rung_keeps_less_than_the_one_before(tmp_path: Path, model: Path) -> None:
    kept = [kept_bytes(tmp_path / name, model, plan) for name, plan in [("none", None), *PLANS.items()]]
    assert kept == sorted(kept, reverse=True)
    assert len(set(kept)) == len(kept)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Folder:
    """The run that kept everything."""
    folder = make_run(tmp_path_factory.mktemp("whole"), model, lora_dropout=0.2)
    assert attempt(folder) == 0
    return folder


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_a_resumed_run_ends_bit_for_bit_as_one_that_kept_everything(
    tmp_path: Path, model: Path, whole: Folder, plan: dict[str, int]
) -> None:
    stopped = make_run(tmp_path / "stopped", model, lora_dropout=0.2)
    stopped.change(memory=plan)
    assert attempt(stopped, at_poll={9: Command("pause")}) == 75
    assert attempt(stopped) == 0
    assert stopped.adapter() == whole.adapter()
    assert not stopped.named("warning")


def test_the_plan_names_its_rung_and_bounds_the_pass(tmp_path: Path, model: Path) -> None:
    for name, plan in PLANS.items():
        folder = make_run(tmp_path / name, model)
        folder.change(memory={**plan, "micro_batch": 2})
        run = open_run(folder)
        run.log.close()
        # A plan's rows are as long as they may be; of these, more have as many tokens.
        fitting = 2 * run.job.settings.max_length // longest(run.train_rows)
        rows = min(fitting, run.job.settings.records_per_step)
        assert [(event["recompute"], event["micro_batch"]) for event in folder.named("plan")] == [(name, rows)]
        assert len(decoder_layers(run.trainable.model)) == LAYERS
