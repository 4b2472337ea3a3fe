"""From a run folder to a model that is ready to train, or to go on training."""

import os
import platform
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

import torch

from . import rng
from .budget import USED_FILE, Budget, refuse_unmeasured_energy
from .config import JobFile
from .data.collapse import chains_of
from .data.order import Sampler, derive_seed
from .data.rows import Rows, load_rows
from .data.templates import ChatTemplate, load_tokenizer
from .errors import TrainerError
from .fingerprint import refuse_other_model, rows_hash
from .hardware import Compute, GpuMonitor, driver_version, resolve
from .layout import layout_for
from .loss import LossHead
from .model import Trainable, attach_adapter, load_base
from .optimizer import optimizer_for
from .pass_size import PassSize, longest, pass_size_for
from .preference import preference_of
from .processes import ONE_PROCESS, Place
from .progress import Progress
from .protocol import Commands, EventLog
from .recompute import name_of, recompute
from .resume import find_checkpoint, identity_of, judge_checkpoint
from .run_state import Run
from .schedule import build_intervals, build_schedule, planned_steps
from .team import ALONE, Team, join
from .threads import pin

PACKAGES: Final = ("transformers", "peft", "safetensors", "tokenizers", "numpy")


@dataclass(frozen=True, slots=True)
class Data:
    """What a run reads before it loads a model."""

    template: ChatTemplate
    rows: Rows
    hash: str


def setup(
    run_dir: Path,
    *,
    job: JobFile,
    log: EventLog,
    commands: Commands,
    cache_dir: Path | None,
    place: Place = ONE_PROCESS,
) -> Run:
    """Check data, model and checkpoint, and only then load. Raises TrainerError."""
    pin(job.threads)
    # That a process finds no card of its own is for all of them to say, in the same words.
    device = "auto" if place.rank > 0 and job.device == "cuda" else job.device
    compute = resolve(device, job.settings.precision)
    refuse_unmeasured_energy(job.settings, compute, place.size)
    team = join(place, device=compute.device.type)
    found = find_checkpoint(run_dir / "checkpoints", log=log)
    commands.loading_step = 0 if found is None else found.step
    _hello(log, compute, from_checkpoint=None if found is None else f"checkpoints/{found.path.name}")
    log.emit("stage", name="preprocessing", detail="reading and tokenising the dataset")
    data = read_data(run_dir, job=job, cache_dir=cache_dir)
    identity = identity_of(job, compute, rows=data.hash, processes=team.size)
    if found is not None:
        judge_checkpoint(found, identity, log=log)
    refuse_other_plan(job, len(data.rows.train))
    log.emit("stage", name="model_loading", detail=_loading(job, team))
    passes = pass_size_for(job, compute, data.rows.train, cache_dir=cache_dir)
    run = build(
        run_dir,
        job=job,
        log=log,
        commands=commands,
        data=data,
        compute=compute,
        passes=passes,
        identity=identity,
        team=team,
    )
    if found is not None:
        run.resume(found.path)
        run.resumed_from = found.step
    run.progress.micro_batch = team.first(run.progress.micro_batch)
    run.meet()
    _plan(run, truncated=data.rows.truncated)
    return run


def read_data(run_dir: Path, *, job: JobFile, cache_dir: Path | None = None) -> Data:
    """Tokenised rows of the job's own dataset, by its own model's template. Raises TrainerError."""
    refuse_other_model(job.base_model.path, job.base_model.fingerprint)
    template = ChatTemplate(load_tokenizer(job.base_model.path))
    rows = load_rows(run_dir, job=job, template=template, cache_dir=cache_dir)
    return Data(template, rows, rows_hash([*rows.train, *rows.held_out]))


