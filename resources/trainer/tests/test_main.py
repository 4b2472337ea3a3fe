"""`run` from outside: exit codes, and exactly one end whatever happens."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline_trainer.__main__ import describe, main
from pipeline_trainer.errors import TrainerError
from pipeline_trainer.event_file import EventFile

PACKAGE = Path(__file__).parents[1]
BASE = json.loads((PACKAGE.parents[1] / "src/lib/training/job-examples.json").read_bytes())["base"]
# Puts a `train.run` of the test's own in place of the real one, which would load torch.
WITH_RUN = """
import sys, types
from pathlib import Path
train = types.ModuleType('pipeline_trainer.train')
exec({body!r}, train.__dict__)
sys.modules['pipeline_trainer.train'] = train
from pipeline_trainer.__main__ import main
sys.exit(main(['run', *sys.argv[1:]]))
"""


def attempt(
    run_dir: Path, body: str, *options: str, stdin: Any = subprocess.PIPE
) -> tuple[int, list[dict[str, Any]], bytes]:
    """Run one attempt whose training is `body`. stdin stays open unless given."""
    child = subprocess.Popen(
        [sys.executable, "-c", WITH_RUN.format(body=body), str(run_dir), *options],
        cwd=PACKAGE,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None
    assert child.stderr is not None
    out, errors = child.stdout.read(), child.stderr.read()
    code = child.wait(timeout=30)
    for stream in (child.stdin, child.stdout, child.stderr):
        if stream is not None:
            stream.close()
    return code, [json.loads(line) for line in out.splitlines()], errors


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    (tmp_path / "job.json").write_text(json.dumps(BASE))
    return tmp_path


def failing(statement: str) -> str:
    return f"def run(run_dir, *, job, log, commands, cache_dir, place):\n    {statement}\n"


def test_hands_the_run_over_and_returns_its_status(run_dir: Path, tmp_path: Path) -> None:
    body = failing(
        "log.warn('w', f'{job.base_model.path} {job.dataset.path} {cache_dir}'); "
        "log.emit('interrupted', step=3, reason='paused', saved=True); return 75"
    )
    options = ("--base-model", "b", "--dataset", "d", "--cache-dir", "c", "--attempt", "7")
    code, events, _errors = attempt(run_dir, body, *options)
    assert (code, [event["event"] for event in events]) == (75, ["warning", "interrupted"])
    assert events[0]["message"] == "b d c"
    assert {event["attempt"] for event in events} == {7}
    assert [json.loads(line) for line in (tmp_path / "events.jsonl").read_bytes().splitlines()] == events


def test_kernels_are_kept_beside_the_token_cache(run_dir: Path, tmp_path: Path) -> None:
    body = failing("import os; log.warn('w', os.environ['TRITON_CACHE_DIR']); log.emit('completed'); return 0")
    _code, events, _errors = attempt(run_dir, body, "--cache-dir", str(tmp_path / "cache"))
    assert events[0]["message"] == str(tmp_path / "cache" / "kernels")


def test_numbers_its_events_after_those_that_the_app_has(run_dir: Path) -> None:
    _code, events, _errors = attempt(run_dir, failing("log.emit('completed'); return 0"), "--after-seq", "41")
    assert [(event["event"], event["seq"]) for event in events] == [("warning", 42), ("completed", 43)]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("raise ValueError('two\\nlines')", "unexpected"),
        ("raise MemoryError", "out_of_memory"),
        ("raise type('OutOfMemoryError', (RuntimeError,), {})('CUDA')", "out_of_memory"),
        ("from pipeline_trainer.errors import TrainerError; raise TrainerError('odd', 'm', hint='h')", "odd"),
        ("raise SystemExit(0)", "unexpected"),
        ("raise KeyboardInterrupt", "unexpected"),
        ("return 0", "no_terminal_event"),
        ("def deep(): return deep()\n    deep()", "unexpected"),
        ("import torch_that_is_not_there", "unexpected"),
    ],
)
def test_every_end_is_one_failed_event_with_its_traceback(run_dir: Path, statement: str, code: str) -> None:
    status, events, _errors = attempt(run_dir, failing(statement))
    assert (status, [event["event"] for event in events]) == (1, ["failed"])
    assert events[0]["code"] == code
    assert "Traceback" in events[0]["traceback"]
    assert "\n" not in events[0]["message"]
    assert events[0]["hint"]


def test_a_failure_after_the_end_adds_no_second_end(run_dir: Path) -> None:
    body = failing("log.emit('completed'); raise ValueError('late')")
    _code, events, _errors = attempt(run_dir, body)
    assert [event["event"] for event in events] == ["completed"]


@pytest.mark.parametrize(("text", "code"), [("{", "job_invalid"), ('{"schema": 9}', "run_folder_newer")])
def test_a_job_that_cannot_be_read_fails_before_torch_is_loaded(run_dir: Path, text: str, code: str) -> None:
    (run_dir / "job.json").write_text(text)
    status, events, _errors = attempt(run_dir, failing("raise AssertionError('loaded')"))
    assert (status, events[0]["event"], events[0]["code"]) == (1, "failed", code)


def test_a_folder_that_another_trainer_holds_is_no_failure(run_dir: Path) -> None:
    other = EventFile(run_dir / "events.jsonl")
    status, events, errors = attempt(run_dir, failing("raise AssertionError('ran')"))
    other.close()
    assert (status, events) == (75, [])
    assert b"run_folder_busy" in errors


def test_no_parent_from_the_start_leaves_at_once(run_dir: Path) -> None:
    body = failing("import time; time.sleep(60)")
    status, events, _errors = attempt(run_dir, body, stdin=subprocess.DEVNULL)
    assert (status, events[-1]["event"], events[-1]["reason"]) == (75, "interrupted", "parent_gone")


def test_detached_needs_no_parent(run_dir: Path) -> None:
    body = failing("import time; time.sleep(0.3); log.emit('completed'); return 0")
    status, events, _errors = attempt(run_dir, body, "--detached", stdin=subprocess.DEVNULL)
    assert (status, [event["event"] for event in events]) == (0, ["completed"])


def test_a_denied_connection_is_a_warning(run_dir: Path) -> None:
    body = failing(
        "import socket\n    try: socket.create_connection(('example.com', 80), timeout=1)\n    except OSError: pass\n"
        "    log.emit('completed'); return 0"
    )
    _status, events, _errors = attempt(run_dir, body)
    assert [(event["event"], event.get("code")) for event in events] == [("warning", "network_blocked"), ("completed", None)]
    assert "example.com:80" in events[0]["message"]


def test_a_run_folder_that_is_not_there_is_said_on_stderr(tmp_path: Path) -> None:
    status, events, errors = attempt(tmp_path / "none", "")
    assert (status, events) == (1, [])
    assert b"run_folder_unwritable" in errors


@pytest.mark.parametrize("argv", [[], ["fly"], ["--help"]])
def test_an_unknown_command_shows_those_there_are(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 2
    assert "run RUN_DIR" in capsys.readouterr().err


def test_keeps_the_code_of_a_coded_error() -> None:
    error = TrainerError("odd", "m", hint="h")
    assert describe(error) is error
