"""Random streams: each purpose has its own, derived from the job's seed.

Dropout draws from torch's global generators. Everything else owns a generator or runs `isolated`, so
that an evaluation or a sample never moves a training stream.
"""

import hashlib
import json
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .data.order import derive_seed

NUMPY_SEED_LIMIT = 2**32


@dataclass(frozen=True, slots=True)
class RngState:
    """The position of every global generator; `cuda` has one state a device."""

    python: tuple[Any, ...]
    numpy: Mapping[str, Any]
    torch: Tensor  # (state_bytes,) uint8
    cuda: tuple[Tensor, ...]  # each (state_bytes,) uint8


def generator(seed: int, stream: str) -> torch.Generator:
    """A CPU generator at the start of `stream`."""
    return torch.Generator().manual_seed(derive_seed(seed, stream))


def seed_everything(seed: int) -> None:
    """Put python, numpy, torch and every CUDA device at the start of `seed`."""
    random.seed(seed)
    np.random.seed(seed % NUMPY_SEED_LIMIT)
    torch.manual_seed(seed)


def capture() -> RngState:
    """The state of all global generators, as copies."""
    cuda = tuple(torch.cuda.get_rng_state_all()) if torch.cuda.is_initialized() else ()  # type: ignore[no-untyped-call]  # torch has no types for it
    return RngState(random.getstate(), np.random.get_state(legacy=False), torch.get_rng_state(), cuda)


def restore(state: RngState) -> None:
    """Put all global generators back; CUDA states only where as many devices are there."""
    random.setstate(state.python)
    np.random.set_state(dict(state.numpy))
    torch.set_rng_state(state.torch)
    if state.cuda and len(state.cuda) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(list(state.cuda))


@contextmanager
def isolated(seed: int) -> Iterator[None]:
    """Run a block on generators of its own; the training streams are back afterwards."""
    before = capture()
    seed_everything(seed)
    try:
        yield
    finally:
        restore(before)


def to_tensors(state: RngState) -> dict[str, Tensor]:
    """The tensor half of a state, for safetensors."""
    return {"torch": state.torch} | {f"cuda.{index}": tensor for index, tensor in enumerate(state.cuda)}


def to_json(state: RngState) -> dict[str, Any]:
    """The plain half of a state, for JSON."""
    version, words, gauss = state.python
    inner = state.numpy["state"]
    numpy_state = {**state.numpy, "state": {"key": inner["key"].tolist(), "pos": int(inner["pos"])}}
    return {"python": [version, list(words), gauss], "numpy": numpy_state}


def from_parts(plain: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> RngState:
    """Inverse of `to_json` and `to_tensors`. Raises KeyError or ValueError on a damaged state."""
    version, words, gauss = plain["python"]
    inner = plain["numpy"]["state"]
    key = np.array(inner["key"], dtype=np.uint32)
    cuda = tuple(tensors[f"cuda.{index}"] for index in range(sum(name.startswith("cuda.") for name in tensors)))
    return RngState(
        python=(version, tuple(words), gauss),
        numpy={**plain["numpy"], "state": {"key": key, "pos": inner["pos"]}},
        torch=tensors["torch"],
        cuda=cuda,
    )


def fingerprint(state: RngState) -> str:
    """A short hash of a state, to compare two positions."""
    digest = hashlib.sha256(json.dumps(to_json(state), sort_keys=True).encode())
    for tensor in to_tensors(state).values():
        digest.update(tensor.numpy().tobytes())
    return digest.hexdigest()
