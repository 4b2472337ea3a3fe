"""How llama.cpp calls an architecture, what it must be told of one, and how it lays out its weights."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from gguf import GGUFType, GGUFWriter, RopeScalingType, get_tensor_name_map
from gguf.constants import MODEL_ARCH, MODEL_ARCH_NAMES
from torch import Tensor

from ..errors import TrainerError

ENDINGS: Final = (".weight", ".bias")
# Made from the configuration by whoever loads the model.
LEFT_OUT: Final = ".rotary_emb.inv_freq"
HEAD: Final = "lm_head."
# A model that was saved without its head lacks it in its names.
BODY: Final = "model."
TURNED: Final = (".q_proj.", ".k_proj.")
NORM_END: Final = "norm.weight"


@dataclass(frozen=True, slots=True)
class Family:
    """`pairs_adjacent`: llama.cpp rotates neighbouring rows of a head, where transformers rotates row i with i + d/2.

    `norm_from_one`: transformers stores of a norm what is to be added to one. `tabled`: llama.cpp takes the activation
    from a table of 16 bit.
    """

    arch: MODEL_ARCH
    activation: str
    pairs_adjacent: bool = False
    norm_from_one: bool = False
    tabled: bool = False


FAMILIES: Final = {
    "llama": Family(MODEL_ARCH.LLAMA, "silu", pairs_adjacent=True),
    "mistral": Family(MODEL_ARCH.LLAMA, "silu", pairs_adjacent=True),
    "qwen2": Family(MODEL_ARCH.QWEN2, "silu"),
    "qwen3": Family(MODEL_ARCH.QWEN3, "silu"),
    "gemma": Family(MODEL_ARCH.GEMMA, "gelu_pytorch_tanh", norm_from_one=True, tabled=True),
}
ROPES: Final = ("default", "linear", "llama3")


class Architecture:
    """A base model as llama.cpp sees it."""

    def __init__(self, base_model: Path) -> None:
        """Read its configuration. Raises `export_unsupported`."""
        from transformers import AutoConfig  # noqa: PLC0415 (seconds to import)

        self.config: Any = AutoConfig.from_pretrained(base_model, local_files_only=True, trust_remote_code=False)
        self.family = family_of(self.config)
        self.name = MODEL_ARCH_NAMES[self.family.arch]
        self.head_dim: int = getattr(self.config, "head_dim", None) or (
            self.config.hidden_size // self.config.num_attention_heads
        )
        self._names = get_tensor_name_map(self.family.arch, self.config.num_hidden_layers)

    def name_of(self, name: str) -> str | None:
        """The name of a weight in GGUF; None for one that is not written. Raises `export_unsupported`."""
        if name.endswith(LEFT_OUT) or (name.startswith(HEAD) and self.config.tie_word_embeddings):
            return None
        found = self._names.get_name(name, ENDINGS) or self._names.get_name(BODY + name, ENDINGS)
        if found is None:
            raise unsupported(f"{name} has no place in it")
        return found

    def laid_out(self, name: str, weight: Tensor) -> Tensor:
        """The numbers of a weight, or of the rows of an adapter's B, as llama.cpp has them."""
        if self.family.norm_from_one and name.endswith(NORM_END):
            return weight.float() + 1
        if self.family.pairs_adjacent and any(part in name for part in TURNED):
            halves = weight.reshape(-1, 2, self.head_dim // 2, *weight.shape[1:])  # (heads, 2, d/2, …)
            return halves.swapaxes(1, 2).reshape(weight.shape)
        return weight

    def rope_factors(self) -> Tensor | None:
        """What Llama 3 divides each frequency by, (d/2,); None where it divides none."""
        if self.config.rope_parameters["rope_type"] != "llama3":
            return None
        from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS  # noqa: PLC0415 (seconds to import)

        scaled: Tensor = ROPE_INIT_FUNCTIONS["llama3"](self.config, torch.device("cpu"))[0]
        steps = torch.arange(0, self.head_dim, 2).float() / self.head_dim
        plain: Tensor = self.config.rope_parameters["rope_theta"] ** -steps
        return plain / scaled

    def tell(self, writer: GGUFWriter) -> None:
        """The hyperparameters."""
        config, rope = self.config, self.config.rope_parameters
        writer.add_type(GGUFType.MODEL)
        writer.add_context_length(getattr(config, "sliding_window", None) or config.max_position_embeddings)
        writer.add_vocab_size(config.vocab_size)
        writer.add_embedding_length(config.hidden_size)
        writer.add_block_count(config.num_hidden_layers)
        writer.add_feed_forward_length(config.intermediate_size)
        writer.add_head_count(config.num_attention_heads)
        writer.add_head_count_kv(config.num_key_value_heads)
        writer.add_key_length(self.head_dim)
        writer.add_value_length(self.head_dim)
        writer.add_layer_norm_rms_eps(config.rms_norm_eps)
        writer.add_rope_dimension_count(self.head_dim)
        writer.add_rope_freq_base(rope["rope_theta"])
        if rope["rope_type"] == "linear":
            writer.add_rope_scaling_type(RopeScalingType.LINEAR)
            writer.add_rope_scaling_factor(rope["factor"])


def family_of(config: Any) -> Family:
    """Raises `export_unsupported` for what would be written wrongly."""
    family = FAMILIES.get(config.model_type)
    if family is None:
        raise unsupported(f"models of type {config.model_type} are not written yet, only {', '.join(FAMILIES)}")
    if config.hidden_act != family.activation:
        raise unsupported(f"its activation is {config.hidden_act}, and llama.cpp computes {family.activation}")
    rope = config.rope_parameters
    if rope["rope_type"] not in ROPES or rope.get("partial_rotary_factor", 1) != 1:
        raise unsupported(f"its rotary positions of type {rope['rope_type']} are not written yet")
    if getattr(config, "use_sliding_window", False):
        raise unsupported("some of its layers look only at a window of the text")
    return family


def unsupported(reason: str) -> TrainerError:
    """The error of all that GGUF, or this writer, cannot say."""
    return TrainerError(
        "export_unsupported",
        f"This model cannot be written as GGUF: {reason}.",
        hint="Export the adapter or the merged model, which other programs convert.",
    )