def build(
    run_dir: Path,
    *,
    job: JobFile,
    log: EventLog,
    commands: Commands,
    data: Data,
    compute: Compute,
    passes: PassSize,
    identity: dict[str, object],
    team: Team = ALONE,
) -> Run:
    """The run before its first step. Raises what loading raises."""
    settings = job.settings
    trainable = load_trainable(job, compute)
    shuffle = derive_seed(settings.seed, "shuffle")
    layout = layout_for(
        settings.packing,
        compute,
        rows=data.rows.train,
        pad_id=data.template.pad_id,
        model=trainable.model,
        warn=log.warn,
    )
    chains = chains_of(data.rows.train) if settings.collapse == "auto" else None
    sampler = Sampler(len(data.rows.train), settings.records_per_step, shuffle, chains=chains)
    gpu = GpuMonitor(compute.device)
    rng.seed_everything(derive_seed(settings.seed, "dropout"))
    return Run(
        run_dir=run_dir,
        job=job,
        log=log,
        commands=commands,
        compute=compute,
        template=data.template,
        trainable=trainable,
        head=LossHead(trainable.model),
        optimizer=optimizer_for(trainable.parameters, settings),
        schedule=build_schedule(settings, job.total_steps),
        intervals=build_intervals(settings, job.total_steps),
        sampler=sampler,
        train_rows=data.rows.train,
        collapses=sampler.followers > 0,
        held_out_rows=data.rows.held_out,
        passes=passes,
        layout=layout,
        preference=preference_of(settings),
        progress=Progress(micro_batch=passes.first()),
        identity=identity,
        gpu=gpu,
        budget=Budget(run_dir / USED_FILE, settings.max_hours, settings.max_energy_kwh, gpu.joules),
        team=team,
        saved_at=time.monotonic(),
    )


def load_trainable(job: JobFile, compute: Compute) -> Trainable:
    """The base model with a new adapter; the generators are seeded before PEFT draws from them."""
    rng.seed_everything(derive_seed(job.settings.seed, "initialisation"))
    settings = job.settings
    base = load_base(job.base_model.path, dtype=compute.dtype, device=compute.device, quantization=settings.quantization)
    trainable = attach_adapter(base, settings)
    if job.memory is not None:
        recompute(trainable.model, job.memory)
    return trainable


def refuse_other_plan(job: JobFile, records: int) -> None:
    """Raises `plan_mismatch` where the job promises another number of steps than its records make."""
    planned = planned_steps(records, job.settings)
    if planned != job.total_steps:
        raise TrainerError(
            "plan_mismatch",
            f"The job says {job.total_steps} steps, but its {records} records make {planned}.",
            hint="Create the job again.",
        )


def _loading(job: JobFile, team: Team) -> str:
    return job.base_model.name if team.size == 1 else f"{job.base_model.name}, in each of {team.size} processes"


def _hello(log: EventLog, compute: Compute, *, from_checkpoint: str | None) -> None:
    log.emit(
        "hello",
        pid=os.getpid(),
        device=str(compute.device),
        device_name=compute.name,
        precision=compute.precision,
        torch=torch.__version__,
        driver=driver_version(compute.device),
        threads=torch.get_num_threads(),
        versions={"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        from_checkpoint=from_checkpoint,
    )


def _plan(run: Run, *, truncated: int) -> None:
    epochs = run.job.total_steps / run.sampler.steps_per_epoch
    run.log.emit(
        "plan",
        total_steps=run.job.total_steps,
        total_tokens=round(sum(len(row.ids) for row in run.train_rows) * epochs),
        trained_tokens=round(sum(row.trained_tokens for row in run.train_rows) * epochs),
        train_records=len(run.train_rows),
        held_out_records=len(run.held_out_rows),
        truncated_records=truncated,
        trainable_parameters=run.trainable.trainable_count,
        total_parameters=run.trainable.total_count,
        micro_batch=run.progress.micro_batch,
        recompute=name_of(run.job.memory, run.trainable.model),
        recompute_layers=0 if run.job.memory is None else run.job.memory.recompute_layers,
        recompute_mlps=0 if run.job.memory is None else run.job.memory.recompute_mlps,
        longest_row=longest(run.train_rows),
        collapsed_records=run.sampler.followers,
        packing={"packed": run.layout.packed, "reason": run.layout.reason},
        eval_every=run.intervals.eval_every,
        save_every=run.intervals.save_every,
    )
