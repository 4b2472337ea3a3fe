"""How an attempt ends: with the best adapter, or saved where it stands."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from . import checkpoint
from .adapter_folder import ADAPTER_FILES, WEIGHTS, read_adapter, set_adapter_tensors
from .durable import publish, sha256_of, staging_folder, sweep_staging, write_durably
from .errors import TrainerError
from .hardware import peak_memory_bytes
from .protocol import EXIT_CANCELLED, EXIT_INTERRUPTED, Command
from .run_state import Run
from .samples import sample
from .team import ALONE
from .validate import emit_evaluation, evaluate, save

ADAPTER_PATH: Final = "adapter"
REASONS: Final = {"pause": "paused", "parent_gone": "parent_gone", "signal": "signal"}


@dataclass(frozen=True, slots=True)
class Result:
    """The adapter in the run folder: which step it is, that step's training loss, and the hash of its weights.

    The loss is that of the step before where its own was not a number.
    """

    step: int
    training_loss: float | None
    sha256: str


def complete(run: Run) -> None:
    """Write the best adapter, let it answer, and report it beside the untouched model."""
    # The other processes have left with the last step, or have nothing left to do but to give their parts of the weights.
    run.team = ALONE
    run.log.emit("stage", name="finalization", detail="writing the adapter")
    result = write_result(run)
    set_adapter_tensors(run.trainable, read_adapter(run.run_dir / ADAPTER_PATH)[0])
    sample(run)
    progress = run.progress
    # Only where the best checkpoint was damaged is the result another one, not measured yet as it stands.
    measured = progress.best_step in (None, result.step)
    best, base = (progress.best if measured else evaluate(run)) or {}, progress.base or {}
    emit_evaluation(run, "base", base, step=0, final=True)
    emit_evaluation(run, "adapter", best, step=result.step, final=True)
    run.log.emit(
        "completed",
        adapter_path=ADAPTER_PATH,
        adapter_sha256=result.sha256,
        source_step=result.step,
        final_training_loss=result.training_loss,
        final_validation_loss=best["all"].loss if best else None,
        base_validation_loss=base["all"].loss if base else None,
        held_out_records=len(run.held_out_rows),
        held_out_tokens=sum(row.trained_tokens for row in run.held_out_rows),
        best_epoch=-(-result.step // run.sampler.steps_per_epoch),
        precision=run.compute.precision,
        peak_memory_bytes=peak_memory_bytes(run.compute.device),
        early_stopped=progress.stopped_early,
        ended_by=progress.ended_by,
        last_step=progress.step,
    )


def leave(run: Run, command: Command) -> int:
    """End as `command` says: paused, interrupted, or cancelled with or without the best adapter."""
    step = run.progress.step
    # While the result is being written, the model holds the best adapter, not the last step's.
    keep = run.saved_step != step
    if command.kind != "stop":
        if keep:
            save(run)
        run.log.emit("interrupted", step=step, reason=REASONS[command.kind], saved=True)
        return EXIT_INTERRUPTED
    saved = command.save and step > 0
    if saved:
        if keep:
            save(run)
        write_result(run)
    run.log.emit("cancelled", step=step, saved=saved, adapter_path=ADAPTER_PATH if saved else None)
    return EXIT_CANCELLED


def write_result(run: Run) -> Result:
    """Copy the adapter of the best checkpoint by held-out loss, else of the last, to `RUN_DIR/adapter`.

    Raises `checkpoint_damaged` when the last one cannot be used either.
    """
    last, best = run.progress.step, run.progress.best_step
    step = last if best is None else best
    source = run.checkpoints / checkpoint.folder_name(step)
    fault = checkpoint.fault_of(source)
    if fault is not None and step != last:
        message = f"The best checkpoint, {source.name}, cannot be used: {fault}. The result is that of step {last}."
        run.log.warn("best_checkpoint_damaged", message)
        step, source = last, run.checkpoints / checkpoint.folder_name(last)
        fault = checkpoint.fault_of(source)
    if fault is not None:
        raise TrainerError(
            "checkpoint_damaged",
            f"The checkpoint of the result, {source.name}, cannot be used: {fault}.",
            hint="Resume: the run goes on from the newest checkpoint that is whole.",
        )
    target = run.run_dir / ADAPTER_PATH
    _copy(source, target)
    return Result(step, checkpoint.read_progress(source).last_loss, sha256_of(target / WEIGHTS))


def _copy(source: Path, target: Path) -> None:
    try:
        staging = staging_folder(target)
        for name in ADAPTER_FILES:
            write_durably(staging / name, (source / name).read_bytes())
        publish(staging, target)
    except OSError as error:
        sweep_staging(target.parent)
        raise TrainerError(
            "result_failed",
            f"The adapter could not be written to {target.name}: {error.strerror or error}.",
            hint="Free some space on that drive and resume: the training is done, and no step is repeated.",
        ) from error
