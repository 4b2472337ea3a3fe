"""A tokenizer as llama.cpp reads it: tokens, their kinds, merges or scores, and which of them mean something."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gguf import GGUFWriter, TokenType

from ..data.templates import ChatTemplate
from ..data.tokenizer import starts_with_bos
from .families import unsupported

SPACE: Final = "▁"
UNUSED: Final = "[PAD{}]"
# Characters and bytes, which nothing is merged into.
LOWEST_SCORE: Final = -1e9
GPT2: Final = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
ANY_CASE: Final = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"
REST: Final = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
TEKKEN: Final = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|"
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|"
    r"\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
# How text is cut before it is merged: the expressions, by the names that llama.cpp has for them.
CUTS: Final[Mapping[tuple[str, ...], str]] = {
    (GPT2,): "gpt-2",
    ("digit", GPT2): "smollm",
    (ANY_CASE + r"\p{N}{1,3}" + REST,): "llama-bpe",
    (ANY_CASE + r"\p{N}" + REST,): "qwen2",
    (TEKKEN,): "tekken",
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`kind`: `gpt2` merges bytes by `merges`, `llama` merges characters by `scores`; `cut` is a name of `CUTS`."""

    kind: str
    cut: str
    tokens: list[str]
    types: list[TokenType]
    merges: list[str]
    scores: list[float]
    leading_space: bool

    def tell(self, writer: GGUFWriter, template: ChatTemplate) -> None:
        """All of it, with the chat template and the tokens that begin, end and pad."""
        writer.add_tokenizer_model(self.kind)
        writer.add_tokenizer_pre(self.cut)
        writer.add_token_list(self.tokens)
        writer.add_token_types(self.types)
        if self.kind == "gpt2":
            writer.add_token_merges(self.merges)
        else:
            writer.add_token_scores(self.scores)
        writer.add_add_space_prefix(self.leading_space)
        writer.add_add_bos_token(starts_with_bos(template.tokenizer))
        writer.add_chat_template(template.text)
        _tell_special(writer, template)


def vocabulary_of(template: ChatTemplate, size: int) -> Vocabulary:
    """The tokenizer of a model with `size` rows in its embedding. Raises `export_unsupported`."""
    tokenizer: Any = template.tokenizer
    if not tokenizer.is_fast:
        raise unsupported("its tokenizer does not say how it is made")
    document = json.loads(tokenizer.backend_tokenizer.to_str())
    model = document["model"]
    if model["type"] != "BPE":
        raise unsupported(f"its tokenizer is of type {model['type']}, and only BPE is written yet")
    if not model["merges"]:
        raise unsupported("its tokenizer merges nothing, which llama.cpp does not load")
    of_bytes = not model["byte_fallback"]
    cut = cut_of(document) if of_bytes else "default"
    tokens, types = _tokens_of(document, size)
    merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in model["merges"]]
    leading = not of_bytes and tokenizer("a", add_special_tokens=False).tokens()[0].startswith(SPACE)
    return Vocabulary(
        "gpt2" if of_bytes else "llama",
        cut,
        tokens,
        types,
        merges if of_bytes else [],
        [] if of_bytes else _scores(tokens, merges),
        leading,
    )


def cut_of(document: Mapping[str, Any]) -> str:
    """llama.cpp's name for the way in which a tokenizer cuts text. Raises `export_unsupported`."""
    before = document["pre_tokenizer"] or {}
    parts = before.get("pretokenizers", [before])
    expressions = tuple(cut for part in parts if (cut := _expression(part)) is not None)
    if expressions not in CUTS or any(part.get("add_prefix_space") for part in parts):
        raise unsupported("llama.cpp has no name for the way in which its tokenizer cuts text")
    return CUTS[expressions]


def _expression(part: Mapping[str, Any]) -> str | None:
    match part:
        case {"type": "Digits", "individual_digits": True}:
            return "digit"
        case {"type": "ByteLevel"}:
            return GPT2 if part.get("use_regex", True) else None
        case {"type": "Split", "pattern": {"Regex": str(expression)}, "behavior": "Isolated"}:
            return expression
    return str(part.get("type"))


def _tokens_of(document: Mapping[str, Any], size: int) -> tuple[list[str], list[TokenType]]:
    """Every id from 0 to `size`: those that the tokenizer does not know are unused."""
    model = document["model"]
    named = {index: (token, _type_of(token, model)) for token, index in model["vocab"].items()}
    for added in document["added_tokens"]:
        kind = TokenType.CONTROL if added["special"] else TokenType.USER_DEFINED
        named[added["id"]] = (added["content"], kind)
    if max(named) >= size:
        raise unsupported(f"its tokenizer has {max(named) + 1} tokens, and the model {size}")
    every = [named.get(index, (UNUSED.format(index), TokenType.UNUSED)) for index in range(size)]
    return [token for token, _ in every], [kind for _, kind in every]


def _type_of(token: str, model: Mapping[str, Any]) -> TokenType:
    if token == model["unk_token"]:
        return TokenType.UNKNOWN
    is_byte = model["byte_fallback"] and len(token) == len("<0x00>") and token.startswith("<0x") and token.endswith(">")
    return TokenType.BYTE if is_byte else TokenType.NORMAL


def _scores(tokens: list[str], merges: list[str]) -> list[float]:
    """SentencePiece merges what has the highest score, which is the order of the merges."""
    ranks: dict[str, int] = {}
    for rank, pair in enumerate(merges):
        ranks.setdefault(pair.replace(" ", "", 1), rank)
    return [-float(ranks[token]) if token in ranks else LOWEST_SCORE for token in tokens]


def _tell_special(writer: GGUFWriter, template: ChatTemplate) -> None:
    tokenizer: Any = template.tokenizer
    eos = tokenizer.eos_token_id
    ends = sorted(template.end_token_ids - {eos})
    told = (
        (writer.add_bos_token_id, tokenizer.bos_token_id),
        (writer.add_eos_token_id, eos if eos is not None else ends[0]),
        (writer.add_eot_token_id, ends[0] if ends else None),
        (writer.add_unk_token_id, tokenizer.unk_token_id),
        (writer.add_pad_token_id, tokenizer.pad_token_id),
    )
    for tell, token in told:
        if token is not None:
            tell(token)
