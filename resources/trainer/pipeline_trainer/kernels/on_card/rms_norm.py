"""RMS norm, some whole rows a program: each number is read once and written once."""

import torch
import triton
from torch import Tensor
from triton import language as tl

# Numbers of a program where rows are short, as those of a single head are.
NUMBERS = 4096
WIDE_ROW = 4096


def forward(rows: Tensor, weight: Tensor, *, eps: float, shifted: bool) -> tuple[Tensor, Tensor]:
    """Shapes as in `kernels.rms_norm`; `rows` is contiguous."""
    y = torch.empty_like(rows)
    inverse = torch.empty(len(rows), dtype=torch.float32, device=rows.device)
    if len(rows) > 0:
        grid, sizes = _cut(rows)
        _forward[grid](rows, weight, y, inverse, *rows.shape, eps, SHIFTED=shifted, **sizes)
    return y, inverse


def backward(pull: Tensor, rows: Tensor, inverse: Tensor, *, weight: Tensor, shifted: bool) -> Tensor:
    """The gradient of `rows`, all contiguous."""
    of_rows = torch.empty_like(rows)
    if len(rows) > 0:
        grid, sizes = _cut(rows)
        _backward[grid](pull, rows, weight, inverse, of_rows, *rows.shape, SHIFTED=shifted, **sizes)
    return of_rows


def _cut(rows: Tensor) -> tuple[tuple[int], dict[str, int]]:
    count, width = rows.shape
    block = triton.next_power_of_2(width)
    together = max(1, NUMBERS // block)
    return (triton.cdiv(count, together),), {"ROWS": together, "WIDTH": block, "num_warps": 8 if block > WIDE_ROW else 4}


@triton.jit
def _forward(x, weight, y, inverse, rows, width, eps, SHIFTED: tl.constexpr, ROWS: tl.constexpr, WIDTH: tl.constexpr):
    row = tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS)
    column = tl.arange(0, WIDTH)
    place = row[:, None] * width + column[None, :]
    there = (row[:, None] < rows) & (column[None, :] < width)
    values = tl.load(x + place, mask=there, other=0.0).to(tl.float32)
    root = 1.0 / tl.sqrt_rn(tl.sum(values * values, axis=1) / width + eps)
    tl.store(inverse + row, root, mask=row < rows)
    scale = tl.load(weight + column, mask=column < width, other=0.0).to(tl.float32)
    normed = values * root[:, None]
    narrow = y.dtype.element_ty
    made = normed * (1.0 + scale)[None, :] if SHIFTED else normed.to(narrow).to(tl.float32) * scale[None, :]
    tl.store(y + place, made.to(narrow), mask=there)


@triton.jit
def _backward(pull, x, weight, inverse, of_x, rows, width, SHIFTED: tl.constexpr, ROWS: tl.constexpr, WIDTH: tl.constexpr):
    row = tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS)
    column = tl.arange(0, WIDTH)
    place = row[:, None] * width + column[None, :]
    there = (row[:, None] < rows) & (column[None, :] < width)
    root = tl.load(inverse + row, mask=row < rows, other=0.0)[:, None]
    scale = tl.load(weight + column, mask=column < width, other=0.0).to(tl.float32)[None, :]
    if SHIFTED:
        scale = 1.0 + scale
    weighted = tl.load(pull + place, mask=there, other=0.0).to(tl.float32) * scale
    normed = tl.load(x + place, mask=there, other=0.0).to(tl.float32) * root
    along = tl.sum(weighted * normed, axis=1) / width
    tl.store(of_x + place, ((weighted - normed * along[:, None]) * root).to(of_x.dtype.element_ty), mask=there)
