"""What is used of a base model's tokenizer, and how it is loaded: without network, without code of its own."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

from ..errors import TrainerError
from .sandbox import TEMPLATE_LIMIT_BYTES


class Tokenizer(Protocol):
    """What is used of a transformers tokenizer."""

    chat_template: Any
    is_fast: bool
    bos_token: str | None
    eos_token: str | None
    eos_token_id: int | None
    pad_token_id: int | None

    def __call__(self, text: str | list[str], **options: Any) -> Any:
        """Encode `text`."""

    def __len__(self) -> int:
        """Size of the vocabulary, added tokens included."""

    def decode(self, token_ids: Sequence[int], **options: Any) -> str:
        """Text of `token_ids`."""

    def convert_ids_to_tokens(self, ids: int) -> str:
        """The token's own spelling."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids with the characters [start, end) that each stands for."""

    ids: list[int]
    spans: list[tuple[int, int]]


def load_tokenizer(base_model: Path) -> Tokenizer:
    """The tokenizer of a local folder, without network and without code from the folder.

    Raises `tokenizer_unreadable`.
    """
    from transformers import AutoTokenizer  # noqa: PLC0415 (seconds; `serve` starts without it)

    template = base_model / "chat_template.jinja"
    try:
        if template.exists() and template.stat().st_size > TEMPLATE_LIMIT_BYTES:
            raise TrainerError("template_refused", "The chat template is larger than 1 MiB.", hint="Use another base model.")
        loaded = AutoTokenizer.from_pretrained(base_model, local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise TrainerError(
            "tokenizer_unreadable",
            f"The tokenizer of {base_model.name} cannot be loaded: {str(error)[:300]}",
            hint="Check that the folder holds tokenizer.json or tokenizer.model.",
        ) from error
    return cast("Tokenizer", loaded)


def generation_ends(tokenizer: Tokenizer) -> frozenset[int]:
    """`eos_token_id` of the generation_config.json beside the tokenizer; none where there is no such file."""
    path = Path(getattr(tokenizer, "name_or_path", "")) / "generation_config.json"
    try:
        ends = json.loads(path.read_bytes()).get("eos_token_id")
    except (OSError, ValueError, AttributeError):
        return frozenset()
    return frozenset(token for token in (ends if isinstance(ends, list) else [ends]) if isinstance(token, int))


def own_templates(tokenizer: Tokenizer) -> tuple[str | None, str | None]:
    """The tokenizer's template and, where it names one apart, the template for tools."""
    template = tokenizer.chat_template
    if isinstance(template, Mapping):
        named = {str(name): str(text) for name, text in template.items()}
        return named.get("default", next(iter(named.values()), None)), named.get("tool_use")
    return (str(template) if template else None), None


def encode(tokenizer: Tokenizer, text: str) -> list[int]:
    """Token ids of rendered text: the template wrote the special tokens, none are added."""
    return cast("list[int]", tokenizer(text, add_special_tokens=False)["input_ids"])


def encode_all(tokenizer: Tokenizer, texts: list[str]) -> list[list[int]]:
    """The same of many texts at once."""
    return cast("list[list[int]]", tokenizer(texts, add_special_tokens=False)["input_ids"]) if texts else []


def special_ids(tokenizer: Tokenizer) -> frozenset[int]:
    """Ids of all special tokens, also those that a tokenizer marks special only in its table of added tokens."""
    added = getattr(tokenizer, "added_tokens_decoder", {})
    marked = {int(index) for index, token in added.items() if getattr(token, "special", False)}
    return frozenset(marked | set(getattr(tokenizer, "all_special_ids", ())))


def special_tokens(tokenizer: Tokenizer) -> dict[str, str]:
    """The names that templates use, like bos_token and eos_token."""
    named = getattr(tokenizer, "special_tokens_map", {})
    return {name: str(token) for name, token in named.items() if not isinstance(token, list | tuple)}


def starts_with_bos(tokenizer: Tokenizer) -> bool:
    """Whether this tokenizer puts bos before any text, so that the plain template must too."""
    ids = tokenizer("a")["input_ids"]
    return bool(ids) and tokenizer.bos_token is not None and tokenizer.convert_ids_to_tokens(ids[0]) == tokenizer.bos_token
