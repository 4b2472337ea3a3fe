"""The last projection and its cross-entropy, some rows at a time: all logits at once are the largest tensors of a step.

A vocabulary of 128,256 makes 0.5 MB of float32 logits per trained token, and plain autograd keeps about three of
them. The projection is frozen, so the gradient of the hidden states, (p − one-hot) · W, can be had while the logits
are there, and is scaled afterwards (Hsu et al. 2024, Wijmans et al. 2024 do it in kernels).
"""

import math
from typing import Any, Final

import torch
from torch import Tensor, nn

CHUNK_BYTES: Final = {"cpu": 64 * 2**20, "cuda": 256 * 2**20}
# What the processor's chunks are written into, by type.
_kept: Final[dict[torch.dtype, Tensor]] = {}
PROBE_IDS: Final = [[0, 1, 2]]


def projection_of(model: Any, head: nn.Module | None) -> Tensor | None:
    """The weight (vocab, width) by which `head` does nothing but multiply, where nothing follows it; else None.

    Scaled or capped logits, a bias, a projection that learns: none of them is just a product.
    """
    if type(head) is not nn.Linear:
        return None
    bias: Tensor | None = head.bias  # its stub knows no layer without one
    if bias is not None or head.weight.requires_grad:
        return None
    hidden: list[Tensor] = []
    hook = head.register_forward_pre_hook(lambda _module, inputs: hidden.append(inputs[0]))
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            ids = torch.tensor(PROBE_IDS, device=head.weight.device)
            logits: Tensor = model(input_ids=ids, use_cache=False).logits
            alone = nn.functional.linear(hidden[-1], head.weight)
    finally:
        hook.remove()
        model.train(training)
    return head.weight if torch.equal(alone.to(logits.dtype), logits) else None


def token_losses(hidden: Tensor, weight: Tensor, targets: Tensor, *, rows: int | None = None) -> Tensor:
    """Cross-entropy (marked,) float32 of `targets` (marked,), from `hidden` (marked, width), `rows` at a time."""
    fitting = CHUNK_BYTES[hidden.device.type] // (4 * weight.shape[0])
    losses: Tensor = _Chunked.apply(hidden, weight, targets, rows or max(1, fitting))
    return losses


class _Chunked(torch.autograd.Function):
    """The loss of every row, and meanwhile the gradient that it has."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, targets: Tensor, rows: int) -> Tensor:  # noqa: PLR0917 (torch's)
        """Shapes as in `token_losses`."""
        losses = torch.empty(len(targets), dtype=torch.float32, device=hidden.device)
        gradient = torch.empty_like(hidden) if ctx.needs_input_grad[0] else None
        most = min(rows, len(targets))
        shape, sharp = (most, weight.shape[0]), torch.promote_types(weight.dtype, torch.float32)
        narrow = _buffer(shape, weight.dtype, weight.device)
        wide = narrow if sharp == weight.dtype else _buffer(shape, sharp, weight.device)
        for start in range(0, len(targets), rows):
            part = slice(start, start + rows)
            wanted = targets[part, None]  # (rows, 1)
            product, logits = narrow[: len(wanted)], wide[: len(wanted)]  # (rows, vocab)
            torch.mm(hidden[part], weight.T, out=product)
            logits.copy_(product)
            top = logits.amax(dim=-1, keepdim=True)  # (rows, 1)
            behind = logits.gather(1, wanted) - top
            shares = logits.sub_(top).exp_()
            total = shares.sum(dim=-1, keepdim=True)
            losses[part] = (total.log() - behind).squeeze(1)
            if gradient is not None:
                pull = shares.div_(total)  # probabilities
                pull.scatter_add_(1, wanted, torch.full_like(total, -1.0))
                gradient[part] = product.copy_(pull) @ weight
        ctx.save_for_backward(gradient)
        return losses

    @staticmethod
    def backward(ctx: Any, of_losses: Tensor) -> tuple[Tensor | None, None, None, None]:
        """Each row's gradient by that of its loss."""
        (gradient,) = ctx.saved_tensors
        return gradient * of_losses[:, None].to(gradient.dtype), None, None, None


def _buffer(shape: tuple[int, int], dtype: torch.dtype, device: torch.device) -> Tensor:
    """`shape` to be written over. A card hands out the same memory again; a system first fills it with zeros."""
    if device.type != "cpu":
        return torch.empty(shape, dtype=dtype, device=device)
    size = math.prod(shape)
    if dtype not in _kept or _kept[dtype].numel() < size:
        _kept[dtype] = torch.empty(size, dtype=dtype)
    return _kept[dtype][:size].view(shape)
