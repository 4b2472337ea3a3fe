"""What happens between two steps: figures, held-out loss, checkpoints, going back."""

import math
import time
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from . import checkpoint, rng
from .data.order import derive_seed
from .errors import TrainerError
from .evaluate import BATCH_ROWS, METHOD, evaluating, held_out_groups
from .model import without_adapter
from .out_of_memory import free_memory, if_it_fits, row_too_large
from .pass_size import micro_batch_for
from .preference import HELD_OUT_RECORDS
from .progress import Groups, numbers
from .resume import find_checkpoint
from .run_state import Run, StoppedError
from .samples import ASKED, ask, sample
from .step import Outcome

NON_FINITE_LIMIT: Final = 3
RATE_CUT: Final = 0.5
NO_STEP: Final = -1


def account(run: Run, outcome: Outcome) -> None:
    """Count a step and report its figures; those of an evaluated step wait for the held-out loss."""
    progress = run.progress
    progress.step += 1
    progress.tokens += outcome.tokens
    progress.non_finite_in_a_row = 0 if outcome.finite else progress.non_finite_in_a_row + 1
    progress.last_loss = outcome.loss if outcome.finite else progress.last_loss
    progress.last_metrics = {
        "step": progress.step,
        "epoch": run.epoch,
        "tokens": progress.tokens,
        "training_loss": outcome.loss if outcome.finite else None,
        "non_finite": None if outcome.finite else name_non_finite(outcome),
        "learning_rate": outcome.rate,
        "gradient_norm": outcome.gradient_norm if math.isfinite(outcome.gradient_norm) else None,
        "throughput": outcome.tokens / outcome.seconds,
        "step_ms": outcome.seconds * 1000,
        **run.gpu.latest(),
    }
    end_by_budget(run)
    # An evaluated step's figures are one event with its held-out loss, unless the run goes back before it.
    if not evaluation_due(run) or progress.non_finite_in_a_row == NON_FINITE_LIMIT:
        run.log.emit("metrics", **progress.last_metrics)


def end_by_budget(run: Run) -> None:
    """Train no further step where a budget is used up; a run that goes back first is asked again after it."""
    progress = run.progress
    used_up = run.budget.used_up()
    if run.budget.unlimited or run.finished or progress.non_finite_in_a_row == NON_FINITE_LIMIT:
        return
    if not run.team.first(int(used_up is not None)):
        return
    # Another process knows no more than that.
    progress.budget_ended, reason = used_up or ("time_budget", "The budget is used up")
    run.log.warn(
        "budget_reached",
        f"{reason}: training ends at step {progress.step} of {run.job.total_steps}, and the best adapter so far is kept.",
    )


def name_non_finite(outcome: Outcome) -> str:
    """`nan`, `inf` or `-inf`: of the loss, or of the gradient where the loss is a number."""
    value = outcome.gradient_norm if math.isfinite(outcome.loss) else outcome.loss
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


def evaluation_due(run: Run) -> bool:
    """Whether the step just done has a held-out loss that is not there yet."""
    progress = run.progress
    at_step = progress.step % run.intervals.eval_every == 0 or run.finished
    return bool(run.held_out_rows) and at_step and progress.step > 0 and progress.evaluated_step != progress.step


def validate(run: Run) -> bool:
    """Held-out loss of the adapter where it is due; keeps the best and the patience. True when it was due."""
    if not evaluation_due(run):
        return False
    settings, progress = run.job.settings, run.progress
    try:
        groups = evaluate(run)
    except StoppedError:
        run.log.emit("metrics", **progress.last_metrics)
        raise
    progress.judge(groups, min_delta=settings.early_stopping_min_delta, patience=settings.early_stopping_patience)
    progress.last_metrics["validation_loss"] = groups["all"].loss if numbers(groups) else None
    emit_evaluation(run, "adapter", {"all": groups["all"]}, step=progress.step)
    run.log.emit("metrics", **progress.last_metrics)
    return True


def measure_base(run: Run) -> None:
    """Held-out loss and answers of the untouched model, once a run."""
    if run.progress.base is None and run.held_out_rows:
        with without_adapter(run.trainable):
            found = evaluate(run)
        run.progress.base = numbers(found)
        emit_evaluation(run, "base", {"all": found["all"]}, step=0)
    if run.progress.sampled_step is None:
        with without_adapter(run.trainable):
            sample(run)


def evaluate(run: Run) -> Groups:
    """Held-out losses of the model as it stands, in passes of at most a training pass's tokens.

    They are halved as often as memory runs out.

    Raises `out_of_memory` where one row is too much.
    """
    most = HELD_OUT_RECORDS if run.preference is not None else BATCH_ROWS
    # A pack is as long as so many of the longest training rows.
    lengths = run.train_rows if run.layout.packed else run.held_out_rows
    at_once = micro_batch_for(lengths, most, run.compute)
    while (groups := if_it_fits(run.team, partial(_evaluate, run, at_once))) is None:
        free_memory(run.compute.device)
        if at_once == 1:
            raise row_too_large()
        at_once = (at_once + 1) // 2
    return groups


