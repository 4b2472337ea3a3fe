"""`python -m pipeline_trainer COMMAND …`: parse, wire, exit codes."""

import argparse
import importlib
import json
import os
import sys
import traceback
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final, NoReturn

from .commands import leave_with_parent
from .config import JobFile, load_job
from .errors import TrainerError, is_failed_card, is_out_of_memory
from .guard import deny_network
from .kernels.body import keep_kernels_in
from .processes import Others, Place, following, place_of, take_card
from .protocol import EXIT_CANCELLED, EXIT_FAILED, EXIT_INTERRUPTED, Commands, EventLog, claim_stdout
from .threads import prepare_environment

USAGE_ERROR: Final = 2
MOST_PROCESSES: Final = 64
COMMANDS: Final = (
    "serve",
    "inspect",
    "stats",
    "generate",
    "evaluate",
    "export",
    "verify",
    "may-resume",
    "probe",
    "lr-range",
    "selftest",
    "ask-llama-cpp",
)
# Both are one module, which is told which of them it is.
TOLD_ITS_NAME: Final = {"inspect": "one_shot", "stats": "one_shot"}
# A short command whose stdin is held open by whoever wants its answer.
ATTENDED: Final = "--attended"
MOST_CHARACTERS: Final = 500
CARD_FAILED: Final = (
    "Resume: the run goes on from its last checkpoint. If it happens again, restart the machine, and look for “Xid” "
    "in the kernel's log (dmesg): the driver's number for what is wrong with the card."
)
GO_ON: Final = "The log has the details. Resume goes on from the last checkpoint."


def main(argv: list[str]) -> int:
    """Run one command; returns the exit status."""
    attended = argv[:1] == [ATTENDED]
    command, *arguments = argv[attended:] or [""]
    if attended:
        leave_with_parent()
    if command == "run":
        return run_attempt(arguments)
    if command in COMMANDS:
        return run_command(command, arguments)
    sys.stderr.write(f"usage: pipeline_trainer run RUN_DIR | [{ATTENDED}] {' | '.join(COMMANDS)}\n")
    return USAGE_ERROR


def run_attempt(arguments: list[str]) -> int:
    """`run`: one attempt of a job. Whatever happens, exactly one terminal event ends it."""
    options = _run_options(arguments)
    prepare_environment()
    place = place_of(os.environ)
    if place.rank > 0:
        follow(options, place)
    if place.size > 1 and options.processes > 1:
        sys.stderr.write("--processes is for a run that nothing else has started in several processes\n")
        return USAGE_ERROR
    run_dir: Path = options.run_dir.resolve()
    pipe_fd = claim_stdout()
    try:
        log = EventLog(run_dir, attempt=options.attempt, after_seq=options.after_seq, pipe_fd=pipe_fd)
    except TrainerError as error:
        # Without a log there is no attempt: the folder may belong to another trainer.
        sys.stderr.write(f"{error.code}: {error.message} {error.hint}\n")
        # That one saves and leaves; the run can go on after it.
        return EXIT_INTERRUPTED if error.code == "run_folder_busy" else EXIT_FAILED
    deny_network(lambda target: log.warn("network_blocked", f"A connection to {target} was denied."))
    commands = Commands(log)
    commands.start(read_stdin=not options.detached)
    try:
        with Others(options.processes - 1, arguments, lost=partial(_end_with, log)) as others:
            place = place if options.processes == 1 else others.place
            return _checked(_train(options, log=log, commands=commands, place=place), log)
    except BaseException as error:  # noqa: BLE001 (the last boundary of the process)
        log.emit("failed", **_fields_of(error))
        return EXIT_FAILED
    finally:
        log.close()


def follow(options: argparse.Namespace, place: Place) -> NoReturn:
    """`run` in a process that is not the first: it computes its share, and says what fails to a log of its own."""
    code = EXIT_FAILED
    claim_stdout()
    with following(place) as folder:
        log = EventLog(folder)
        deny_network(_say_denied)
        try:
            code = _train(options, log=log, commands=Commands(log), place=place)
        except BaseException as error:  # noqa: BLE001 (the same boundary)
            failure = _fields_of(error)
            sys.stderr.write(failure["traceback"])
            log.emit("failed", **failure)
        log.close()
    # The first process goes by the status, which no library may change on the way out.
    os._exit(code)


