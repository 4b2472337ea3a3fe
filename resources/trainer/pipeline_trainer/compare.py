"""Whether a stored adapter and what was made of it compute the same, in float32 with stock attention."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from .adapter_folder import read_adapter, set_adapter_tensors
from .config import Quantization
from .data.templates import ChatTemplate, load_tokenizer
from .errors import TrainerError
from .model import Trainable, load_mapped
from .reading import load_plain
from .variants import ADAPTER
from .widened import compute_in_float32

DIALOGUES: Final = (
    ("Why do we need sleep?", "Sleep gives the body time to repair itself and the mind time to sort the day."),
    ("Write one sentence about rain.", "Rain taps on the window like someone who has all evening to wait."),
    ("What is 7 times 8?", "7 times 8 is 56."),
)
RELATIVE_TOLERANCE: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Verification:
    """Over every position of a few dialogues.

    `max_abs_diff`: the largest difference of two logits; `greedy_equal`: whether both hold the same token for
    the most probable one. Both sides stand on the base model as it is, as whoever loads the adapter has it;
    `trained_on`: how many bits it had in training, where answers may have been others.
    """

    ok: bool
    max_abs_diff: float
    greedy_equal: bool
    prompts: int
    trained_on: Quantization = "none"


def compare(base_model: Path, *, stored: Path, loaded_again: Path, trained_on: Quantization = "none") -> Verification:
    """The trainer's way of loading `stored` against plain PEFT's way of loading `loaded_again`.

    Raises `adapter_damaged`, `adapter_missing` or `adapter_unusable`.
    """
    template = ChatTemplate(load_tokenizer(base_model))
    base = load_mapped(base_model)
    compute_in_float32(base)
    ours = attach_stored(base, stored)
    own_logits = observe(ours.model.eval(), template)
    plain = load_plain(ours.model.unload(), loaded_again)
    pairs = list(zip(own_logits, observe(plain.model.eval(), template), strict=True))
    difference = max(float((own - other).abs().max()) for own, other in pairs)
    largest = max(float(own.abs().max()) for own in own_logits)
    same = all(torch.equal(own.argmax(-1), other.argmax(-1)) for own, other in pairs)
    ok = difference <= RELATIVE_TOLERANCE * largest and same
    return Verification(ok, difference, same, len(DIALOGUES), trained_on)


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
        fan_in_fan_out=document.get("fan_in_fan_out", False),
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
def observe(model: Any, template: ChatTemplate) -> list[Tensor]:
    """Logits of every dialogue, (seq, vocab) each.

    The answers are given, not written by the model: one pass each, where writing them takes seconds.
    """
    encoded = [[*template.prompt_ids(question), *template.encode(answer).ids] for question, answer in DIALOGUES]
    return [model(input_ids=torch.tensor([ids]), use_cache=False).logits[0].float() for ids in encoded]
