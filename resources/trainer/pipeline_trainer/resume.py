"""Which checkpoint to go on from, and whether that is still the same run."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import torch

from . import checkpoint
from .bnb import versions_of
from .config import JobFile, Settings, added_settings
from .errors import TrainerError
from .hardware import Compute
from .protocol import EventLog

# What may change between attempts without changing a single number of the adapter.
FREE_SETTINGS: Final = frozenset({"base_model", "save_steps", "save_total_limit", "max_hours", "max_energy_kwh"})
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
            "threads": job.threads,
            "processes": processes,
        },
    }


@dataclass(frozen=True, slots=True)
class Candidate:
    """A whole checkpoint that may be gone on from."""

    path: Path
    step: int


def find_checkpoint(folder: Path, *, log: EventLog, up_to: int | None = None) -> Candidate | None:
    """The newest whole checkpoint (of step `up_to` or before), or None to begin at step 0. Warns `checkpoint_skipped`.

    Raises `checkpoint_newer`.
    """
    found = checkpoint.find(folder, up_to=up_to)
    for name, reason in found.skipped:
        log.warn("checkpoint_skipped", f"Checkpoint {name} cannot be used: {reason}. The next older one is tried.")
    return None if found.path is None else Candidate(found.path, checkpoint.step_of(found.path))


def judge_checkpoint(candidate: Candidate, identity: Mapping[str, Any], *, log: EventLog) -> None:
    """Refuse what is another run; warn `not_bit_exact` of another machine. Raises what `REFUSED` names."""
    saved = checkpoint.read_identity(candidate.path)
    must_agree = saved["must_agree"]
    added = {name: value for name, value in added_settings().items() if name not in FREE_SETTINGS}
    refuse_other_run({**must_agree, "settings": {**added, **must_agree["settings"]}}, identity["must_agree"])
    # Older checkpoints are of one process and do not say so.
    before, now = {"processes": 1, **saved["exactness"]}, identity["exactness"]
    changes = [f"{name} {before.get(name)} → {value}" for name, value in now.items() if before.get(name) != value]
    if changes:
        moved = before["processes"] != now["processes"] and must_agree["settings"]["lora_dropout"] > 0
        dropout = " With dropout its random numbers fall differently." if moved else ""
        log.warn("not_bit_exact", f"This attempt goes on, but not bit for bit: {', '.join(changes)}.{dropout}")


def refuse_other_run(saved: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Raises the code that `REFUSED` gives to the first thing that differs."""
    for name, (code, message) in REFUSED.items():
        if saved.get(name) == wanted[name]:
            continue
        detail = f": {_differences(saved[name], wanted[name])}." if name == "settings" else ""
        raise TrainerError(code, message + detail, hint="Put it back as it was, or retry this as a new job.")


def _differences(saved: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    names = sorted(set(saved) | set(wanted))
    return ", ".join(name for name in names if saved.get(name) != wanted.get(name))