def _train(options: argparse.Namespace, *, log: EventLog, commands: Commands, place: Place) -> int:
    run_dir = options.run_dir.resolve()
    job: JobFile = load_job(run_dir, dataset=options.dataset, base_model=options.base_model)
    os.environ.setdefault("OMP_NUM_THREADS", str(job.threads))
    take_card(place, os.environ)
    if options.cache_dir is not None:
        keep_kernels_in(options.cache_dir)
    from .train import run  # noqa: PLC0415 (torch: a stop while it loads must already be heard)

    return run(run_dir, job=job, log=log, commands=commands, cache_dir=options.cache_dir, place=place)


def _fields_of(error: BaseException) -> dict[str, str]:
    failure = describe(error)
    document = {"code": failure.code, "message": failure.message, "hint": failure.hint}
    return {**document, "traceback": "".join(traceback.format_exception(error))}


def _end_with(log: EventLog, failure: Mapping[str, str]) -> None:
    """End the attempt at once: the main thread may be waiting for a process that is gone."""
    log.emit("failed", **failure)
    log.close()
    os._exit(EXIT_FAILED)


def _checked(code: int, log: EventLog) -> int:
    if log.ended:
        return code
    raise TrainerError("no_terminal_event", f"The run ended with status {code} and without saying how.", hint=GO_ON)


def describe(error: BaseException) -> TrainerError:
    """What a failure means; what nobody foresaw is `unexpected`."""
    if isinstance(error, TrainerError):
        return error
    if is_out_of_memory(error):
        return TrainerError(
            "out_of_memory", "There is not enough memory for this run.", hint="Lower max_length, batch_size or lora_rank."
        )
    line = f"{type(error).__name__}: {error}".splitlines()[0][:MOST_CHARACTERS]
    if is_failed_card(error):
        return TrainerError("card_failed", f"The card stopped computing. {line}", hint=CARD_FAILED)
    return TrainerError("unexpected", line, hint=GO_ON)


def run_command(command: str, arguments: list[str]) -> int:
    """Every other command: JSON on stdout, or one error object and exit status 1."""
    deny_network(_say_denied)
    prepare_environment()
    module = importlib.import_module(f".{TOLD_ITS_NAME.get(command, command.replace('-', '_'))}", __package__)
    try:
        return int(module.main([command, *arguments] if command in TOLD_ITS_NAME else arguments))
    except TrainerError as error:
        document = {"code": error.code, "message": error.message, "hint": error.hint}
        sys.stdout.write(json.dumps({"error": document}, ensure_ascii=False) + "\n")
        return EXIT_FAILED


def _say_denied(target: str) -> None:
    sys.stderr.write(f"A connection to {target} was denied.\n")


def _count(text: str) -> int:
    if not 1 <= int(text) <= MOST_PROCESSES:
        raise argparse.ArgumentTypeError(f"from 1 to {MOST_PROCESSES}")
    return int(text)


def _run_options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="pipeline_trainer run",
        description="One attempt of a run. The hashes in job.json are what must agree; paths may be overridden.",
        epilog=f"Exit status: 0 completed, {EXIT_FAILED} failed, {EXIT_INTERRUPTED} interrupted or paused, "
        f"{EXIT_CANCELLED} cancelled.",
    )
    parser.add_argument("run_dir", type=Path)
    parser.add_argument("--dataset", type=Path, help="where the dataset is now")
    parser.add_argument("--base-model", type=Path, help="where the base model is now")
    parser.add_argument("--attempt", type=int, help="the attempt's number; by default one more than the last")
    parser.add_argument("--after-seq", type=int, default=0, help="the last event that the app has; numbers go on after it")
    parser.add_argument("--cache-dir", type=Path, help="folder of the token cache; none without it")
    parser.add_argument("--processes", type=_count, default=1, help="how many train together, a card each")
    parser.add_argument("--detached", action="store_true", help="no parent: the end of stdin means nothing")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
