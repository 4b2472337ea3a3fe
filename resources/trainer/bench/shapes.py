"""Models of well-known shapes with random weights, made where they train: speed does not ask what weights say."""

from dataclasses import dataclass
from typing import Any, Final

import torch

from pipeline_trainer.hardware import Compute

FORWARD_AND_BACK: Final = 4  # a product forward and one back to its input, two operations a weight each
ATTENTION_PRODUCTS: Final = 6  # scores and values: 2 products forward, 4 back


@dataclass(frozen=True, slots=True)
class Shape:
    """Widths of a Llama."""

    width: int
    layers: int
    heads: int
    kv_heads: int
    mlp: int
    vocabulary: int
    tied: bool

    @property
    def linear_weights(self) -> int:
        """Weights that every token is multiplied by, the output projection among them."""
        head = self.width // self.heads
        attention = 2 * self.width * self.width + 2 * self.width * head * self.kv_heads
        return self.layers * (attention + 3 * self.width * self.mlp) + self.width * self.vocabulary


SHAPES: Final = {
    "tiny": Shape(64, 2, 4, 2, 128, 512, tied=True),
    "135m": Shape(576, 30, 9, 3, 1536, 49_152, tied=True),
    "1b": Shape(2048, 16, 32, 8, 8192, 128_256, tied=True),
    "3b": Shape(3072, 28, 24, 8, 8192, 128_256, tied=True),
    "8b": Shape(4096, 32, 32, 8, 14_336, 128_256, tied=False),
}


def build(shape: Shape, compute: Compute, *, longest: int) -> Any:
    """A frozen model on the device of `compute`, in its precision; `longest` row in tokens."""
    from transformers import AutoModelForCausalLM, LlamaConfig  # noqa: PLC0415 (seconds to import)

    config = LlamaConfig(
        hidden_size=shape.width,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.kv_heads,
        intermediate_size=shape.mlp,
        vocab_size=shape.vocabulary,
        tie_word_embeddings=shape.tied,
        max_position_embeddings=longest,
        use_cache=False,
    )
    torch.manual_seed(0)
    with compute.device:
        model = AutoModelForCausalLM.from_config(config, dtype=compute.dtype)
    return model.requires_grad_(requires_grad=False)


def operations(shape: Shape, documents: list[int], *, trained_tokens: int) -> float:
    """Floating-point operations of a step of LoRA over `documents` (tokens each), adapters and norms left out.

    A causal document of n tokens has n² / 2 pairs to attend to.
    """
    tokens = sum(documents)
    head = shape.width * shape.vocabulary
    products = FORWARD_AND_BACK * (tokens * (shape.linear_weights - head) + trained_tokens * head)
    pairs = sum(length * length / 2 for length in documents)
    return products + 2 * ATTENTION_PRODUCTS * shape.layers * shape.width * pairs
