"""What a failure of a card, of memory or of a disk is called (R06)."""

import errno
from pathlib import Path
from typing import Any

import pytest
import torch
from training_builders import attempt, make_model, make_run

from pipeline_trainer import finish
from pipeline_trainer.__main__ import describe
from pipeline_trainer.errors import TrainerError, is_out_of_memory


@pytest.mark.parametrize(
    "said",
    [
        "CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
        "Triton Error [CUDA]: out of memory",
    ],
)
def test_r06_memory_that_runs_out_is_known_by_any_library_s_words(said: str) -> None:
    assert is_out_of_memory(RuntimeError(said))
    assert describe(RuntimeError(said)).code == "out_of_memory"
    assert not is_out_of_memory(KeyError(said))


def test_memory_that_the_processor_lacks() -> None:
    with pytest.raises(RuntimeError) as refused:
        torch.empty(2**50)
    assert describe(refused.value).code == "out_of_memory"


@pytest.mark.parametrize(
    "said",
    [
        "CUDA error: an illegal memory access was encountered",
        "CUDA error: unspecified launch failure",
        "CUDA error: device-side assert triggered",
        "CUDA error: uncorrectable ECC error encountered",
    ],
)
def test_r06_a_card_that_has_stopped_is_called_so(said: str) -> None:
    failure = describe(RuntimeError(f"{said}\nSearch for the error in the manual."))
    assert failure.code == "card_failed"
    assert said in failure.message
    assert "manual" not in failure.message
    assert "Xid" in failure.hint


def test_a_disk_that_is_full_when_the_result_is_written_costs_no_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_run(tmp_path / "run", make_model(tmp_path / "model"), max_steps=2)
    plain = finish.write_durably

    def full(path: Path, content: Any) -> None:
        path.write_bytes(content[:3])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(finish, "write_durably", full)
    with pytest.raises(TrainerError) as ended:
        attempt(folder)
    assert ended.value.code == "result_failed"
    assert "No space left" in ended.value.message
    assert not list(folder.path.glob(".staging-*"))
    steps = folder.steps_reported
    monkeypatch.setattr(finish, "write_durably", plain)
    assert attempt(folder) == 0
    assert folder.steps_reported == steps
