"""`evaluate`, `probe` and `selftest`: figures of the engine, without a run."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from training_builders import Folder, attempt, make_model, make_run

from pipeline_trainer import evaluate, probe, products, selftest
from pipeline_trainer.data.batches import Batch
from pipeline_trainer.durable import sha256_of
from pipeline_trainer.errors import TrainerError
from pipeline_trainer.hardware import resolve
from pipeline_trainer.loss import LossHead
from pipeline_trainer.progress import HeldOut, Progress

HOLDS_SOMETHING = """
import sys
from unittest.mock import MagicMock
sys.modules['torch'] = MagicMock()
from pipeline_trainer.hardware import peak_memory_bytes
held = bytearray(b'x') * 2**27
print(peak_memory_bytes(MagicMock(type='cpu')))
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    folder = tmp_path_factory.mktemp("trained")
    made = make_run(folder / "run", make_model(folder / "model"))
    assert attempt(made) == 0
    return made


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): sha256_of(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def printed(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    return dict(json.loads(capsys.readouterr().out))


def test_evaluate_gives_the_losses_that_the_run_reported(trained: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(trained.path)
    assert evaluate.main([str(trained.path)]) == 0
    found = printed(capsys)
    reported = {
        (event["subject"], event["group"]): (event["loss"], event["tokens"], event["records"])
        for event in trained.named("evaluation")
        if event["final"]
    }
    assert len(reported) == 6  # the whole held-out set and both topics, base and adapter
    for (subject, group), (loss, tokens, records) in reported.items():
        part = found[subject][group]
        assert part["loss"] == pytest.approx(loss, rel=1e-6)
        assert (part["tokens"], part["records"]) == (tokens, records)
    assert contents(trained.path) == before


def test_evaluate_refuses_a_run_without_an_adapter(tmp_path: Path, trained: Folder) -> None:
    with pytest.raises(TrainerError) as refused:
        evaluate.main([str(make_run(tmp_path / "run", trained.model).path)])
    assert refused.value.code == "adapter_missing"


def test_probe_measures_the_longest_row_and_writes_nothing(
    tmp_path: Path, trained: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_run(tmp_path / "run", trained.model)
    before = contents(folder.path)
    assert probe.main([str(folder.path)]) == 0
    found = printed(capsys)
    assert found["step_ms"] > 0
    assert found["tokens_per_second"] > 0
    assert found["peak_memory_bytes"] > 0
    assert (found["micro_batch"], found["longest_row_tokens"]) == (4, 37)
    assert contents(folder.path) == before


def test_a_probe_of_memory_takes_the_runs_own_passes_and_keeps_nothing(
    tmp_path: Path, trained: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_run(tmp_path / "run", trained.model)
    before = contents(folder.path)
    probe.main([str(folder.path), "--memory"])
    found = printed(capsys)
    assert (found["rows"], found["longest_row_tokens"], found["path"]) == (4, 37, "stock")
    assert contents(folder.path) == before
    assert found["precision"] == "fp32"
    assert 0 < found["trained_tokens"] < found["longest_row_tokens"]


def test_a_quick_probe_reckons_the_step_from_the_matrices_of_the_layers(
    tmp_path: Path, trained: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sorted(products.linear_shapes(trained.model)) == sorted(
        2 * [(32, 32), (16, 32), (16, 32), (32, 32), (64, 32), (64, 32), (32, 64)]
    )
    folder = make_run(tmp_path / "run", trained.model)
    before = contents(folder.path)
    assert probe.main([str(folder.path), "--quick"]) == 0
    found = printed(capsys)
    assert list(found) == ["step_ms"]
    assert found["step_ms"] > 0
    assert contents(folder.path) == before


def test_the_products_of_more_tokens_take_longer(trained: Folder) -> None:
    compute = resolve("cpu", "fp32")
    few, many = (products.step_ms(trained.model, tokens=tokens, compute=compute) for tokens in (64, 64_000))
    assert many > 20 * few


def test_probe_halves_the_pass_until_it_fits(
    tmp_path: Path, trained: Folder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = LossHead.token_losses

    def limited(self: LossHead, batch: Batch) -> Tensor:
        if len(batch.input_ids) > held:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        return plain(self, batch)

    monkeypatch.setattr(LossHead, "token_losses", limited)
    folder = make_run(tmp_path / "run", trained.model)
    held = 2
    assert probe.main([str(folder.path)]) == 0
    assert printed(capsys)["micro_batch"] == 2
    held = 0
    with pytest.raises(TrainerError) as refused:
        probe.main([str(folder.path)])
    assert refused.value.code == "out_of_memory"


def test_selftest_finds_a_whole_installation(capsys: pytest.CaptureFixture[str]) -> None:
    assert selftest.main([]) == 0
    assert printed(capsys)["checks"] == {"learns": None, "repeats": None, "loads_in_plain_peft": None}


def test_selftest_names_what_fails(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "RATE", -1e-2)
    assert selftest.main([]) == 1
    found = printed(capsys)
    assert not found["ok"]
    assert "the loss went from" in found["checks"]["learns"]


def test_a_held_out_loss_that_is_no_number_is_never_the_best() -> None:
    progress = Progress(step=1)
    nothing, some = {"all": HeldOut(float("nan"), 2, 1)}, {"all": HeldOut(4.0, 2, 1)}
    assert not progress.judge(nothing, min_delta=0.0, patience=3)
    assert progress.best_step is None
    progress.step = 2
    assert progress.judge(some, min_delta=0.0, patience=3)
    progress.step = 3
    assert not progress.judge(nothing, min_delta=0.0, patience=3)
    assert (progress.best_step, progress.evaluations_without_gain) == (2, 1)


@pytest.mark.skipif(sys.platform != "linux", reason="how Linux counts")
def test_peak_memory_is_that_of_the_process_itself_not_of_the_one_that_started_it() -> None:
    held = torch.ones(2**27)  # 512 MiB
    # Without torch, of which this count asks nothing.
    said = subprocess.run([sys.executable, "-c", HOLDS_SOMETHING], capture_output=True, text=True, check=True).stdout
    assert held.numel() * held.element_size() > int(said) > 2**27
