"""Attention within documents: rows packed into one see neither each other nor each other's positions.

Left alone, transformers either makes one long document of them or, from positions that begin again, a mask
of tokens × tokens. Here each document is its own causal attention: on cards by one variable-length flash
kernel of torch (`torch.nn.attention.varlen`), elsewhere one document after the other.

A processor that multiplies 16 bit numbers is faster at plain products (`causal`) than at torch's flash kernel, as
long as documents are short; so rows side by side attend by them there, too, where the layout says so.

The function is registered with transformers' `AttentionInterface` and is in force only `within_documents`:
answers and other padded passes run as they always did.
"""

import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

import torch
from torch import Tensor, nn

from .causal import Products
from .data.batches import Batch
from .sending import sent

NAME: Final = "pipeline_documents"
VARLEN_DTYPES: Final = (torch.bfloat16, torch.float16)
# Tokens up to which plain products are faster: their table of weights grows with the square of them.
SHORT: Final = 512
# What a model asks of its attention and this one cannot give.
UNSUPPORTED: Final = ("softcap", "s_aux", "position_bias")


@dataclass(frozen=True, slots=True)
class Documents:
    """Lengths of the documents of a pack; `borders` is (documents + 1,) int32 on a card, else None."""

    lengths: tuple[int, ...]
    borders: Tensor | None = None


def inputs_of(batch: Batch) -> dict[str, Any]:
    """What the model gets of a batch. Neither kind has a mask: padding is on the right, behind every real token."""
    if batch.documents is None:
        return {"input_ids": batch.input_ids, "use_cache": False}
    documents = documents_of(batch.documents, batch.input_ids.device)
    return {
        "input_ids": batch.input_ids,
        "position_ids": batch.positions,
        "use_cache": False,
        "documents": documents,
    }


def documents_of(lengths: tuple[int, ...], device: torch.device) -> Documents:
    """The borders are laid on the card once a pass, for all layers."""
    if device.type != "cuda" or varlen() is None:
        return Documents(lengths)
    return Documents(lengths, sent(torch.tensor([0, *accumulate(lengths)], dtype=torch.int32), device))


@contextmanager
def within_documents(model: Any, batch: Batch) -> Iterator[None]:
    """Inside the block `model` keeps the documents of `batch` apart; rows side by side are apart anyway."""
    if batch.documents is None and not batch.short:
        yield
        return
    from transformers import AttentionInterface  # noqa: PLC0415 (seconds to import, after the checks)

    AttentionInterface.register(NAME, attend)
    with attending_by(model.config, NAME):
        yield


@contextmanager
def attending_by(config: Any, name: str) -> Iterator[None]:
    """Inside the block the model of `config` attends by the function of that name."""
    usual = config._attn_implementation  # noqa: SLF001 (transformers has no public name for it)
    config._attn_implementation = name  # noqa: SLF001 (the same)
    try:
        yield
    finally:
        config._attn_implementation = usual  # noqa: SLF001 (the same)


def attend(  # noqa: PLR0917 (transformers' signature)
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    _attention_mask: Tensor | None,
    *,
    documents: Documents | None = None,
    dropout: float = 0.0,
    scaling: float | None = None,
    sliding_window: int | None = None,
    **options: Any,
) -> tuple[Tensor, None]:
    """Causal attention within each document, of which every row is one where there are none.

    query: (rows, heads, tokens, width); key and value: (rows, key heads, tokens, width); gives
    (rows, tokens, heads, width). Raises NotImplementedError for what only other attentions compute.
    """
    asked = [name for name in UNSUPPORTED if options.get(name) is not None]
    if asked:
        raise NotImplementedError(f"attention within documents does not know {asked[0]}")
    lengths = (query.shape[2],) if documents is None else documents.lengths
    if _suit_products(query, lengths, dropout=dropout, window=sliding_window):
        return by_products(query, key, value, scaling=scaling, documents=lengths), None
    if documents is None:
        return _causal(module, query, key, value, dropout=dropout, scaling=scaling, window=sliding_window), None
    if documents.borders is not None and dropout == 0.0 and query.dtype in VARLEN_DTYPES:
        return _by_kernel((query, key, value), documents, scaling=scaling, sliding_window=sliding_window), None
    outputs = []
    for q, k, v in zip(*(torch.split(tensor, list(lengths), dim=2) for tensor in (query, key, value)), strict=True):
        outputs.append(_causal(module, q, k, v, dropout=dropout, scaling=scaling, window=sliding_window))
    return torch.cat(outputs, dim=1), None


def _suit_products(query: Tensor, lengths: Sequence[int], *, dropout: float, window: int | None) -> bool:
    are_short = max(lengths) <= SHORT and (window is None or max(lengths) <= window)
    return are_short and dropout == 0.0 and query.device.type == "cpu" and query.dtype in VARLEN_DTYPES


def _causal(  # noqa: PLR0917 (the same)
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    *,
    dropout: float,
    scaling: float | None,
    window: int | None,
) -> Tensor:
    if _suit_products(query, (query.shape[2],), dropout=dropout, window=window):
        return by_products(query, key, value, scaling=scaling, documents=(query.shape[2],))
    from transformers.integrations.sdpa_attention import sdpa_attention_forward  # noqa: PLC0415 (the same)

    mask = window_mask(query, window)
    output: Tensor = sdpa_attention_forward(module, query, key, value, mask, dropout=dropout, scaling=scaling)[0]
    return output


def by_products(query: Tensor, key: Tensor, value: Tensor, *, scaling: float | None, documents: Sequence[int]) -> Tensor:
    """Causal attention as plain products, shapes as in `attend`; values may be of another width than keys."""
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    output: Tensor = Products.apply(query, key, value, scale, documents)
    return output


def window_mask(query: Tensor, window: int | None) -> Tensor | None:
    """Which of a document's tokens each of them sees, (seq, seq), where the document is longer than the window."""
    length = query.shape[2]
    if window is None or length <= window:
        return None
    order = torch.arange(length, device=query.device)
    distance = order[:, None] - order[None, :]  # (seq, seq)
    return (distance >= 0) & (distance < window)


def varlen() -> Any | None:
    """The variable-length attention of torch, or None where it lacks an argument: they change between releases."""
    try:
        from torch.nn.attention.varlen import varlen_attn  # noqa: PLC0415 (not in every torch)
    except ImportError:
        return None
    known = inspect.signature(varlen_attn).parameters
    return varlen_attn if {"scale", "window_size", "enable_gqa"} <= set(known) else None


def _by_kernel(
    tensors: tuple[Tensor, Tensor, Tensor], documents: Documents, *, scaling: float | None, sliding_window: int | None
) -> Tensor:
    query, key, value = (tensor[0].transpose(0, 1).contiguous() for tensor in tensors)  # (tokens, heads, width)
    longest = max(documents.lengths)
    kernel: Any = varlen()
    output: Tensor = kernel(
        query,
        key,
        value,
        documents.borders,
        documents.borders,
        longest,
        longest,
        scale=scaling,
        window_size=(-1 if sliding_window is None else sliding_window - 1, 0),
        enable_gqa=query.shape[1] != key.shape[1],
    )
    return output.unsqueeze(0)
