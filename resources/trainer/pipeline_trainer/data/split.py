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
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainerError("split_invalid", f"{path.name} cannot be used: {error}.", hint="Create the job again.") from error


def _ids(values: object) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError("train and held_out must be lists of ids")
    return tuple(values)
