"""Checkpoints: everything that a resumed run needs to go on as if it had never stopped.

`checkpoints/step-000100` is a PEFT folder with the optimizer's moments, the state of every generator and
the counters of the loop beside it. The manifest with sizes and SHA-256 is written last, then the folder
gets its name; one whose manifest does not agree is passed over for the next older one.
"""

import errno
import json
import shutil
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from . import rng
from .adapter_folder import WEIGHTS, write_adapter
from .durable import publish, sha256_of, staging_folder, sweep_staging, write_durably
from .errors import TrainerError
from .progress import Progress

CHECKPOINT_SCHEMA: Final = 1
MANIFEST: Final = "manifest.json"
STATE: Final = "state.json"
OPTIMIZER: Final = "optimizer.safetensors"
RNG: Final = "rng.safetensors"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A run at the border between two steps; `identity` says what it belongs to (see `resume`)."""

    progress: Progress
    identity: Mapping[str, Any]
    sampler: Mapping[str, Any]
    adapter: Mapping[str, Tensor]
    adapter_config: Mapping[str, Any]
    optimizer: Mapping[str, Tensor]
    rng_state: rng.RngState
    attempt: int


@dataclass(frozen=True, slots=True)
class Written:
    """A published checkpoint; `sha256` is its manifest's."""

    path: Path
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Found:
    """The newest usable checkpoint, and why each newer one was passed over."""

    path: Path | None
    skipped: tuple[tuple[str, str], ...]


def folder_name(step: int) -> str:
    """`step-000100`."""
    return f"step-{step:06d}"


def step_of(path: Path) -> int:
    """Inverse of `folder_name`. Raises ValueError for any other name."""
    step = int(path.name.removeprefix("step-"))
    if folder_name(step) != path.name:
        raise ValueError(path.name)
    return step


def save(folder: Path, snapshot: Snapshot) -> Written:
    """Write `folder/step-…` atomically. Raises `checkpoint_failed`; older checkpoints stay as they are."""
    step = snapshot.progress.step
    target = folder / folder_name(step)
    try:
        staging = staging_folder(target)
        write_adapter(staging, snapshot.adapter, snapshot.adapter_config)
        save_file(dict(snapshot.optimizer), staging / OPTIMIZER)
        save_file(rng.to_tensors(snapshot.rng_state), staging / RNG)
        _write_json(staging / STATE, _document(snapshot))
        files = {
            path.name: {"size_bytes": path.stat().st_size, "sha256": sha256_of(path)} for path in sorted(staging.iterdir())
        }
        _write_json(staging / MANIFEST, {"schema": CHECKPOINT_SCHEMA, "step": step, "files": files})
        publish(staging, target)
    except (OSError, SafetensorError) as error:
        sweep_staging(folder)
        raise TrainerError(
            "checkpoint_failed",
            f"The checkpoint at step {step} could not be written: {getattr(error, 'strerror', None) or error}.",
            hint="Free some space on that drive and resume; earlier checkpoints are intact.",
        ) from error
    return Written(target, sum(path.stat().st_size for path in target.iterdir()), sha256_of(target / MANIFEST))


def find(folder: Path, *, up_to: int | None = None) -> Found:
    """Look for the newest checkpoint, of step `up_to` or before, whose files all agree with its manifest.

    One with weights or moments that are no numbers is passed over too: nothing comes of it any more.
    Raises `checkpoint_newer` for one that a newer version wrote: going on from an older one would
    silently throw its steps away.
    """
    skipped: list[tuple[str, str]] = []
    for path in reversed(_published(folder)):
        if up_to is not None and step_of(path) > up_to:
            continue
        fault = fault_of(path) or _number_fault(path)
        if fault is None:
            return Found(path, tuple(skipped))
        skipped.append((path.name, fault))
    return Found(None, tuple(skipped))


