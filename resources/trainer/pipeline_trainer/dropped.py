"""Which numbers dropout leaves, from sixteen random bits each.

A processor takes longer to draw as many numbers one by one as to multiply what they are for; 64 bits at a time are
as random, and a number's share is then a whole number of 65,536ths. On a card torch's own draw is fast.
"""

import math
from typing import Final

import torch
from torch import Tensor

STEPS: Final = 2**16
LEAST: Final = -(2**15)
NUMBERS_A_DRAW: Final = 4


def nearest(share: float) -> float:
    """The share that is really left out where `share` is asked for."""
    return round(share * STEPS) / STEPS


def draw(shape: torch.Size, share: float, device: torch.device) -> Tensor:
    """True where a number of `shape` stays; each is left out with the nearest share, by the device's own generator."""
    if device.type != "cpu":
        return torch.empty(shape, dtype=torch.bool, device=device).bernoulli_(1.0 - nearest(share))
    count = math.prod(shape)
    bits = torch.empty(-(-count // NUMBERS_A_DRAW), dtype=torch.int64).random_(-(2**63), None)
    return bits.view(torch.int16)[:count].view(shape) >= round(share * STEPS) + LEAST


def leave(value: Tensor, kept: Tensor) -> Tensor:
    """`value` of 16 bit, with zeros where `kept` is false; nothing is scaled."""
    return (value.view(torch.int16) & kept.to(torch.int16).neg_()).view(value.dtype)
