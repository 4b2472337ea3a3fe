"""Which checkpoint to go on from, and whether that is still the same run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import torch

from . import checkpoint
from .bnb import versions_of
from .budget import refuse_unmeasured_energy
from .config import JobFile, Settings, added_settings
from .errors import TrainerError
from .hardware import Compute, resolve
from .processes import ONE_PROCESS, Place
from .run_data import Data, read_data
from .schedule import planned_steps

Warn = Callable[[str, str], None]

# What may change between attempts without changing a single number of the adapter.
FREE_SETTINGS: Final = frozenset(
    {"base_model", "save_steps", "save_total_limit", "max_hours", "max_energy_kwh", "processes"}
)
# Of the layers: PEFT's and torch's, or those that this version has for 16 bit.
# Of checkpoints that do not say it: rows unpacked on a processor, and the loss in other pieces.
BEFORE: Final = "as in PEFT"
STOCK: Final = "as in PEFT (2026-11)"
OWN: Final = "its own in 16 bit (2026-11)"
REFUSED: Final = {
    "dataset": ("dataset_changed", "The dataset is not the one that this run began with."),
    "rows": ("dataset_changed", "The tokenizer or the chat template gives other tokens than when this run began."),
    "base_model": ("base_model_changed", "The base model is not the one that this run began with."),
    "settings": ("settings_changed", "Settings changed that change the mathematics of this run"),
    "total_steps": ("settings_changed", "The number of steps changed since this run began."),
}


def identity_of(job: JobFile, compute: Compute, *, rows: str, processes: int = 1) -> dict[str, Any]:
    """What a checkpoint belongs to: `must_agree` or be refused, `exactness` or be marked not bit-exact."""
    settings = {field.name: getattr(job.settings, field.name) for field in fields(Settings)}
    mathematics = {name: value for name, value in settings.items() if name not in FREE_SETTINGS}
    targets = mathematics["target_modules"]
    mathematics["target_modules"] = list(targets) if isinstance(targets, tuple) else targets
    return {
        "must_agree": {
            "dataset": job.dataset.sha256,
            "rows": rows,
            "base_model": job.base_model.fingerprint,
            "settings": mathematics,
            "total_steps": job.total_steps,
        },
        "exactness": {
            "torch": torch.__version__,
            "transformers": version("transformers"),
            "peft": version("peft"),
            **versions_of(job.settings),
            "device": compute.device.type,
            "device_name": compute.name,
            "precision": compute.precision,
            "arithmetic": _arithmetic(compute),
            "threads": job.threads,
            "processes": processes,
        },
    }


@dataclass(frozen=True, slots=True)
class Candidate:
    """A whole checkpoint that may be gone on from."""

    path: Path
    step: int


@dataclass(frozen=True, slots=True)
class Judged:
    """What may be trained, and from where: `found` is None to begin at step 0.

    `identity` is that of the checkpoints to come, `changes` what keeps the run from going on bit for bit.
    """

    found: Candidate | None
    data: Data
    identity: dict[str, Any]
    changes: tuple[str, ...]


def compute_for(job: JobFile, place: Place = ONE_PROCESS) -> Compute:
    """Where a process of the run computes. Raises `no_cuda`, or `energy_not_measured`."""
    # That a process finds no card of its own is for all of them to say, in the same words.
    device = "auto" if place.rank > 0 and job.device == "cuda" else job.device
    compute = resolve(device, job.settings.precision)
    refuse_unmeasured_energy(job.settings, compute, place.size)
    return compute


def judge(
    run_dir: Path,
    *,
    job: JobFile,
    compute: Compute,
    cache_dir: Path | None,
    warn: Warn,
    processes: int = 1,
    on_found: Callable[[Candidate | None], None] = lambda _found: None,
) -> Judged:
    """All that can refuse an attempt before a model is loaded; nothing is written to the run folder.

    `on_found` hears of the checkpoint before the slow part, which reads the data. Raises TrainerError.
    """
    found = find_checkpoint(run_dir / "checkpoints", warn=warn)
    on_found(found)
    data = read_data(run_dir, job=job, cache_dir=cache_dir)
    identity = identity_of(job, compute, rows=data.hash, processes=processes)
    changes = () if found is None else judge_checkpoint(found, identity)
    refuse_other_plan(job, len(data.rows.train))
    return Judged(found, data, identity, changes)


def find_checkpoint(folder: Path, *, warn: Warn, up_to: int | None = None) -> Candidate | None:
    """The newest whole checkpoint (of step `up_to` or before), or None to begin at step 0. Warns `checkpoint_skipped`.

    Raises `checkpoint_newer`.
    """
    found = checkpoint.find(folder, up_to=up_to)
    for name, reason in found.skipped:
        warn("checkpoint_skipped", f"Checkpoint {name} cannot be used: {reason}. The next older one is tried.")
    return None if found.path is None else Candidate(found.path, checkpoint.step_of(found.path))


def judge_checkpoint(candidate: Candidate, identity: Mapping[str, Any]) -> tuple[str, ...]:
    """Refuse what is another run; returns what of the machine is another. Raises what `REFUSED` names."""
    saved = checkpoint.read_identity(candidate.path)
    must_agree = saved["must_agree"]
    added = {name: value for name, value in added_settings().items() if name not in FREE_SETTINGS}
    refuse_other_run({**must_agree, "settings": {**added, **must_agree["settings"]}}, identity["must_agree"])
    # Older checkpoints are of one process, and do not say so.
    before, now = {"processes": 1, "arithmetic": BEFORE, **saved["exactness"]}, identity["exactness"]
    asides = {"processes": " (with dropout its random numbers fall differently)"} if _drops_out(must_agree) else {}
    return tuple(
        f"{name.replace('_', ' ')} {before.get(name)} → {value}{asides.get(name, '')}"
        for name, value in now.items()
        if before.get(name) != value
    )


def refuse_other_run(saved: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Raises the code that `REFUSED` gives to the first thing that differs."""
    for name, (code, message) in REFUSED.items():
        if saved.get(name) == wanted[name]:
            continue
        detail = f": {_differences(saved[name], wanted[name])}." if name == "settings" else ""
        raise TrainerError(code, message + detail, hint="Put it back as it was, or retry this as a new job.")


def refuse_other_plan(job: JobFile, records: int) -> None:
    """Raises `plan_mismatch` where the job promises another number of steps than its records make."""
    planned = planned_steps(records, job.settings)
    if planned != job.total_steps:
        raise TrainerError(
            "plan_mismatch",
            f"The job says {job.total_steps} steps, but its {records} records make {planned}.",
            hint="Create the job again.",
        )


def _arithmetic(compute: Compute) -> str:
    """16 bit takes paths of our own: adapters, on cards what lies between products, on processors short attention."""
    return OWN if compute.precision == "bf16" else STOCK


def _drops_out(must_agree: Mapping[str, Any]) -> bool:
    return float(must_agree["settings"]["lora_dropout"]) > 0


def _differences(saved: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    names = sorted(set(saved) | set(wanted))
    return ", ".join(name for name in names if saved.get(name) != wanted.get(name))
