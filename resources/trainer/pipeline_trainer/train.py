"""One attempt of a run: setup → main → fit → validate."""

from pathlib import Path

from .config import JobFile
from .finish import complete, leave
from .processes import ONE_PROCESS, Place
from .protocol import EXIT_COMPLETED, Commands, EventLog
from .run_state import Run, StoppedError
from .samples import sample_if_due
from .setup import setup
from .step import optimizer_step
from .validate import account, answer_requests, measure_base, recover, save_if_due, validate


def run(
    run_dir: Path, *, job: JobFile, log: EventLog, commands: Commands, cache_dir: Path | None, place: Place = ONE_PROCESS
) -> int:
    """Train, or go on training, the job in `run_dir`; returns the exit status. Raises TrainerError."""
    state = setup(run_dir, job=job, log=log, commands=commands, cache_dir=cache_dir, place=place)
    commands.ready()
    try:
        main(state)
    except StoppedError as stopped:
        return leave(state, stopped.command)
    finally:
        state.close()
    return EXIT_COMPLETED


def main(run: Run) -> None:
    """Measure the untouched model, train, and hand over the best adapter."""
    run.log.emit("stage", name="training", detail=f"step {run.progress.step} of {run.job.total_steps}")
    if run.team.leads:
        run.budget.begin()
    measure_base(run)
    fit(run)
    team = run.team
    if not team.needs_all:
        team.part()
    if team.leads:
        complete(run)
    if team.needs_all:
        team.part()


def fit(run: Run) -> None:
    """Train until the last step, or until the held-out loss stops falling.

    Everything after a step is done once for that step: a run that was stopped in the middle of an
    evaluation begins with it when it goes on.
    """
    close_step(run)
    while not run.finished:
        answer_requests(run)
        outcome = optimizer_step(run)
        account(run, outcome)
        recover(run)
        close_step(run)


def close_step(run: Run) -> None:
    """Validate, keep and show what is due at the step just done."""
    evaluated = validate(run)
    save_if_due(run, evaluated=evaluated)
    sample_if_due(run)
