"""What is written as GGUF is what the model and the adapter hold; what cannot be is refused."""

import json
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from adapter_builders import make_adapter
from gguf import GGUFReader, TokenType
from gguf_builders import change_json, make_merging_model
from safetensors.torch import load_file, save_file
from training_builders import TEMPLATE, make_model, make_tokenizer
from transformers import AutoTokenizer, GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

from pipeline_trainer import export
from pipeline_trainer.data.templates import load_template
from pipeline_trainer.errors import TrainerError
from pipeline_trainer.llama_cpp import export as for_llama_cpp
from pipeline_trainer.llama_cpp.compare import outcome
from pipeline_trainer.llama_cpp.files import planned_adapter, planned_model, read_back, write
from pipeline_trainer.merge import deltas_for, merge

FAMILIES = ("llama", "mistral", "qwen2", "qwen3", "gemma")
# transformers' name of each part, by llama.cpp's.
PARTS = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
}
WHOLE = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}


def tensors_of(file: Path) -> dict[str, torch.Tensor]:
    """Every tensor of a file in its shape, in float32."""
    kinds = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
    return {
        tensor.name: torch.from_numpy(np.array(tensor.data).reshape(-1).view(np.uint8))
        .view(kinds[tensor.tensor_type.name])
        .reshape([int(size) for size in reversed(tensor.shape)])
        .float()
        for tensor in GGUFReader(file).tensors
    }


def stock_name(name: str) -> str:
    part, _, ending = name.rpartition(".")
    if part in WHOLE:
        return f"{WHOLE[part]}.{ending}"
    _, layer, inner = part.split(".")
    return f"model.layers.{layer}.{PARTS[inner]}.{ending}"