def _evaluate(run: Run, at_once: int) -> Groups:
    """On generators of its own."""
    rows, device = run.held_out_rows, run.compute.device
    with rng.isolated(derive_seed(run.job.settings.seed, "evaluation")), evaluating(run.trainable.model):
        if run.preference is not None:
            return run.preference.held_out(run.parts, rows, check=run.check, at_once=at_once)
        return held_out_groups(
            run.head, rows, layout=run.layout, device=device, check=run.check, at_once=at_once, team=run.team
        )


def emit_evaluation(run: Run, subject: str, groups: Groups, *, step: int, final: bool = False) -> None:
    """Report held-out losses."""
    method = METHOD if run.preference is None else run.preference.method
    for name, part in sorted(groups.items()):
        if not math.isfinite(part.loss):
            run.log.warn("evaluation_not_finite", f"The held-out loss of {name} ({subject}) is not a number at step {step}.")
            continue
        fields: dict[str, Any] = {"loss": part.loss, "tokens": part.tokens, "records": part.records}
        run.log.emit("evaluation", step=step, subject=subject, group=name, method=method, final=final, **fields)


def save_if_due(run: Run, *, evaluated: bool) -> None:
    """A checkpoint by steps, by time, at a new best, and at the end; one that is there gains an evaluation."""
    progress, intervals = run.progress, run.intervals
    if not run.team.leads or (progress.step in (0, run.saved_step) and not evaluated):
        return
    late = intervals.save_seconds is not None and time.monotonic() - run.saved_at > intervals.save_seconds
    best = progress.best_step == progress.step
    if progress.step % intervals.save_every == 0 or late or best or run.finished:
        save(run)


def save(run: Run, *, taken_back: Sequence[str] = ()) -> None:
    """Write a checkpoint of the step just done, and remove what is no longer kept.

    `taken_back`: checkpoints that were removed before, to be reported with this one.
    """
    progress = run.progress
    if progress.non_finite_in_a_row == 0:
        progress.last_good_step = progress.step
    written = checkpoint.save(run.checkpoints, run.snapshot())
    run.saved_at, run.saved_step = time.monotonic(), progress.step
    protected = {progress.step, progress.best_step, progress.last_good_step, run.resumed_from} - {None}
    pruned = checkpoint.prune(
        run.checkpoints,
        keep=run.job.settings.save_total_limit,
        protected={step for step in protected if step is not None},
    )
    evaluated = progress.evaluated_step == progress.step
    run.log.emit(
        "checkpoint",
        step=progress.step,
        path=f"checkpoints/{written.path.name}",
        size_bytes=written.size_bytes,
        sha256=written.sha256,
        validation_loss=progress.last_metrics.get("validation_loss") if evaluated else None,
        best=progress.best_step == progress.step,
        pruned=[f"checkpoints/{name}" for name in (*taken_back, *pruned)],
    )


def answer_requests(run: Run) -> None:
    """Between two steps: the checkpoints and samples that a person asked for. Raises StoppedError."""
    run.check()
    while run.requests:
        request = run.requests.pop(0)
        if request.kind == "checkpoint":
            save(run)
        else:
            ask(run, [(ASKED, request.prompt)])


def last_whole_step(run: Run) -> int:
    """The step to go back to, or `NO_STEP`; which checkpoints there are, only the first process knows."""
    last_good = run.progress.last_good_step
    if last_good is None or not run.team.leads:
        return NO_STEP
    found = find_checkpoint(run.checkpoints, warn=run.log.warn, up_to=last_good)
    return NO_STEP if found is None else found.step


def recover(run: Run) -> None:
    """After three steps in a row that were not finite: back to the last good checkpoint, at half the rate.

    Raises `loss_diverged` the second time.
    """
    progress = run.progress
    if progress.non_finite_in_a_row < NON_FINITE_LIMIT:
        return
    if progress.rate_factor < 1.0:
        raise TrainerError(
            "loss_diverged",
            "The loss was not a number for three steps in a row, again after the learning rate was halved.",
            hint="Retry with a lower learning rate, or look for broken records in the dataset.",
        )
    good = run.team.first(last_whole_step(run))
    if good == NO_STEP:
        run.restart()
    else:
        run.resume(run.checkpoints / checkpoint.folder_name(good))
    run.progress.rate_factor = RATE_CUT
    run.progress.non_finite_in_a_row = 0
    run.meet()
    if not run.team.leads:
        return
    # A process that ends from here on must find the halved rate, and no step that was taken back.
    save(run, taken_back=checkpoint.remove_after(run.checkpoints, run.progress.step))
    run.log.warn(
        "rate_halved",
        f"Three steps in a row were not finite: back to step {run.progress.step} at half the learning rate.",
    )
