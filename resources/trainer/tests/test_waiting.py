"""How often a step waits for what a card has computed: for its loss and its gradient's norm, however many its passes."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch
from test_preference import make_job
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from training_builders import make_model, make_run, open_run

from pipeline_trainer.run_state import Run
from pipeline_trainer.sending import sent
from pipeline_trainer.step import optimizer_step

# A number for Python, and shapes that only the numbers themselves tell: each stops until a card is done.
WAITS = ("_local_scalar_dense", "nonzero", "is_nonzero", "masked_select", "unique2", "equal")


class Waits(TorchDispatchMode):
    """Counts what a card would be waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = func.overloadpacket.__name__
        by_mask = name == "index" and any(each is not None and each.dtype is torch.bool for each in args[1])
        if name in WAITS or by_mask:
            self.counts[name] += 1
        return func(*args, **(kwargs or {}))


def waits_of(run: Run, micro_batch: int) -> Counter[str]:
    """Of one step whose passes are of `micro_batch` rows."""
    run.progress.micro_batch = micro_batch
    with Waits() as counted:
        optimizer_step(run)
    return counted.counts


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("base") / "tiny")


@pytest.mark.parametrize("settings", [{}, {"optimizer": "adafactor"}, {"lora_dropout": 0.1}], ids=str)
def test_a_step_waits_twice_however_many_its_passes(tmp_path: Path, model: Path, settings: dict[str, Any]) -> None:
    run = open_run(make_run(tmp_path / "run", model, packing="on", **settings))
    assert [waits_of(run, size) for size in (4, 1)] == [Counter(_local_scalar_dense=2)] * 2


@pytest.mark.parametrize("method", ["dpo", "orpo", "kto"])
def test_so_does_a_step_of_comparisons(tmp_path: Path, model: Path, method: str) -> None:
    run = open_run(make_job(tmp_path / "run", model, method, packing="on"))
    assert [waits_of(run, size) for size in (4, 1)] == [Counter(_local_scalar_dense=2)] * 2


def test_transformers_waits_once_a_pass_of_rows_side_by_side(tmp_path: Path, model: Path) -> None:
    """To see whether they are packed after all; on cards they are, unless it is switched off."""
    run = open_run(make_run(tmp_path / "run", model, packing="off"))
    assert [waits_of(run, size) for size in (4, 1)] == [Counter(_local_scalar_dense=2 + passes) for passes in (1, 4)]


def test_what_is_sent_to_a_card_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[torch.device, bool]] = []

    def to(self: Tensor, device: torch.device, *, non_blocking: bool = False) -> Tensor:
        asked.append((device, non_blocking))
        return self

    monkeypatch.setattr(Tensor, "to", to)
    monkeypatch.setattr(Tensor, "pin_memory", lambda self: self)
    card, processor = torch.device("cuda", 0), torch.device("cpu")
    for device in (card, processor):
        sent(torch.zeros(2), device)
    assert asked == [(card, True), (processor, False)]
