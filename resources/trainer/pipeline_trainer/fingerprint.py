"""Hashes that say whether model and rows are those that a job was made for."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import numpy as np
from torch import Tensor

from .data.batches import Row
from .durable import sha256_of
from .errors import TrainerError

# The same list as in the app's `base-models/check-folder.ts`, which makes the fingerprint.
HASHED: Final = re.compile(
    r"config\.json|tokenizer\.json|tokenizer\.model|tokenizer_config\.json|special_tokens_map\.json"
    r"|added_tokens\.json|vocab\.json|merges\.txt|chat_template\.(jinja|json)|generation_config\.json|.*\.safetensors"
)


def model_fingerprint(folder: Path) -> str:
    """SHA-256 over the names and hashes of every file that decides what the model computes. Raises OSError."""
    total = hashlib.sha256()
    for name in sorted(path.name for path in folder.iterdir()):
        if HASHED.fullmatch(name):
            total.update(f"{name}\0{sha256_of(folder / name)}\n".encode())
    return total.hexdigest()


def refuse_other_model(folder: Path, expected: str) -> None:
    """Raises `base_model_missing`, or `base_model_changed` when the folder is not the job's base model."""
    try:
        found = model_fingerprint(folder)
    except OSError as error:
        raise TrainerError(
            "base_model_missing",
            f"The base model is not found at {folder}: {error.strerror}.",
            hint="Put the folder back, or choose the base model again in a new job.",
        ) from error
    if found != expected:
        raise TrainerError(
            "base_model_changed",
            f"{folder.name} is not the base model that this job was made for.",
            hint="Put the original files back, or start a new job with the changed model.",
        )


def rows_hash(rows: Iterable[Row]) -> str:
    """SHA-256 of what the model sees: ids and masks of all rows, in their order."""
    total = hashlib.sha256()
    for row in rows:
        total.update(f"{row.record_id}\0{len(row.ids)}\n".encode())
        total.update(np.asarray(row.ids, dtype="<i8").tobytes())
        total.update(np.asarray(row.trained, dtype="?").tobytes())
    return total.hexdigest()


def tensors_hash(tensors: Mapping[str, Tensor]) -> str:
    """SHA-256 of tensors on the processor, bit for bit, in their order."""
    total = hashlib.sha256()
    for name, tensor in tensors.items():
        total.update(f"{name}\0{tuple(tensor.shape)}\n".encode())
        total.update(tensor.numpy().tobytes())
    return total.hexdigest()
