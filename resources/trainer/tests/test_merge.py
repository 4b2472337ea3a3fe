"""Rule 9, the other half: what is merged computes what the base model does with the adapter."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from adapter_builders import make_adapter
from peft import PeftModel
from safetensors.torch import load_file, save_file
from training_builders import attempt, make_model, make_run
from transformers import AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

from pipeline_trainer import compare_merged as merged_comparison
from pipeline_trainer import export
from pipeline_trainer.compare_merged import agree_until_doubt, compare_merged, reference_of
from pipeline_trainer.errors import TrainerError
from pipeline_trainer.merge import merge

IDS = torch.arange(1, 25)[None]


def llama() -> Any:
    sizes: dict[str, Any] = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    return LlamaForCausalLM(LlamaConfig(vocab_size=64, num_key_value_heads=2, **sizes))


def gpt2() -> Any:
    return GPT2LMHeadModel(GPT2Config(vocab_size=64, n_embd=32, n_layer=2, n_head=4, n_positions=64))


def made(folder: Path, base: Callable[[], Any], *, dtype: torch.dtype = torch.float32, **lora: Any) -> tuple[Path, Path]:
    """A base model and an adapter that changes it plainly."""
    torch.manual_seed(3)
    base().to(dtype).save_pretrained(folder / "base", max_shard_size="40KB")
    make_adapter(folder / "adapter", folder / "base", **lora)
    return folder / "base", folder / "adapter"


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return {name: value for file in sorted(folder.glob("*.safetensors")) for name, value in load_file(file).items()}


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("lora", [{}, {"use_rslora": True}, {"use_dora": True}])
def test_rule_9_merged_weights_are_those_of_peft(tmp_path: Path, dtype: torch.dtype, lora: dict[str, Any]) -> None:
    base, adapter = made(tmp_path, llama, dtype=dtype, **lora)
    (tmp_path / "merged").mkdir()
    merge(base, adapter, tmp_path / "merged")
    plain = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32), str(adapter))
    theirs = plain.merge_and_unload().state_dict()
    ours = weights(tmp_path / "merged")
    assert len(list((tmp_path / "merged").glob("*.safetensors"))) > 1
    assert ours.keys() == weights(base).keys()
    for name, value in ours.items():
        assert value.dtype == dtype
        # One unit in the last place: PEFT multiplies by the scaling at another point.
        torch.testing.assert_close(value.float(), theirs[name].to(dtype).float(), rtol=torch.finfo(dtype).eps, atol=1e-7)


@pytest.mark.parametrize(("base", "lora"), [(llama, {}), (llama, {"use_dora": True}), (gpt2, {"fan_in_fan_out": True})])
def test_rule_9_in_float32_merged_logits_are_those_of_base_and_adapter(
    tmp_path: Path, base: Callable[[], Any], lora: dict[str, Any]
) -> None:
    folder, adapter = made(tmp_path, base, **lora)
    (tmp_path / "merged").mkdir()
    merge(folder, adapter, tmp_path / "merged")
    with torch.no_grad():
        stock = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
        plain = stock(input_ids=IDS).logits
        beside = PeftModel.from_pretrained(stock, str(adapter)).eval()(input_ids=IDS).logits
        merged = AutoModelForCausalLM.from_pretrained(tmp_path / "merged").eval()(input_ids=IDS).logits
    largest = float(beside.abs().max())
    assert float((merged - beside).abs().max()) <= 1e-5 * largest
    assert float((plain - beside).abs().max()) > 1e-2 * largest


def test_files_of_the_model_without_its_head_keep_their_shorter_names(tmp_path: Path) -> None:
    base, adapter = made(tmp_path, gpt2, fan_in_fan_out=True)
    whole = {name.removeprefix("transformer."): value for name, value in weights(base).items()}
    for file in (*base.glob("*.safetensors"), *base.glob("*.index.json")):
        file.unlink()
    save_file(whole, base / "model.safetensors", metadata={"format": "pt"})
    (tmp_path / "merged").mkdir()
    merge(base, adapter, tmp_path / "merged")
    assert weights(tmp_path / "merged").keys() == whole.keys()
    with torch.no_grad():
        stock = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
        beside = PeftModel.from_pretrained(stock, str(adapter)).eval()(input_ids=IDS).logits
        merged = AutoModelForCausalLM.from_pretrained(tmp_path / "merged").eval()(input_ids=IDS).logits
    assert float((merged - beside).abs().max()) <= 1e-5 * float(beside.abs().max())


def test_several_files_in_float32_name_their_type_and_size(tmp_path: Path) -> None:
    base, adapter = made(tmp_path, llama, dtype=torch.bfloat16)
    (tmp_path / "merged").mkdir()
    merge(base, adapter, tmp_path / "merged", in_float32=True)
    written = weights(tmp_path / "merged")
    assert {value.dtype for value in written.values()} == {torch.float32}
    index = json.loads((tmp_path / "merged" / "model.safetensors.index.json").read_text())
    assert index["metadata"]["total_size"] == sum(value.nbytes for value in written.values())
    with torch.no_grad():
        stock = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
        beside = PeftModel.from_pretrained(stock, str(adapter)).eval()(input_ids=IDS).logits
        model = AutoModelForCausalLM.from_pretrained(tmp_path / "merged").eval()
        merged = model(input_ids=IDS).logits
    assert model.dtype == torch.float32
    assert float((merged - beside).abs().max()) <= 1e-5 * float(beside.abs().max())


def test_whoever_may_read_the_configuration_may_read_the_weights(tmp_path: Path) -> None:
    base, adapter = made(tmp_path, llama)
    (tmp_path / "merged").mkdir()
    merge(base, adapter, tmp_path / "merged")
    (tmp_path / "file").touch()
    assert {path.stat().st_mode for path in (tmp_path / "merged").iterdir()} == {(tmp_path / "file").stat().st_mode}


def test_a_weight_that_is_not_there_is_named(tmp_path: Path) -> None:
    base, adapter = made(tmp_path, llama)
    for file in base.glob("*.safetensors"):
        kept = {name: value for name, value in load_file(file).items() if "layers.1.mlp.up_proj" not in name}
        save_file(kept, file)
    (tmp_path / "merged").mkdir()
    with pytest.raises(TrainerError, match=r"model\.layers\.1\.mlp\.up_proj\.weight") as refused:
        merge(base, adapter, tmp_path / "merged")
    assert refused.value.code == "merge_impossible"


def test_weights_of_eight_bits_are_refused(tmp_path: Path) -> None:
    base, adapter = made(tmp_path, llama)
    for file in base.glob("*.safetensors"):
        save_file({name: value.to(torch.float8_e4m3fn) for name, value in load_file(file).items()}, file)
    (tmp_path / "merged").mkdir()
    with pytest.raises(TrainerError, match="float8_e4m3fn"):
        merge(base, adapter, tmp_path / "merged")


def test_a_disk_that_is_too_small_is_refused_with_the_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base, adapter = made(tmp_path, llama)
    (tmp_path / "merged").mkdir()
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)
    with pytest.raises(TrainerError, match=r"takes 0\.\d GB, and .* has 0\.0 GB free") as refused:
        merge(base, adapter, tmp_path / "merged")
    assert refused.value.code == "disk_full"
    assert not list((tmp_path / "merged").iterdir())


def test_answers_need_to_agree_only_until_rounding_could_decide() -> None:
    assert agree_until_doubt([1, 2, 3], [1, 2, 3], [5.0, 5.0, 5.0], doubt=1.0)
    assert agree_until_doubt([1, 2, 3], [1, 9, 9], [5.0, 1.0, 5.0], doubt=1.0)
    assert not agree_until_doubt([1, 2, 3], [1, 9, 3], [5.0, 1.1, 5.0], doubt=1.0)
    assert agree_until_doubt([], [], [], doubt=0.0)


def test_rule_9_a_run_is_merged_and_measured_on_what_it_held_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = make_model(tmp_path / "tiny")
    folder = make_run(tmp_path / "run", model)
    assert attempt(folder) == 0
    target = tmp_path / "merged ü"
    words = ["--adapter", str(folder.path / "adapter"), "--base-model", str(model), "--format", "merged"]
    assert export.main([*words, "--to", str(target), "--run", str(folder.path)]) == 0
    document = json.loads(capsys.readouterr().out.splitlines()[-1])
    found = document["verification"]
    assert found["ok"]
    assert found["held_out_loss"]["texts"] > 0
    completed = folder.named("completed")[0]
    assert found["held_out_loss"]["adapter"] == pytest.approx(completed["final_validation_loss"], rel=1e-4)
    assert found["held_out_loss"]["merged"] == pytest.approx(found["held_out_loss"]["adapter"], rel=1e-5)
    assert {"model.safetensors", "config.json", "tokenizer.json", "chat_template.jinja"} <= {
        file["name"] for file in document["files"]
    }
    assert not list(target.glob("adapter*"))


def test_rule_9_what_rounding_would_lose_is_merged_in_float32(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of a random model no learning is lost by rounding; what float32 keeps and bfloat16 does not is told from it.
    monkeypatch.setattr(merged_comparison, "LOSS_TOLERANCE", 1e-6)
    model = make_model(tmp_path / "tiny")
    for file in model.glob("*.safetensors"):
        save_file({name: value.bfloat16() for name, value in load_file(file).items()}, file, metadata={"format": "pt"})
    config = json.loads((model / "config.json").read_text())
    del config["dtype"]  # the weights say what they are
    (model / "config.json").write_text(json.dumps(config))
    folder = make_run(tmp_path / "run", model)
    assert attempt(folder) == 0
    target = tmp_path / "merged"
    words = ["--adapter", str(folder.path / "adapter"), "--base-model", str(model), "--format", "merged"]
    assert export.main([*words, "--to", str(target), "--run", str(folder.path)]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])["verification"]
    assert found["ok"]
    assert found["widened"]["dtype"] == "bfloat16"
    losses = found["held_out_loss"]
    assert abs(found["widened"]["merged"] - losses["adapter"]) > abs(losses["merged"] - losses["adapter"])
    assert {value.dtype for value in weights(target).values()} == {torch.float32}
    assert AutoModelForCausalLM.from_pretrained(target).dtype == torch.float32


def test_rule_9_the_comparison_notices_another_merge(tmp_path: Path) -> None:
    model = make_model(tmp_path / "tiny")
    folder = make_run(tmp_path / "run", model)
    assert attempt(folder) == 0
    adapter = folder.path / "adapter"
    shutil.copytree(model, tmp_path / "merged")  # the base itself: nothing was added
    found = compare_merged(reference_of(model, adapter=adapter, run_dir=folder.path), tmp_path / "merged")
    assert not found.ok
    without_data = reference_of(model, adapter=adapter, run_dir=tmp_path / "gone")
    assert compare_merged(without_data, tmp_path / "merged").held_out_loss.texts == 0


def test_rule_9_on_the_bundled_model(
    stored: Path, small_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merged_comparison, "ANSWER_TOKENS", 2)  # each of them takes a second of several models
    (tmp_path / "merged").mkdir()
    merge(small_model, stored, tmp_path / "merged")
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        shutil.copy(small_model / name, tmp_path / "merged")
    found = compare_merged(reference_of(small_model, adapter=stored, run_dir=None), tmp_path / "merged")
    assert found.ok
    assert found.max_abs_diff > 0  # rounded to bfloat16