def fault_of(path: Path) -> str | None:
    """Why a checkpoint cannot be used, or None when it is whole. Raises `checkpoint_newer`."""
    try:
        _size_of(path / MANIFEST)
        manifest = json.loads((path / MANIFEST).read_bytes())
        _refuse_newer(path, manifest["schema"])
        for name, expected in manifest["files"].items():
            file = path / name
            if _size_of(file) != expected["size_bytes"]:
                return f"{name} is cut off"
            if sha256_of(file) != expected["sha256"]:
                return f"{name} has changed"
        missing = {WEIGHTS, STATE, OPTIMIZER, RNG} - set(manifest["files"])
        steps = {} if missing else {MANIFEST: manifest["step"], STATE: read_progress(path).step}
    except OSError as error:
        return f"{Path(error.filename or MANIFEST).name}: {error.strerror}"
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return f"its manifest or state cannot be read ({type(error).__name__})"
    if missing:
        return f"{min(missing)} is not in its manifest"
    # The name is given last, and by anyone: what is inside must be of that step.
    return next((f"{name} is of step {step}" for name, step in steps.items() if step != step_of(path)), None)


def _number_fault(path: Path) -> str | None:
    for name in (WEIGHTS, OPTIMIZER):
        try:
            tensors = load_file(path / name).values()
        except (OSError, ValueError, SafetensorError) as error:
            return f"{name} cannot be read ({type(error).__name__})"
        if not all(bool(tensor.isfinite().all()) for tensor in tensors):
            return f"{name} holds what is not a number"
    return None


def read_identity(path: Path) -> dict[str, Any]:
    """What a checkpoint belongs to, without reading a tensor."""
    return dict(json.loads((path / STATE).read_bytes())["identity"])


def read_progress(path: Path) -> Progress:
    """How far a run was, without reading a tensor."""
    return Progress.from_dict(json.loads((path / STATE).read_bytes())["progress"])


def load(path: Path) -> Snapshot:
    """Read a checkpoint that `find` found whole. Raises `checkpoint_damaged`."""
    try:
        document = json.loads((path / STATE).read_bytes())
        return Snapshot(
            progress=Progress.from_dict(document["progress"]),
            identity=document["identity"],
            sampler=document["sampler"],
            adapter=load_file(path / WEIGHTS),
            adapter_config={},
            optimizer=load_file(path / OPTIMIZER),
            rng_state=rng.from_parts(document["rng"], load_file(path / RNG)),
            attempt=document["attempt"],
        )
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise TrainerError(
            "checkpoint_damaged",
            f"The checkpoint {path.name} cannot be read: {error}.",
            hint="Remove that folder from the run's checkpoints, then resume from the one before.",
        ) from error


def prune(folder: Path, *, keep: int, protected: set[int]) -> list[str]:
    """Remove all but the newest `keep` and the `protected` steps; returns the removed folders' names."""
    kept = {folder_name(step) for step in protected}
    newest_first = _published(folder)[::-1]
    return _remove([path for path in newest_first[keep:] if path.name not in kept])


def remove_after(folder: Path, step: int) -> list[str]:
    """Remove the checkpoints of steps after `step`; returns the removed folders' names."""
    return _remove([path for path in _published(folder) if step_of(path) > step])


def _published(folder: Path) -> list[Path]:
    """The checkpoints in order; what merely looks like one, as a copy that a person made, is neither read nor removed."""
    return sorted((path for path in folder.glob("step-*") if _is_published(path)), key=step_of)


def _is_published(path: Path) -> bool:
    try:
        step_of(path)
    except ValueError:
        return False
    return path.is_dir()


def _size_of(path: Path) -> int:
    """Of a file. Raises OSError, also for what is none: a pipe in its place would be waited for."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "Not a file", str(path))
    return found.st_size


def _remove(paths: Sequence[Path]) -> list[str]:
    for path in paths:
        # The manifest goes first, so that a removal cut short leaves nothing that looks whole.
        (path / MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(path, ignore_errors=True)
    return [path.name for path in paths]


def _document(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "schema": CHECKPOINT_SCHEMA,
        "attempt": snapshot.attempt,
        "identity": dict(snapshot.identity),
        "progress": snapshot.progress.to_dict(),
        "sampler": dict(snapshot.sampler),
        "rng": rng.to_json(snapshot.rng_state),
    }


def _refuse_newer(path: Path, schema: int) -> None:
    if schema > CHECKPOINT_SCHEMA:
        raise TrainerError(
            "checkpoint_newer",
            f"The checkpoint {path.name} has format {schema}; this trainer knows formats up to {CHECKPOINT_SCHEMA}.",
            hint="Update the app, or resume this run with the version that wrote it.",
        )


def _write_json(path: Path, document: Mapping[str, Any]) -> None:
    write_durably(path, json.dumps(document, indent=1, allow_nan=False, default=str).encode())
