"""What every contender gets: the same rows, masks and start; made once by the trainer's own reading code."""

import argparse
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pipeline_trainer.adapter_folder import adapter_config, adapter_tensors, write_adapter
from pipeline_trainer.config import JobFile, load_job
from pipeline_trainer.data.batches import Row
from pipeline_trainer.data.order import Sampler, derive_seed
from pipeline_trainer.fingerprint import model_fingerprint
from pipeline_trainer.hardware import resolve
from pipeline_trainer.run_data import read_data
from pipeline_trainer.setup import load_trainable
from pipeline_trainer.threads import pin

from .records import make_records

ROWS: Final = "rows.json"
START: Final = "start"
HELD_OUT: Final = 60
LEARNING_RATE: Final = 2e-4


@dataclass(frozen=True, slots=True)
class Size:
    """How much is trained: rows in the set, records a step, optimizer steps."""

    rows: int
    records_per_step: int
    steps: int


def main() -> None:
    """Make the run folder, the rows in their order, and the adapter that all begin with."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--base-model", type=Path, required=True)
    parser.add_argument("--dropout", type=float, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--precision", choices=("bf16", "fp32"), required=True)
    for name in ("rows", "records-per-step", "steps"):
        parser.add_argument(f"--{name}", type=int, required=True)
    options = parser.parse_args()
    size = Size(options.rows, options.records_per_step, options.steps)
    how = {"dropout": options.dropout, "precision": options.precision}
    write_run_folder(options.folder, options.base_model, size=size, how=how, threads=options.threads)
    job = load_job(options.folder)
    pin(job.threads)
    write_rows(options.folder, job)
    write_start(options.folder / START, job)


def write_run_folder(folder: Path, model: Path, *, size: Size, how: Mapping[str, Any], threads: int) -> None:
    """`job.json`, `dataset.jsonl` and `split.json`: all rows are trained, the held-out ones stay outside.

    `how`: dropout and precision.
    """
    train, held_out = make_records(size.rows, HELD_OUT)
    text = "".join(json.dumps(record) + "\n" for record in [*train, *held_out])
    (folder / "dataset.jsonl").write_text(text, "utf-8")
    names = [[record["id"] for record in part] for part in (train, held_out)]
    split = {"seed": 42, "share": 0.1, "train": names[0], "held_out": names[1]}
    (folder / "split.json").write_text(json.dumps(split), "utf-8")
    document = {
        "schema": 1,
        "job_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, "bench-1")),
        "name": "bench",
        "created_at": "2025-01-01T00:00:00.000Z",
        "app_version": "0.0.0",
        "settings": settings_of(records_per_step=size.records_per_step, steps=size.steps, **how),
        "preset_id": "custom",
        "total_steps": size.steps,
        "total_epochs": -(-size.steps // -(-size.rows // size.records_per_step)),
        "dataset": {
            "dataset_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, "bench-2")),
            "dataset_version_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, "bench-3")),
            "name": "bench",
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
            "path": str(folder / "dataset.jsonl"),
            "format": "chat",
            "records": size.rows + HELD_OUT,
        },
        "base_model": {
            "base_model_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, "bench-4")),
            "name": model.name,
            "fingerprint": model_fingerprint(model),
            "path": str(model),
            "architecture": "LlamaForCausalLM",
        },
        "sample_prompts": [],
        "sample_max_new_tokens": 1,
        "device": "cpu",
        "threads": threads,
    }
    (folder / "job.json").write_text(json.dumps(document), "utf-8")


def write_rows(folder: Path, job: JobFile) -> None:
    """Token ids and masks: training rows in the order in which the trainer's sampler takes them."""
    rows = read_data(folder, job=job).rows
    settings = job.settings
    sampler = Sampler(len(rows.train), settings.records_per_step, derive_seed(settings.seed, "shuffle"))
    order = [index for _ in range(job.total_steps) for index in sampler.next_step()]
    document = {"train": [_plain(rows.train[index]) for index in order], "held_out": [_plain(row) for row in rows.held_out]}
    (folder / ROWS).write_text(json.dumps(document), "utf-8")


def write_start(folder: Path, job: JobFile) -> None:
    """The adapter before the first step, as a PEFT folder."""
    trainable = load_trainable(job, resolve(job.device, job.settings.precision), warn=print)
    folder.mkdir()
    write_adapter(folder, adapter_tensors(trainable), adapter_config(trainable, base_name=job.base_model.name))


def _plain(row: Row) -> dict[str, Any]:
    return {"ids": row.ids, "trained": row.trained}


def settings_of(*, records_per_step: int, steps: int, dropout: float, precision: str) -> dict[str, Any]:
    """The settings of a benchmark's job: rank 16 on all linear layers, a constant rate."""
    return {
        "base_model": "bench",
        "learning_rate": LEARNING_RATE,
        "batch_size": records_per_step,
        "num_epochs": 1,
        "lora_rank": 16,
        "lora_alpha": 32,
        "lora_dropout": dropout,
        "warmup_steps": 0,
        "weight_decay": 0.0,
        "max_steps": steps,
        "gradient_accumulation_steps": 1,
        "max_length": 1024,
        "lr_scheduler": "constant",
        "warmup_ratio": 0.0,
        "max_grad_norm": 1.0,
        "seed": 42,
        "validation_share": 0.1,
        "eval_steps": steps,
        "save_steps": steps,
        "save_total_limit": 1,
        "early_stopping_patience": None,
        "early_stopping_min_delta": 0.0,
        "target_modules": "all-linear",
        "method": "sft",
        "loss_scope": "auto",
        "precision": precision,
    }


if __name__ == "__main__":
    main()
