"""Cross-entropy of the trained tokens, with the last projection on their rows only."""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from . import projection
from .attention import inputs_of, within_documents
from .data.batches import Batch


def backward(loss: Tensor) -> None:
    """Add the gradient of `loss` to the trained tensors."""
    untyped: Any = loss  # torch has no types for it
    untyped.backward()


class LossHead:
    """Runs the model and gives the loss of each trained token.

    A hook in front of the output embedding keeps only the hidden states that predict a trained token: the
    other positions' logits, tens of thousands of numbers each, are neither computed nor stored. Where the
    output embedding is a product and nothing follows, the loss is taken from those hidden states in chunks
    (`projection`). What another architecture does with logits afterwards (scale, soft-cap) still happens. Where
    there is no output embedding to hook, or where it does not come last, the full logits are indexed instead.
    """

    def __init__(self, model: Any, *, select_rows: bool = True) -> None:
        """`model` is a PEFT model; `select_rows=False` always takes the plain path."""
        self._model = model
        self._kept: Tensor | None = None
        self._hidden: Tensor | None = None  # (marked, width), of the kept rows
        head = self._model.get_base_model().get_output_embeddings() if select_rows else None
        self.selects_rows = head is not None
        self._weight = projection.projection_of(model, head)
        if head is not None:
            head.register_forward_pre_hook(self._keep_rows)

    @property
    def chunked(self) -> bool:
        """Whether the logits of a pass are never all there at once."""
        return self._weight is not None

    def token_losses(self, batch: Batch) -> Tensor:
        """Cross-entropy of each target of `batch`, (marked,) float32.

        The model gets no mask: rows are padded on the right, so under a causal mask no real token sees the
        padding, and without a mask torch takes its faster causal kernel.
        """
        positions = batch.predicts
        if self._weight is not None:
            return projection.token_losses(self._hidden_of(batch, positions), self._weight, batch.targets)
        logits = self._logits(batch, positions)  # (marked, vocab)
        return functional.cross_entropy(logits.float(), batch.targets, reduction="none")

    def _hidden_of(self, batch: Batch, positions: Tensor) -> Tensor:
        try:
            self._run(batch, positions)
            hidden = self._hidden
        finally:
            self._hidden = None  # or a failed pass would keep all its tensors
        if hidden is None:
            raise RuntimeError("the model ran without its output embedding")
        return hidden

    def _run(self, batch: Batch, positions: Tensor | None) -> Tensor:
        self._kept = positions
        try:
            with within_documents(self._model, batch):
                logits: Tensor = self._model(**inputs_of(batch)).logits
                return logits
        finally:
            self._kept = None

    def _logits(self, batch: Batch, positions: Tensor) -> Tensor:
        logits = self._run(batch, positions if self.selects_rows else None)
        if self.selects_rows:
            if logits.shape[:2] == (1, positions.numel()):
                return logits[0]  # (marked, vocab)
            self.selects_rows = False
            return self._logits(batch, positions)
        return logits.flatten(0, 1).index_select(0, positions)  # (marked, vocab)

    def _keep_rows(self, _module: torch.nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...] | None:
        if self._kept is None:
            return None
        hidden, *rest = inputs  # (batch, seq, width)
        rows = hidden.reshape(-1, hidden.shape[-1]).index_select(0, self._kept)
        if self._weight is None:
            return (rows.unsqueeze(0), *rest)  # (1, marked, width)
        self._hidden = rows
        return (rows[:0].unsqueeze(0), *rest)  # (1, 0, width): its logits are taken elsewhere
