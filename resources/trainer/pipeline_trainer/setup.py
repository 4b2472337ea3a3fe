"""From a run folder to a model that is ready to train, or to go on training."""

import os
import platform
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Final

import torch

from . import rng
from .beginning import refuse_to_begin
from .budget import USED_FILE, Budget
from .config import JobFile
from .data.collapse import chains_of
from .data.order import Sampler, derive_seed
from .data.tools import brings_tools, note_of_tools
from .durable import sweep_staging
from .fast_layers import speed_up_layers
from .hardware import Compute, GpuMonitor, driver_version
from .held import held_count
from .layout import layout_for
from .lora_layer import path_of, speed_up
from .loss import LossHead
from .model import Trainable, attach_adapter, load_base
from .optimizer import optimizer_for
from .pass_size import PassSize, longest, pass_size_for
from .preference import preference_of
from .processes import ONE_PROCESS, Place
from .progress import Progress
from .protocol import Commands, EventLog
from .recompute import name_of, recompute
from .resume import Candidate, compute_for, judge
from .run_data import Data
from .run_state import Run
from .schedule import build_intervals, build_schedule
from .stores import keep_for, place_of_base
from .team import ALONE, Team, join
from .threads import pin

PACKAGES: Final = ("transformers", "peft", "safetensors", "tokenizers", "numpy")


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
    compute = compute_for(job, place)
    team = join(place, device=compute.device.type)
    sweep_staging(run_dir / "checkpoints")

    def begin(found: Candidate | None) -> None:
        if found is None:
            refuse_to_begin(job)
        commands.loading_step = 0 if found is None else found.step
        _hello(log, compute, from_checkpoint=None if found is None else f"checkpoints/{found.path.name}")
        log.emit("stage", name="preprocessing", detail="reading and tokenising the dataset")

    judged = judge(
        run_dir, job=job, compute=compute, processes=team.size, cache_dir=cache_dir, warn=log.warn, on_found=begin
    )
    left_out = note_of_tools(judged.data.template, has_tools=brings_tools(job.dataset.path))
    if left_out is not None:
        log.warn("tools_left_out", f"The chat template of the base model: {left_out[0].lower()}{left_out[1:]}")
    if judged.changes:
        log.warn("not_bit_exact", f"This attempt goes on, but not bit for bit: {', '.join(judged.changes)}.")
    log.emit("stage", name="model_loading", detail=_loading(job, team))
    passes = pass_size_for(job, compute, judged.data.rows.train, cache_dir=cache_dir)
    run = build(
        run_dir,
        job=job,
        log=log,
        commands=commands,
        data=judged.data,
        compute=compute,
        passes=passes,
        identity=judged.identity,
        team=team,
    )
    if judged.found is not None:
        run.resume(judged.found.path)
        run.resumed_from = judged.found.step
    run.progress.micro_batch = team.first(run.progress.micro_batch)
    run.meet()
    _plan(run, truncated=judged.data.rows.truncated)
    return run


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
    trainable = load_trainable(job, compute, warn=log.warn, team=team)
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


def load_trainable(job: JobFile, compute: Compute, *, warn: Callable[[str, str], object], team: Team = ALONE) -> Trainable:
    """The base model with a new adapter; the generators are seeded before PEFT draws from them."""
    rng.seed_everything(derive_seed(job.settings.seed, "initialisation"))
    settings = job.settings
    keep = keep_for(job.memory, compute.device, team)
    base = load_base(
        job.base_model.path, dtype=compute.dtype, device=compute.device, quantization=settings.quantization, keep=keep
    )
    if keep is not None and held_count(base) == 0:
        warn(
            "base_stays",
            "The base model stays on the device: this architecture has no linear layers that could lie elsewhere.",
        )
    trainable = attach_adapter(base, settings)
    speed_up(trainable.model, warn)
    speed_up_layers(trainable.model, warn)
    if job.memory is not None:
        recompute(trainable.model, job.memory)
    return trainable


def _loading(job: JobFile, team: Team) -> str:
    place = "kept" if job.memory is None else job.memory.base
    where = "" if place == "kept" else ", its layers in the processor's memory"
    if team.size > 1:
        where += (
            f", a part of each in {team.size} processes" if place == "sharded" else f", in each of {team.size} processes"
        )
    return f"{job.base_model.name}{where}"


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
        base=place_of_base(run.trainable.model),
        longest_row=longest(run.train_rows),
        path=path_of(run.trainable.model),
        collapsed_records=run.sampler.followers,
        packing={"packed": run.layout.packed, "reason": run.layout.reason},
        eval_every=run.intervals.eval_every,
        save_every=run.intervals.save_every,
    )
