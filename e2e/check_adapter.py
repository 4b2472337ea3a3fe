"""Loads an exported adapter with plain Transformers and PEFT, without a word of the product.

`check_adapter.py BASE ADAPTER [TRAINER]` prints, as JSON, the greedy answers of the base model and of
the adapter, the SHA-256 of both float32 logits, and, where the trainer's package folder is given, how
far the trainer's own reading of the same adapter lies from the plain one.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

PROMPT = "What should I do on a rainy evening?"
NEW_TOKENS = 24


def digest(logits: torch.Tensor) -> str:
    """SHA-256 of the float32 values."""
    return hashlib.sha256(logits.contiguous().numpy().tobytes()).hexdigest()


def logits_of(model: Any, ids: torch.Tensor) -> torch.Tensor:
    """Float32 logits of a prompt."""
    with torch.no_grad():
        return model(input_ids=ids).logits.float()


def answer_of(model: Any, ids: torch.Tensor, tokenizer: Any) -> str:
    """The greedy answer."""
    with torch.no_grad():
        answer = model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=NEW_TOKENS,
            do_sample=False,
            pad_token_id=tokenizer.pad_token_id or tokenizer.eos_token_id,
        )
    return str(tokenizer.decode(answer[0, ids.shape[1] :], skip_special_tokens=True))


def trainer_logits(base: Path, adapter: Path, ids: torch.Tensor) -> torch.Tensor:
    """The same logits, read by the trainer's own loader."""
    from pipeline_trainer.hardware import Compute  # noqa: PLC0415 (only where its folder is given)
    from pipeline_trainer.reading import open_model  # noqa: PLC0415 (the same)

    compute = Compute(device=torch.device("cpu"), name="cpu", precision="fp32")
    with open_model(base, compute=compute, adapter=adapter).subject("adapter") as model:
        return logits_of(model, ids)


def main(base: Path, adapter: Path, trainer: Path | None) -> None:
    """Print what was found."""
    tokenizer = AutoTokenizer.from_pretrained(base)
    question = [{"role": "user", "content": PROMPT}]
    encoded = tokenizer.apply_chat_template(question, add_generation_prompt=True, tokenize=False)
    ids = tokenizer(encoded, return_tensors="pt", add_special_tokens=False).input_ids
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32).eval()
    base_logits, base_answer = logits_of(model, ids), answer_of(model, ids, tokenizer)
    model = PeftModel.from_pretrained(model, adapter).eval()
    logits, answer = logits_of(model, ids), answer_of(model, ids, tokenizer)
    found: dict[str, Any] = {
        "base": {"answer": base_answer, "logits_sha256": digest(base_logits)},
        "adapter": {"answer": answer, "logits_sha256": digest(logits)},
        "changed_by": float((logits - base_logits).abs().max()),
    }
    if trainer is not None:
        sys.path.insert(0, str(trainer))
        own = trainer_logits(base, adapter, ids)
        found["trainer"] = {"logits_sha256": digest(own), "max_abs_diff": float((own - logits).abs().max())}
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
