"""Rule 9, the plain-PEFT half: what is exported computes what was trained."""

import json
import zipfile
from pathlib import Path

import pytest
import torch

from pipeline_trainer import export, verify
from pipeline_trainer.adapter_folder import adapter_config, adapter_tensors, write_adapter
from pipeline_trainer.compare import compare
from pipeline_trainer.errors import TrainerError
from pipeline_trainer.model import Trainable, load_base
from pipeline_trainer.variants import ADAPTER

MODEL = Path(__file__).parents[2] / "models" / "smollm2-135m-instruct"


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An adapter that visibly changes the model."""
    from peft import LoraConfig, get_peft_model

    base = load_base(MODEL, dtype=torch.float32, device=torch.device("cpu"))
    config = LoraConfig(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
    torch.manual_seed(7)
    model = get_peft_model(base, config, adapter_name=ADAPTER)
    trainable = Trainable(model, {name: value for name, value in model.named_parameters() if value.requires_grad})
    for parameter in trainable.parameters.values():
        parameter.data = torch.randn_like(parameter) * 0.05
    folder = tmp_path_factory.mktemp("stored")
    write_adapter(folder, adapter_tensors(trainable), adapter_config(trainable, base_name="smollm2"))
    return folder


def arguments(stored: Path, kind: str, to: Path) -> list[str]:
    return ["--adapter", str(stored), "--base-model", str(MODEL), "--format", kind, "--to", str(to)]


def test_rule_9_a_stored_adapter_has_equal_logits_in_plain_peft(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify.main(["--adapter", str(stored), "--base-model", str(MODEL)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["ok"]
    assert found["max_abs_diff"] == 0.0


def test_rule_9_the_comparison_notices_another_adapter(stored: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    other = {name: tensor * 0.5 for name, tensor in load_file(stored / "adapter_model.safetensors").items()}
    save_file(other, tmp_path / "adapter_model.safetensors")
    (tmp_path / "adapter_config.json").write_bytes((stored / "adapter_config.json").read_bytes())
    assert not compare(MODEL, stored=stored, loaded_again=tmp_path).ok


def test_export_as_zip_is_checked_and_leaves_nothing_beside_it(
    stored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "mein Export ü.zip"
    assert export.main(arguments(stored, "zip", target)) == 0
    assert json.loads(capsys.readouterr().out)["verification"]["ok"]
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
    with zipfile.ZipFile(target) as packed:
        assert {"adapter_model.safetensors", "adapter_config.json", "tokenizer.json", "chat_template.jinja"} <= set(
            packed.namelist()
        )


def test_export_never_overwrites(stored: Path, tmp_path: Path) -> None:
    target = tmp_path / "taken"
    target.mkdir()
    (target / "thesis.txt").write_text("mine")
    with pytest.raises(TrainerError) as refused:
        export.main(arguments(stored, "adapter", target))
    assert refused.value.code == "export_target_exists"
    assert (target / "thesis.txt").read_text() == "mine"
