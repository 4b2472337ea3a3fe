"""Rule 9 for GGUF, in llama.cpp itself: what is written for it computes there what was trained."""

import json
from pathlib import Path
from typing import Any

import pytest
from adapter_builders import make_adapter
from gguf_builders import MERGES, add_merges, change_json, make_merging_model
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, decoders, models, normalizers
from training_builders import TEMPLATE, attempt, make_run
from transformers import PreTrainedTokenizerFast

from pipeline_trainer import compare_merged as merged_comparison
from pipeline_trainer import export
from pipeline_trainer.compare_merged import reference_of
from pipeline_trainer.data.templates import load_template
from pipeline_trainer.errors import TrainerError
from pipeline_trainer.llama_cpp.compare import Written, compare_gguf, missing
from pipeline_trainer.llama_cpp.files import planned_adapter, planned_model, write
from pipeline_trainer.merge import deltas_for

FAMILIES = ("llama", "mistral", "qwen2", "qwen3", "gemma")
PIECES = ("▁", *"abcdefghijklmnopqrstuvwxyz", *"ADIPW", *"0123456789", *".,:'?()=+<|>_-")
JOINED = (("▁", "t"), ("h", "e"), ("▁t", "he"), ("▁", "a"), ("i", "n"), ("e", "r"))


@pytest.fixture(autouse=True)
def _short_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merged_comparison, "ANSWER_TOKENS", 4)


def agree(folder: Path, model: Path, **lora: Any) -> None:
    """Model and adapter compute there the same, and the model without it plainly something else."""
    adapter = make_adapter(folder / "adapter", model, **lora)
    deltas = deltas_for(model, adapter)
    reference = reference_of(model, adapter=adapter, run_dir=None)
    base, whole, alone = (folder / f"{name}.gguf" for name in ("base", "whole", "alone"))
    planned = planned_model(model, reference.template, deltas)
    write(planned, whole)
    write(planned_model(model, reference.template, {}), base)
    write(planned_adapter(model, deltas), alone)
    merged, beside, bare = (
        compare_gguf(reference, written, trained_on="none")
        for written in (
            Written(whole, 0, planned.exact),
            Written(base, 0, planned.exact, alone),
            Written(base, 0, exact=True),
        )
    )
    assert (merged.ok, beside.ok, bare.ok) == (True, True, False)
    differences = [found.max_abs_diff or 0 for found in (merged, beside, bare)]
    assert max(differences[:2]) < 1e-3 * differences[2]
    assert str(merged.gguf.llama_cpp).startswith("b")


def test_it_is_there() -> None:
    assert missing() is None


@pytest.mark.parametrize("family", FAMILIES)
def test_rule_9_every_family_computes_the_same(tmp_path: Path, family: str) -> None:
    agree(tmp_path, make_merging_model(tmp_path / "tiny", family=family, tie_word_embeddings=family == "gemma"))


@pytest.mark.parametrize(
    "rope",
    [
        {"rope_type": "linear", "factor": 4.0, "rope_theta": 1e4},
        {
            "rope_type": "llama3",
            "rope_theta": 1e4,
            "factor": 8.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 64,
        },
    ],
)
def test_rule_9_scaled_positions_are_the_same(tmp_path: Path, rope: dict[str, Any]) -> None:
    model = make_merging_model(tmp_path / "tiny")
    change_json(model / "config.json", rope_parameters=rope)
    agree(tmp_path, model, use_rslora=True)


def test_rule_9_a_tokenizer_of_sentencepiece_cuts_the_same(tmp_path: Path) -> None:
    model = make_merging_model(tmp_path / "tiny", vocab_size=400)
    make_pieces(model)
    agree(tmp_path, model)


