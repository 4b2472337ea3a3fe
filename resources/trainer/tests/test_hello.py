"""What an attempt says of its surroundings before anything else."""

from pathlib import Path

import pytest
import torch
from training_builders import attempt, make_model, make_run

from pipeline_trainer.hardware import driver_version

CARD = torch.device("cuda")


def test_hello_is_the_receipt_of_an_attempt(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run", make_model(tmp_path / "model"), max_steps=1)
    assert attempt(folder) == 0
    hello = folder.named("hello")[0]
    assert (hello["device"], hello["driver"], hello["threads"]) == ("cpu", None, folder.job.threads)
    assert hello["torch"] == torch.__version__
    assert hello["device_name"]
    assert hello["precision"] in {"bf16", "fp32"}


@pytest.mark.parametrize(
    ("script", "version"),
    [("echo 580.65.06; echo 580.65.06", "580.65.06"), ("echo", None), ("echo broken; exit 9", None), (None, None)],
)
def test_the_driver_is_what_nvidia_smi_says(
    script: str | None, version: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if script is not None:
        tool = tmp_path / "nvidia-smi"
        tool.write_text(f"#!/bin/sh\n{script}\n")
        tool.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert driver_version(CARD) == version
    assert driver_version(torch.device("cpu")) is None
