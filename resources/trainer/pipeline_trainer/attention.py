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
from .data.batches import Batch, Document
from .sending import sent

NAME: Final = "pipeline_documents"
VARLEN_DTYPES: Final = (torch.bfloat16, torch.float16)
# Tokens up to which plain products are faster: their table of weights grows with the square of them.
SHORT: Final = 512
# What a model asks of its attention and this one cannot give.
UNSUPPORTED: Final = ("softcap", "s_aux", "position_bias")


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of a pack, and what a card's kernel wants to know of them; None elsewhere.

    borders, key_borders: (documents + 1,) int32, of the queries and of the keys that they see. seen: (keys,) int64, where
    in the pack each key is; None where every document sees its own tokens alone.
    """

    each: tuple[Document, ...]
    borders: Tensor | None = None
    key_borders: Tensor | None = None
    seen: Tensor | None = None


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


def documents_of(each: tuple[Document, ...], device: torch.device) -> Documents:
    """The borders are laid on the card once a pass, for all layers."""
    if device.type != "cuda" or varlen() is None:
        return Documents(each)
    borders = _borders([document.length for document in each], device)
    if all(document.behind is None for document in each):
        return Documents(each, borders, borders)
    seen = [place for span in _spans(each) for place in range(span.start, span.stop)]
    key_borders = _borders([document.seen for document in each], device)
    return Documents(each, borders, key_borders, sent(torch.tensor(seen), device))


def _borders(lengths: Sequence[int], device: torch.device) -> Tensor:
    return sent(torch.tensor([0, *accumulate(lengths)], dtype=torch.int32), device)


def _spans(documents: Sequence[Document]) -> Iterator[slice]:
    """Where the keys of all documents are, one document after the other."""
    start = 0
    for document in documents:
        if document.behind is not None:
            yield slice(*document.behind)
        yield slice(start, start + document.length)
        start += document.length


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
    """Causal attention within each document and its beginning; every row is a document where there are none.

    query: (rows, heads, tokens, width); key and value: (rows, key heads, tokens, width); gives
    (rows, tokens, heads, width). Raises NotImplementedError for what only other attentions compute.
    """
    asked = [name for name in UNSUPPORTED if options.get(name) is not None]
    if asked:
        raise NotImplementedError(f"attention within documents does not know {asked[0]}")
    each = (Document(query.shape[2]),) if documents is None else documents.each
    if _suit_products(query, each, dropout=dropout, window=sliding_window):
        return by_products(query, key, value, scaling=scaling, documents=each), None
    if documents is None:
        return _causal(module, query, key, value, dropout=dropout, scaling=scaling, window=sliding_window), None
    if documents.borders is not None and dropout == 0.0 and query.dtype in VARLEN_DTYPES:
        return _by_kernel((query, key, value), documents, scaling=scaling, sliding_window=sliding_window), None
    outputs = []
    spans = _spans(each)
    for document in each:
        behind = [] if document.behind is None else [next(spans)]
        own = next(spans)
        q, k, v = query[:, :, own], _of(key, [*behind, own]), _of(value, [*behind, own])
        outputs.append(_causal(module, q, k, v, dropout=dropout, scaling=scaling, window=sliding_window))
    return torch.cat(outputs, dim=1), None


def _of(tensor: Tensor, spans: Sequence[slice]) -> Tensor:
    parts = [tensor[:, :, span] for span in spans]
    return parts[0] if len(parts) == 1 else torch.cat(parts, dim=2)


def _suit_products(query: Tensor, documents: Sequence[Document], *, dropout: float, window: int | None) -> bool:
    longest = max(document.seen for document in documents)
    are_short = longest <= SHORT and (window is None or longest <= window)
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
    alone = (Document(query.shape[2]),)
    if query.shape[2] == key.shape[2] and _suit_products(query, alone, dropout=dropout, window=window):
        return by_products(query, key, value, scaling=scaling, documents=alone)
    from transformers.integrations.sdpa_attention import sdpa_attention_forward  # noqa: PLC0415 (the same)

    mask = seen_mask(query, key, window)
    output: Tensor = sdpa_attention_forward(module, query, key, value, mask, dropout=dropout, scaling=scaling)[0]
    return output


def by_products(
    query: Tensor, key: Tensor, value: Tensor, *, scaling: float | None, documents: Sequence[Document]
) -> Tensor:
    """Causal attention as plain products, shapes as in `attend`; values may be of another width than keys."""
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    output: Tensor = Products.apply(query, key, value, scale, documents)
    return output


def seen_mask(query: Tensor, key: Tensor, window: int | None) -> Tensor | None:
    """Which of `key` each of `query`, the last ones, sees: (queries, keys); None where a plain causal mask says it."""
    asking, seen = query.shape[2], key.shape[2]
    if asking == seen and (window is None or seen <= window):
        return None
    order = torch.arange(seen, device=query.device)
    distance = order[seen - asking :, None] - order[None, :]  # (queries, keys)
    return (distance >= 0) & (distance < (seen if window is None else window))


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
    if documents.seen is not None:
        key, value = (tensor.index_select(0, documents.seen) for tensor in (key, value))  # (keys, heads, width)
    kernel: Any = varlen()
    output: Tensor = kernel(
        query,
        key,
        value,
        documents.borders,
        documents.key_borders,
        max(document.length for document in documents.each),
        max(document.seen for document in documents.each),
        scale=scaling,
        window_size=(-1 if sliding_window is None else sliding_window - 1, 0),
        enable_gqa=query.shape[1] != key.shape[1],
    )
    return output.unsqueeze(0)