def make_pieces(model: Path) -> None:
    """A tokenizer as Llama 2's: characters with a mark for blanks, merged, and bytes for all that is not known."""
    bytes_ = [f"<0x{value:02X}>" for value in range(256)]
    tokens = ["<unk>", "<s>", "</s>", *bytes_, *("".join(pair) for pair in JOINED), *PIECES]
    vocabulary = {token: index for index, token in enumerate(dict.fromkeys(tokens))}
    raw = Tokenizer(models.BPE(vocab=vocabulary, merges=list(JOINED), unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    raw.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    raw.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    PreTrainedTokenizerFast(
        tokenizer_object=raw, unk_token="<unk>", bos_token="<s>", eos_token="</s>", chat_template=TEMPLATE
    ).save_pretrained(model)


def test_a_tokenizer_that_cuts_otherwise_is_noticed(tmp_path: Path) -> None:
    model = make_merging_model(tmp_path / "tiny")
    reference = reference_of(model, adapter=make_adapter(tmp_path / "adapter", model), run_dir=None)
    other = make_merging_model(tmp_path / "other")
    add_merges(other, [*MERGES, ["1", "2"]])
    write(planned_model(other, load_template(other), {}), tmp_path / "model.gguf")
    with pytest.raises(TrainerError, match="other tokens than the model's own tokenizer"):
        compare_gguf(reference, Written(tmp_path / "model.gguf", 0, exact=True), trained_on="none")


def test_what_llama_cpp_says_of_a_damaged_file_is_told(tmp_path: Path) -> None:
    model = make_merging_model(tmp_path / "tiny")
    reference = reference_of(model, adapter=make_adapter(tmp_path / "adapter", model), run_dir=None)
    file = tmp_path / "model.gguf"
    write(planned_model(model, reference.template, {}), file)
    file.write_bytes(file.read_bytes()[:-1000])
    with pytest.raises(TrainerError, match=r"does not compute with it: .*not within the file bounds") as failed:
        compare_gguf(reference, Written(file, 0, exact=True), trained_on="none")
    assert failed.value.code == "export_unverified"


@pytest.mark.parametrize("kind", ["gguf", "gguf-adapter"])
def test_rule_9_a_run_is_measured_there_on_what_it_held_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    model = make_merging_model(tmp_path / "tiny")
    folder = make_run(tmp_path / "run", model)
    assert attempt(folder) == 0
    words = ["--adapter", str(folder.path / "adapter"), "--base-model", str(model), "--format", kind]
    (tmp_path / "out ü").mkdir()
    assert export.main([*words, "--to", str(tmp_path / "out ü" / "it.gguf"), "--run", str(folder.path)]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])["verification"]
    assert found["ok"]
    assert found["gguf"]["llama_cpp"].startswith("b")
    completed = folder.named("completed")[0]
    assert found["held_out_loss"]["texts"] > 0
    assert found["held_out_loss"]["merged"] == pytest.approx(completed["final_validation_loss"], rel=1e-4)
    assert [path.name for path in (tmp_path / "out ü").iterdir()] == ["it.gguf"]


def test_rule_9_what_rounding_would_lose_is_written_in_float32(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of a random model no learning is lost by rounding; what float32 keeps and bfloat16 does not is told from it.
    monkeypatch.setattr(merged_comparison, "LOSS_TOLERANCE", 1e-6)
    model = make_merging_model(tmp_path / "tiny")
    weights = {name: value.bfloat16() for name, value in load_file(model / "model.safetensors").items()}
    save_file(weights, model / "model.safetensors", metadata={"format": "pt"})
    adapter = make_adapter(tmp_path / "adapter", model)
    words = ["--adapter", str(adapter), "--base-model", str(model), "--format", "gguf"]
    assert export.main([*words, "--to", str(tmp_path / "out")]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])["verification"]
    assert found["ok"]
    assert found["widened"]["dtype"] == "bfloat16"
    assert (tmp_path / "out" / "model.gguf").stat().st_size > 1.5 * (model / "model.safetensors").stat().st_size


def test_rule_9_on_the_bundled_model(stored: Path, small_model: Path, tmp_path: Path) -> None:
    deltas = deltas_for(small_model, stored)
    reference = reference_of(small_model, adapter=stored, run_dir=None)
    base, whole, alone = (tmp_path / f"{name}.gguf" for name in ("base", "whole", "alone"))
    write(planned_model(small_model, reference.template, deltas), whole)
    write(planned_model(small_model, reference.template, {}), base)
    write(planned_adapter(small_model, deltas), alone)
    for written in (Written(whole, 272, exact=False), Written(base, 120, exact=False, adapter=alone)):
        found = compare_gguf(reference, written, trained_on="none")
        assert found.ok
        assert found.greedy_equal
        assert found.max_abs_diff  # bfloat16, in llama.cpp what flows through the weights as well
