"""Ours without each lever: that lever is really not pulled, and what is computed stays the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from training_builders import Folder, make_model, make_run, open_run

from bench.contenders import LEVERS, WITHOUT
from bench.ours import CLOSED, train_ours
from pipeline_trainer.lora_layer import as_one_function, path_of
from pipeline_trainer.run_state import Run

STEPS = 2
# Of what is learned in two steps, rounding in 16 bit moves up to a fiftieth.
MOVED = 0.05


class NoTurns:
    """A benchmark of one contender."""

    def after_step(self) -> None:
        """Nobody else waits."""

    def done(self, _device: object, **_figures: float) -> None:
        """Nobody asks for figures."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("levers") / "model")


@pytest.fixture
def folder(tmp_path: Path, model: Path) -> Folder:
    return make_run(tmp_path / "run", model, precision="bf16", max_steps=STEPS)


def pulled(run: Run) -> dict[str, bool]:
    forwards = [vars(module).get("forward") for module in run.trainable.model.modules()]
    siblings = [each.args[0] for each in forwards if getattr(each, "func", None) is as_one_function]
    return {
        "packing": run.layout.packed,
        "beginnings": run.layout.shares,
        "adapters": path_of(run.trainable.model) == "fast",
        "layers": any("forward" in vars(each) for each in run.trainable.model.modules() if "Norm" in type(each).__name__),
        "siblings": any(len(each.layers) > 1 for each in siblings),
        "attention": run.layout.short,
        "chunks": run.head.chunked,
        "rows": run.head.selects_rows,
    }


@contextmanager
def opened(folder: Folder) -> Iterator[Run]:
    run = open_run(folder)
    yield run
    run.log.close()


def test_every_lever_is_pulled_where_none_is_left_out(folder: Folder) -> None:
    with opened(folder) as run:
        assert pulled(run) == dict.fromkeys(CLOSED, True)


@pytest.mark.parametrize(
    ("lever", "others"),
    [
        ("beginnings", set()),
        ("adapters", {"siblings"}),
        ("layers", set()),
        ("siblings", set()),
        ("attention", set()),
        ("chunks", set()),
        ("rows", {"chunks"}),
    ],
)
def test_without_a_lever_it_is_not_pulled(folder: Folder, lever: Any, others: set[str]) -> None:
    with CLOSED[lever](), opened(folder) as run:
        assert pulled(run) == {name: name not in {lever, *others} for name in CLOSED}


def test_every_contender_learns_the_same(folder: Folder) -> None:
    learned: dict[str, torch.Tensor] = {}
    for name in LEVERS:
        own = Folder(folder.path / name, folder.model)
        own.path.mkdir()
        train_ours(name, folder.path, own.path / "adapter", turns=NoTurns())  # type: ignore[arg-type]  # all that the loop asks of them
        tensors = load_file(own.path / "adapter" / "adapter_model.safetensors")
        learned[name] = torch.cat([tensors[key].flatten() for key in sorted(tensors) if "lora_B" in key])
        assert own.named("plan")[0]["packing"]["packed"] is (name != f"{WITHOUT}packing")
    assert len(learned) == len(CLOSED) + 1
    ours = learned["ours"]
    for name, found in learned.items():
        assert float((found - ours).norm() / ours.norm()) < MOVED, name
