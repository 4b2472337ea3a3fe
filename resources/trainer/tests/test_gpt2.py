"""GPT-2: linear layers stored the other way round, positions that are learned, no chat template."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from training_builders import Folder, attempt, make_model, make_run

from pipeline_trainer import export
from pipeline_trainer.model import linear_names, load_base

# Left to itself, PEFT finds out and says so in every log.
pytestmark = pytest.mark.filterwarnings("error:fan_in_fan_out")
NAMED = ["c_attn", "c_proj", "c_fc"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("gpt2"), family="gpt2", template=None)


def trained(folder: Path, model: Path, **settings: Any) -> Folder:
    run = make_run(folder, model, **settings)
    assert attempt(run) == 0
    return run


def test_its_linear_layers_are_known_by_name(model: Path) -> None:
    base = load_base(model, dtype=torch.float32, device=torch.device("cpu"))
    assert linear_names(base) == {*NAMED, "lm_head"}


def test_named_layers_are_all_of_them_and_learn(model: Path, tmp_path: Path) -> None:
    named = trained(tmp_path / "named", model, target_modules=NAMED)
    every = trained(tmp_path / "all", model)
    assert named.adapter() == every.adapter()
    completed = named.named("completed")[0]
    assert completed["final_validation_loss"] < completed["base_validation_loss"] - 0.1


@pytest.mark.parametrize("variant", ["lora", "dora", "pissa"])
@pytest.mark.parametrize("kind", ["adapter", "merged"])
def test_rule_9_what_is_exported_computes_what_was_trained(
    kind: str, variant: str, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = trained(tmp_path / "run", model, variant=variant, max_steps=4)
    stored = run.path / "adapter"
    assert json.loads((stored / "adapter_config.json").read_bytes())["fan_in_fan_out"]
    words = ["--adapter", str(stored), "--base-model", str(model), "--format", kind, "--to", str(tmp_path / "export")]
    assert export.main(words) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["verification"]["ok"]
