"""Whether a stored adapter and what was made of it compute the same, in float32 with stock attention."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from .adapter_folder import read_adapter, set_adapter_tensors
from .data.templates import ChatTemplate, load_tokenizer
from .errors import TrainerError
from .generate import answers
from .model import Trainable, load_base
from .reading import cpu_float32, load_plain
from .variants import ADAPTER

PROMPTS: Final = (
    "Why do we need sleep?",
    "Write one sentence about rain.",
    "What is 7 times 8?",
)
GREEDY_TOKENS: Final = 12
RELATIVE_TOLERANCE: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Verification:
    """`max_abs_diff`: the largest difference of two logits over all positions of all prompts."""

    ok: bool
    max_abs_diff: float
    greedy_equal: bool
    prompts: int


def compare(base_model: Path, *, stored: Path, loaded_again: Path) -> Verification:
    """The trainer's way of loading `stored` against plain PEFT's way of loading `loaded_again`.

    Raises `adapter_damaged`, `adapter_missing` or `adapter_unusable`.
    """
    compute = cpu_float32()
    template = ChatTemplate(load_tokenizer(base_model))
    base = load_base(base_model, dtype=compute.dtype, device=compute.device)
    ours = attach_stored(base, stored)
    own_logits, own_answers = observe(ours.model.eval(), template)
    plain = load_plain(ours.model.unload(), loaded_again)
    logits, said = observe(plain.model.eval(), template)
    difference = max(float((left - right).abs().max()) for left, right in zip(own_logits, logits, strict=True))
    largest = max(float(one.abs().max()) for one in own_logits)
    same = said == own_answers
    return Verification(difference <= RELATIVE_TOLERANCE * largest and same, difference, same, len(PROMPTS))


def attach_stored(base: Any, folder: Path) -> Trainable:
    """Wrap `base` as training does and put the stored tensors in. Raises `adapter_unusable`."""
    from peft import LoraConfig, get_peft_model  # noqa: PLC0415 (seconds to import)

    tensors, document = read_adapter(folder)
    if not all(bool(torch.isfinite(tensor).all()) for tensor in tensors.values()):
        raise TrainerError("adapter_unusable", "The adapter holds numbers that are none.", hint="Train again.")
    config = LoraConfig(
        r=document["r"],
        lora_alpha=document["lora_alpha"],
        lora_dropout=document["lora_dropout"],
        target_modules=document["target_modules"],
        bias="none",
        task_type="CAUSAL_LM",
        use_rslora=document.get("use_rslora", False),
        use_dora=document.get("use_dora", False),
    )
    model = get_peft_model(base, config, adapter_name=ADAPTER)
    named = {name: value for name, value in model.named_parameters() if value.requires_grad}
    trainable = Trainable(model, named)
    try:
        set_adapter_tensors(trainable, tensors)
    except (KeyError, RuntimeError) as error:
        raise TrainerError(
            "adapter_unusable",
            "The adapter does not fit this base model.",
            hint="Use the base model that it was trained on.",
        ) from error
    return trainable


@torch.no_grad()
def observe(model: Any, template: ChatTemplate) -> tuple[list[Tensor], list[str]]:
    """Logits of every prompt, (1, seq, vocab) each, and its greedy beginning."""
    logits = [
        model(input_ids=torch.tensor([template.prompt_ids(prompt)]), use_cache=False).logits.float() for prompt in PROMPTS
    ]
    return logits, answers(model, template, PROMPTS, max_new_tokens=GREEDY_TOKENS)
