"""act(gate)·up, and both gradients in one pass.

Both activations are x·σ(z): of SiLU z = x, and of GELU by tanh z = 2·√(2/π)·(x + 0.044715·x³), as 1 + tanh u = 2·σ(2u).
"""

import torch
import triton
from torch import Tensor
from triton import language as tl

BLOCK = 1024


def forward(gate: Tensor, up: Tensor, *, tanh: bool) -> Tensor:
    """All (…, width); gate and up may be the halves of one tensor."""
    y = torch.empty(gate.shape, dtype=gate.dtype, device=gate.device)
    gates, ups = _rows(gate), _rows(up)
    if y.numel() > 0:
        _forward[_grid(gates)](gates, ups, y, gates.shape[1], gates.stride(0), ups.stride(0), TANH=tanh, BLOCK=BLOCK)
    return y


def backward(pull: Tensor, gate: Tensor, up: Tensor, *, tanh: bool) -> tuple[Tensor, Tensor]:
    """The gradients of gate and up."""
    of_gate, of_up = (torch.empty(gate.shape, dtype=gate.dtype, device=gate.device) for _ in range(2))
    pulls, gates, ups = (_rows(each) for each in (pull, gate, up))
    if of_up.numel() > 0:
        strides = (each.stride(0) for each in (pulls, gates, ups))
        _backward[_grid(gates)](pulls, gates, ups, of_gate, of_up, gates.shape[1], *strides, TANH=tanh, BLOCK=BLOCK)
    return of_gate, of_up


def _rows(tensor: Tensor) -> Tensor:
    rows = tensor.reshape(-1, tensor.shape[-1])
    return rows if rows.stride(1) == 1 else rows.contiguous()


def _grid(rows: Tensor) -> tuple[int, int]:
    return rows.shape[0], triton.cdiv(rows.shape[1], BLOCK)


@triton.jit
def _inner(x, TANH: tl.constexpr):
    """What σ is taken of, and by how much it grows with x."""
    if TANH:
        square = x * x
        return 1.5957691216057308 * x * (1.0 + 0.044715 * square), 1.5957691216057308 * (1.0 + 0.134145 * square)
    return x, tl.full(x.shape, 1.0, tl.float32)


@triton.jit
def _forward(gate, up, y, width, gate_row, up_row, TANH: tl.constexpr, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    column = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    there = column < width
    x = tl.load(gate + row * gate_row + column, mask=there, other=0.0).to(tl.float32)
    other = tl.load(up + row * up_row + column, mask=there, other=0.0).to(tl.float32)
    inner, _ = _inner(x, TANH)
    active = (x * tl.sigmoid(inner)).to(y.dtype.element_ty).to(tl.float32)
    tl.store(y + row * width + column, (active * other).to(y.dtype.element_ty), mask=there)


@triton.jit
def _backward(pull, gate, up, of_gate, of_up, width, pull_row, gate_row, up_row, TANH: tl.constexpr, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    column = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    there = column < width
    back = tl.load(pull + row * pull_row + column, mask=there, other=0.0).to(tl.float32)
    x = tl.load(gate + row * gate_row + column, mask=there, other=0.0).to(tl.float32)
    other = tl.load(up + row * up_row + column, mask=there, other=0.0).to(tl.float32)
    inner, growth = _inner(x, TANH)
    share = tl.sigmoid(inner)
    slope = share * (1.0 + x * (1.0 - share) * growth)
    place = row * width + column
    tl.store(of_gate + place, (back * other * slope).to(of_gate.dtype.element_ty), mask=there)
    tl.store(of_up + place, (back * x * share).to(of_up.dtype.element_ty), mask=there)
