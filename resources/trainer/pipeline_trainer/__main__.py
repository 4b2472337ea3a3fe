"""`python -m pipeline_trainer COMMAND …`: parse, wire, exit codes."""

import argparse
import importlib
import json
import sys
import traceback
from pathlib import Path

from .config import load_job
from .errors import TrainerError
from .guard import deny_network
from .protocol import EXIT_FAILED, Commands, EventLog, claim_stdout

COMMANDS = ("serve", "inspect", "stats", "generate", "evaluate", "export", "verify", "probe", "selftest")
MODULES = {"inspect": "one_shot", "stats": "one_shot"}


def main(argv: list[str]) -> int:
    """Run one command; returns the exit status."""
    if argv[:1] == ["run"]:
        return run_attempt(argv[1:])
    if argv[:1] and argv[0] in COMMANDS:
        return run_command(argv)
    sys.stderr.write(f"usage: pipeline_trainer run RUN_DIR | {' | '.join(COMMANDS)}\n")
    return 2


def run_attempt(argv: list[str]) -> int:
    """`run`: one attempt of a job. Whatever happens, exactly one terminal event ends it."""
    parser = argparse.ArgumentParser(prog="pipeline_trainer run")
    parser.add_argument("run_dir", type=Path)
    parser.add_argument("--dataset", type=Path)
    parser.add_argument("--base-model", type=Path)
    parser.add_argument("--attempt", type=int)
    parser.add_argument("--cache-dir", type=Path)
    options = parser.parse_args(argv)
    run_dir = options.run_dir.resolve()
    log = EventLog(run_dir, attempt=options.attempt, pipe_fd=claim_stdout())
    deny_network(lambda target: log.warn("network_blocked", f"A connection to {target} was denied."))
    commands = Commands(log)
    commands.start()
    try:
        job = load_job(run_dir, dataset=options.dataset, base_model=options.base_model)
        from .train import run  # noqa: PLC0415 (torch: a stop while it loads must already be heard)

        return run(run_dir, job=job, log=log, commands=commands, cache_dir=options.cache_dir)
    except TrainerError as error:
        log.emit("failed", code=error.code, message=error.message, hint=error.hint, traceback=traceback.format_exc())
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 (the last boundary of the process)
        hint = "The log has the details. Resume goes on from the last checkpoint."
        log.emit("failed", code="unexpected", message=_one_line(error), hint=hint, traceback=traceback.format_exc())
    finally:
        log.close()
    return EXIT_FAILED


def run_command(argv: list[str]) -> int:
    """Every other command: JSON on stdout, or one error object and exit status 1."""
    denied: list[str] = []
    deny_network(denied.append)
    module = importlib.import_module(f".{MODULES.get(argv[0], argv[0])}", __package__)
    arguments = argv if argv[0] in MODULES else argv[1:]
    try:
        return int(module.main(arguments))
    except TrainerError as error:
        document = {"code": error.code, "message": error.message, "hint": error.hint}
        sys.stdout.write(json.dumps({"error": document}, ensure_ascii=False) + "\n")
        return EXIT_FAILED


def _one_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:500]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
