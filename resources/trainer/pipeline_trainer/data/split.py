"""`split.json` of a run folder: decided by the app when the job was made, never here."""

import json
from dataclasses import dataclass
from pathlib import Path

from ..errors import TrainerError


@dataclass(frozen=True, slots=True)
class Split:
    """Which record ids train and which are held out."""

    seed: int
    share: float
    train: tuple[str, ...]
    held_out: tuple[str, ...]


def read_split(path: Path) -> Split:
    """Read `split.json`. Raises `split_invalid`."""
    try:
        document = json.loads(path.read_bytes())
        return Split(
            seed=int(document["seed"]),
            share=float(document["share"]),
            train=_ids(document["train"]),
            held_out=_ids(document["held_out"]),
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise TrainerError("split_invalid", f"{path.name} {_fault(error)}.", hint="Create the job again.") from error


def _fault(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror}"
    if isinstance(error, KeyError):
        return f"has no “{error.args[0]}”"
    return "is damaged: it is not the list of records that was written with the run"


def _ids(values: object) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError("train and held_out must be lists of ids")
    return tuple(values)
