"""Commands in: stdin, its end, signals; and what a stop means while the run is loading."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_trainer.commands import Command, parse_command

PACKAGE = Path(__file__).parents[1]
# Loads for ever, or (with `ready`) prints each command that it polls, and ends at a stop of any kind.
CHILD = """
import sys, time
from pathlib import Path
from pipeline_trainer.protocol import Commands, EventLog, claim_stdout
log = EventLog(Path(sys.argv[1]), pipe_fd=claim_stdout(), heartbeat_seconds=3600)
commands = Commands(log, first_step=4)
commands.start()
if sys.argv[2] == 'ready':
    commands.ready()
log.emit('stage', name='model_loading', detail='')
while True:
    command = commands.poll() if sys.argv[2] == 'ready' else None
    if command is not None:
        log.warn('seen', f'{command.kind} {command.save} {command.prompt} {commands.stop_requested}')
    if command is not None and command.kind in ('stop', 'pause', 'parent_gone', 'signal'):
        log.close()
        sys.exit(3)
    time.sleep(0.005)
"""


class Child:
    def __init__(self, run_dir: Path, mode: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(run_dir), mode],
            cwd=PACKAGE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self.next()["event"] == "stage"

    def next(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def send(self, text: str) -> None:
        self.send_bytes(text.encode())

    def send_bytes(self, raw: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(raw)
        self.process.stdin.flush()

    def end_stdin(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()

    def close(self) -> int:
        code = self.process.wait(timeout=10)
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()
        return code


@pytest.mark.parametrize(
    ("stop", "event", "code"),
    [
        ("end", {"event": "interrupted", "step": 4, "reason": "parent_gone", "saved": False}, 75),
        ("pause", {"event": "interrupted", "step": 4, "reason": "paused", "saved": False}, 75),
        ("term", {"event": "interrupted", "step": 4, "reason": "signal", "saved": False}, 75),
        ("stop", {"event": "cancelled", "step": 4, "saved": False, "adapter_path": None}, 130),
    ],
)
def test_a_stop_while_loading_ends_at_once(tmp_path: Path, stop: str, event: dict[str, Any], code: int) -> None:
    child = Child(tmp_path, "loading")
    started = time.monotonic()
    if stop == "end":
        child.end_stdin()
    elif stop == "term":
        child.process.send_signal(signal.SIGTERM)
    else:
        child.send(json.dumps({"command": "stop", "save": True} if stop == "stop" else {"command": "pause"}) + "\n")
    said = child.next()
    assert {name: said[name] for name in event} == event
    assert child.close() == code
    assert time.monotonic() - started < 2


def test_commands_arrive_in_order_and_a_bad_line_is_a_warning(tmp_path: Path) -> None:
    child = Child(tmp_path, "ready")
    child.send('{"command":"sample","prompt":"Wer?"}\nnot json\n[1]\n{"command":"fly"}\n\n{"command":"checkpoint"}\n')
    said = [child.next() for _number in range(5)]
    child.send('{"command":"stop","save":true}\n')
    said.append(child.next())
    assert child.close() == 3
    assert [event["message"] for event in said if event["code"] == "seen"] == [
        "sample False Wer? None",
        "checkpoint False  None",
        "stop True  stop",
    ]
    assert [event["code"] for event in said].count("command_malformed") == 3


def test_bytes_that_are_no_text_do_not_deafen_the_trainer(tmp_path: Path) -> None:
    child = Child(tmp_path, "ready")
    child.send_bytes(b"\xff\xfe\n" + b"[" * 50_000 + b"\n")
    assert [child.next()["code"], child.next()["code"]] == ["command_malformed"] * 2
    child.send('{"command":"pause"}\n')
    assert child.next()["message"] == "pause False  pause"
    assert child.close() == 3


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_is_a_command_once_the_run_is_ready(tmp_path: Path, name: str) -> None:
    child = Child(tmp_path, "ready")
    os.kill(child.process.pid, getattr(signal, name))
    assert child.next()["message"] == "signal False  signal"
    assert child.close() == 3


def test_the_end_of_stdin_is_a_command_once_the_run_is_ready(tmp_path: Path) -> None:
    child = Child(tmp_path, "ready")
    child.end_stdin()
    assert child.next()["message"] == "parent_gone False  parent_gone"
    assert child.close() == 3


@pytest.mark.parametrize(
    "line",
    ["{}", "[]", "null", "1", '{"command":"stop"}', '{"command":"stop","save":1}', '{"command":"pause","x":1}', "{"],
)
def test_refuses_what_is_no_command(line: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (its text is for people)
        parse_command(line)


@given(st.binary(max_size=200))
def test_any_line_is_a_command_or_a_value_error(line: bytes) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(parse_command(line), Command)