def stock_rows(family: str, name: str, rows: torch.Tensor, heads: int) -> torch.Tensor:
    """`rows` as transformers has them: of a head of d rows, llama.cpp's 2i is row i and its 2i + 1 is row i + d/2."""
    if family == "gemma" and name.endswith("norm.weight"):
        return rows - 1
    if family not in ("llama", "mistral") or not any(part in name for part in ("attn_q.", "attn_k.")):
        return rows
    size = len(rows) // heads
    order = [
        head * size + (2 * row if row < size // 2 else 2 * (row - size // 2) + 1)
        for head in range(heads)
        for row in range(size)
    ]
    return rows[order]


def values_of(file: Path) -> dict[str, Any]:
    reader = GGUFReader(file)
    return {name: field.contents() for name, field in reader.fields.items()}


def words_for(kind: str, to: Path, *, model: Path, adapter: Path) -> list[str]:
    return ["--adapter", str(adapter), "--base-model", str(model), "--format", kind, "--to", str(to)]


@pytest.fixture
def unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without llama.cpp."""
    monkeypatch.setattr(for_llama_cpp, "missing", lambda: "it is not installed")


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_every_tensor_of_a_model_is_the_merged_one(tmp_path: Path, family: str, dtype: torch.dtype) -> None:
    model = make_merging_model(tmp_path / "tiny", family=family, tie_word_embeddings=family == "gemma")
    weights = {name: value.to(dtype) for name, value in load_file(model / "model.safetensors").items()}
    save_file(weights, model / "model.safetensors", metadata={"format": "pt"})
    adapter = make_adapter(tmp_path / "adapter", model)
    (tmp_path / "merged").mkdir()
    merge(model, adapter, tmp_path / "merged")
    merged = load_file(tmp_path / "merged" / "model.safetensors")
    write(planned_model(model, load_template(model), deltas_for(model, adapter)), tmp_path / "model.gguf")
    found = tensors_of(tmp_path / "model.gguf")
    assert {stock_name(name) for name in found} == merged.keys()
    for name, rows in found.items():
        heads = 4 if "attn_q." in name else 2
        torch.testing.assert_close(
            stock_rows(family, name, rows, heads), merged[stock_name(name)].float(), rtol=0, atol=1e-7
        )


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("lora", [{}, {"use_rslora": True}])
def test_every_product_of_an_adapter_is_what_is_added(tmp_path: Path, family: str, lora: dict[str, Any]) -> None:
    model = make_merging_model(tmp_path / "tiny", family=family)
    deltas = deltas_for(model, make_adapter(tmp_path / "adapter", model, **lora))
    planned = planned_adapter(model, deltas)
    write(planned, tmp_path / "adapter.gguf")
    assert read_back(planned, tmp_path / "adapter.gguf") == 2 * len(deltas)
    found, told = tensors_of(tmp_path / "adapter.gguf"), values_of(tmp_path / "adapter.gguf")
    assert (told["general.type"], told["adapter.type"]) == ("adapter", "lora")
    layers = [name.removesuffix(".lora_a") for name in found if name.endswith(".lora_a")]
    assert {stock_name(name) for name in layers} == deltas.keys()
    for name in layers:
        a, b = found[f"{name}.lora_a"], found[f"{name}.lora_b"]
        added = told["adapter.lora.alpha"] / b.shape[1] * (b @ a)
        delta = deltas[stock_name(name)]
        rows = stock_rows(family, name, added, 4 if "attn_q." in name else 2)
        torch.testing.assert_close(rows, delta.scaling * (delta.b @ delta.a))


def test_the_bundled_model_is_told_in_full(small_model: Path, tmp_path: Path) -> None:
    template = load_template(small_model)
    write(planned_model(small_model, template, {}), tmp_path / "model.gguf")
    told = values_of(tmp_path / "model.gguf")
    vocabulary = AutoTokenizer.from_pretrained(small_model).get_vocab()
    assert told["tokenizer.ggml.tokens"] == sorted(vocabulary, key=vocabulary.__getitem__)
    assert told["tokenizer.ggml.token_type"].count(TokenType.CONTROL) == 17
    assert told["tokenizer.ggml.merges"][:3] == ["Ġ t", "Ġ a", "i n"]
    assert told["tokenizer.chat_template"] == template.text
    assert {
        name: value
        for name, value in told.items()
        if name.startswith(("general.", "llama.", "tokenizer.ggml.")) and not isinstance(value, list)
    } == {
        "general.architecture": "llama",
        "general.name": "smollm2-135m-instruct",
        "general.type": "model",
        "general.file_type": 32,
        "llama.context_length": 8192,
        "llama.vocab_size": 49152,
        "llama.embedding_length": 576,
        "llama.block_count": 30,
        "llama.feed_forward_length": 1536,
        "llama.attention.head_count": 9,
        "llama.attention.head_count_kv": 3,
        "llama.attention.key_length": 64,
        "llama.attention.value_length": 64,
        "llama.attention.layer_norm_rms_epsilon": pytest.approx(1e-5),
        "llama.rope.dimension_count": 64,
        "llama.rope.freq_base": 100000.0,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "smollm",
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.padding_token_id": 0,
        "tokenizer.ggml.unknown_token_id": 0,
        "tokenizer.ggml.add_bos_token": False,
        "tokenizer.ggml.add_space_prefix": False,
    }


def test_rows_that_no_token_has_are_unused_tokens(tmp_path: Path) -> None:
    model = make_merging_model(tmp_path / "tiny")
    write(planned_model(model, load_template(model), {}), tmp_path / "model.gguf")
    told = values_of(tmp_path / "model.gguf")
    assert told["tokenizer.ggml.tokens"][263:266] == ["er", "Ġthe", "[PAD265]"]
    assert told["tokenizer.ggml.token_type"][263:266] == [TokenType.NORMAL, TokenType.NORMAL, TokenType.UNUSED]


def gpt2(folder: Path) -> Path:
    size = make_tokenizer(folder, TEMPLATE)
    GPT2LMHeadModel(GPT2Config(vocab_size=size, n_embd=32, n_layer=2, n_head=4, n_positions=64)).save_pretrained(folder)
    return folder


def yarn(folder: Path) -> Path:
    model = make_merging_model(folder)
    rope = {"rope_type": "yarn", "factor": 2.0, "rope_theta": 1e4, "original_max_position_embeddings": 512}
    change_json(model / "config.json", rope_parameters=rope)
    return model


def untied(folder: Path) -> Path:
    return make_merging_model(folder, tie_word_embeddings=False)


def unigram(folder: Path) -> Path:
    from tokenizers import Tokenizer, models

    model = make_model(folder)
    pieces = [(token, 0.0) for token in json.loads((model / "tokenizer.json").read_text())["model"]["vocab"]]
    raw = Tokenizer(models.Unigram(pieces, unk_id=0))
    PreTrainedTokenizerFast(tokenizer_object=raw, eos_token="<|end|>", chat_template=TEMPLATE).save_pretrained(model)
    return model


@pytest.mark.parametrize(
    ("made", "lora", "kind", "reason"),
    [
        (gpt2, {"fan_in_fan_out": True}, "gguf", "models of type gpt2 are not written yet"),
        (yarn, {}, "gguf", "rotary positions of type yarn"),
        (unigram, {}, "gguf", "of type Unigram, and only BPE"),
        (make_merging_model, {"use_dora": True}, "gguf-adapter", "no magnitudes, which this adapter"),
        (untied, {"target_modules": ["lm_head", "q_proj"]}, "gguf-adapter", "adapter changes lm_head"),
        (make_model, {}, "gguf", "its tokenizer merges nothing"),
    ],
)
def test_what_cannot_be_said_is_refused_before_anything_is_written(
    tmp_path: Path, made: Any, lora: dict[str, Any], kind: str, reason: str
) -> None:
    model = made(tmp_path / "tiny")
    adapter = make_adapter(tmp_path / "adapter", model, **lora)
    (tmp_path / "out").mkdir()
    with pytest.raises(TrainerError, match=reason) as refused:
        export.main(words_for(kind, tmp_path / "out" / "it.gguf", model=model, adapter=adapter))
    assert refused.value.code == "export_unsupported"
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(("kind", "tensors"), [("gguf", 20), ("gguf-adapter", 28)])
def test_without_llama_cpp_it_says_that_nothing_was_loaded_there(
    tmp_path: Path, unasked: None, capsys: pytest.CaptureFixture[str], kind: str, tensors: int
) -> None:
    model = make_merging_model(tmp_path / "tiny")
    adapter = make_adapter(tmp_path / "adapter", model)
    (tmp_path / "out").mkdir()
    target = tmp_path / "out" / "mein Modell ü.gguf"
    assert export.main(words_for(kind, target, model=model, adapter=adapter)) == 0
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert answer["verification"] == {
        "ok": True,
        "max_abs_diff": None,
        "greedy_equal": None,
        "prompts": 0,
        "held_out_loss": None,
        "gguf": {"tensors": tensors, "llama_cpp": None, "reason": "it is not installed"},
        "trained_on": "none",
        "widened": None,
    }
    assert [file["name"] for file in answer["files"]] == [target.name]
    assert list((tmp_path / "out").iterdir()) == [target]


def test_a_folder_gets_the_card_beside_the_file(tmp_path: Path, unasked: None) -> None:
    model = make_merging_model(tmp_path / "tiny")
    adapter = make_adapter(tmp_path / "adapter", model)
    (tmp_path / "card").write_text("what it is")
    words = words_for("gguf", tmp_path / "out", model=model, adapter=adapter)
    assert export.main([*words, "--card", str(tmp_path / "card")]) == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"model.gguf", "README.md"}


def test_a_file_of_that_name_stays(tmp_path: Path) -> None:
    model = make_merging_model(tmp_path / "tiny")
    (tmp_path / "it.gguf").write_text("mine")
    with pytest.raises(TrainerError) as refused:
        export.main(words_for("gguf", tmp_path / "it.gguf", model=model, adapter=tmp_path))
    assert refused.value.code == "export_target_exists"


def test_a_byte_that_the_disk_has_changed_is_noticed(tmp_path: Path) -> None:
    model = make_merging_model(tmp_path / "tiny")
    planned = planned_model(model, load_template(model), {})
    file = tmp_path / "model.gguf"
    write(planned, file)
    assert read_back(planned, file) == 20
    content = bytearray(file.read_bytes())
    content[-100] ^= 1
    file.write_bytes(content)
    with pytest.raises(TrainerError, match="was read back") as refused:
        read_back(planned, file)
    assert refused.value.code == "export_unverified"


def test_a_process_that_ends_tells_machine_and_file_apart() -> None:
    ready = '{"event": "ready"}'
    missing = '{"error": {"code": "llama_cpp_missing", "message": "it is not installed", "hint": ""}}'
    refused = '{"error": {"code": "llama_cpp_refused", "message": "unknown type", "hint": ""}}'
    assert outcome(0, [ready, '{"build": "b1"}']) == {"build": "b1"}
    assert outcome(1, [missing]) == "it is not installed"
    assert "instructions" in str(outcome(-signal.SIGILL, [ready]))
    assert "before it was ready" in str(outcome(-signal.SIGSEGV, []))
    for status, output in ((1, [ready, refused]), (-signal.SIGABRT, [ready])):
        with pytest.raises(TrainerError, match=r"does not compute with it: (unknown type|its process ended)") as failed:
            outcome(status, output)
        assert failed.value.code == "export_unverified"
