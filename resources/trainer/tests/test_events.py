"""Events out: the file first, whole lines only, one end."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline_trainer.errors import TrainerError
from pipeline_trainer.events import LINE_LIMIT_BYTES, EventLog, encode_line, finite

PACKAGE = Path(__file__).parents[1]


def lines(run_dir: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run_dir / "events.jsonl").read_bytes().splitlines()]


def open_log(run_dir: Path, **options: Any) -> EventLog:
    return EventLog(run_dir, **{"heartbeat_seconds": 3600, **options})


def run_python(code: str, *arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=PACKAGE, capture_output=True, timeout=60, check=False, **options
    )


def test_every_event_carries_schema_attempt_sequence_and_time(tmp_path: Path) -> None:
    log = open_log(tmp_path, attempt=3)
    log.emit("stage", name="training", detail="")
    log.warn("odd", "Something is odd.")
    log.close()
    first, second = lines(tmp_path)
    assert {**first, "time": ""} == {
        "event": "stage",
        "schema": 1,
        "attempt": 3,
        "seq": 1,
        "time": "",
        "name": "training",
        "detail": "",
    }
    assert (second["event"], second["seq"], second["code"]) == ("warning", 2, "odd")
    assert len(first["time"]) == len("2026-01-01T00:00:00.000Z")
    assert first["time"].endswith("Z")


def test_sequence_and_attempt_go_on_over_attempts(tmp_path: Path) -> None:
    for _attempt in range(3):
        log = open_log(tmp_path)
        log.warn("a", "b")
        log.emit("failed", code="x", message="", hint="", traceback=None)
        log.close()
    assert [(event["attempt"], event["seq"]) for event in lines(tmp_path)] == [
        (1, 1),
        (1, 2),
        (2, 3),
        (2, 4),
        (3, 5),
        (3, 6),
    ]


@pytest.mark.parametrize("kept", [0, 1])
def test_a_log_that_lost_its_end_goes_on_after_what_the_app_has_and_says_so(tmp_path: Path, kept: int) -> None:
    log = open_log(tmp_path)
    log.warn("a", "b")
    log.warn("c", "d")
    log.close()
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:kept]))
    log = open_log(tmp_path, attempt=2, after_seq=2)
    log.warn("e", "f")
    log.close()
    *_, cut, after = lines(tmp_path)
    assert (cut["attempt"], cut["seq"], cut["event"], cut["code"]) == (2, 3, "warning", "event_log_cut")
    assert f"up to event {kept} of 2" in cut["message"]
    assert (after["seq"], after["code"]) == (4, "e")


def test_a_log_that_has_more_than_the_app_goes_on_from_its_own_end(tmp_path: Path) -> None:
    for after_seq in (0, 1):
        log = open_log(tmp_path, after_seq=after_seq)
        log.warn("a", "b")
        log.warn("c", "d")
        log.close()
    assert [(event["seq"], event["code"]) for event in lines(tmp_path)] == [(1, "a"), (2, "c"), (3, "a"), (4, "c")]


def test_the_end_is_written_once_and_nothing_after_it(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    log.emit("cancelled", step=1, saved=False, adapter_path=None)
    log.emit("failed", code="late", message="", hint="", traceback=None)
    log.warn("late", "")
    log.close()
    assert [event["event"] for event in lines(tmp_path)] == ["cancelled"]
    assert log.ended


@settings(max_examples=60, deadline=None)
@given(keep=st.integers(min_value=0, max_value=400))
def test_a_file_cut_at_any_byte_is_mended_and_goes_on(tmp_path_factory: pytest.TempPathFactory, keep: int) -> None:
    run_dir = tmp_path_factory.mktemp("run")
    log = open_log(run_dir)
    for number in range(4):
        log.warn("w", f"ü{number}")
    log.close()
    path = run_dir / "events.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[:keep])
    survived = whole[:keep].count(b"\n")
    again = open_log(run_dir)
    again.warn("again", "")
    again.close()
    assert [event["seq"] for event in lines(run_dir)] == list(range(1, survived + 2))
    assert path.read_bytes().startswith(whole[: whole[:keep].rfind(b"\n") + 1])


def test_garbage_at_the_end_that_a_power_cut_left_is_cut_off(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    log.warn("w", "first")
    log.close()
    with (tmp_path / "events.jsonl").open("ab") as file:
        file.write(b"\0" * 300_000 + b"\n" + b"\0" * 10)
    log = open_log(tmp_path)
    log.warn("w", "second")
    log.close()
    assert [event["seq"] for event in lines(tmp_path)] == [1, 2]


def test_survives_being_killed_while_it_writes(tmp_path: Path) -> None:
    code = """
import os, sys
from pathlib import Path
from pipeline_trainer.events import EventLog, claim_stdout
log = EventLog(Path(sys.argv[1]), pipe_fd=claim_stdout(), heartbeat_seconds=3600)
n = 0
while True:
    log.warn('w', 'x' * 3000); n += 1
    if n == 50: os.write(2, b'go')
"""
    for attempt in range(1, 4):
        child = subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)], cwd=PACKAGE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        assert child.stderr is not None
        child.stderr.read(2)
        time.sleep(0.01 * attempt)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stderr.close()
    log = open_log(tmp_path)
    log.close()
    events = lines(tmp_path)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert {event["attempt"] for event in events} == {1, 2, 3}


def test_a_broken_pipe_costs_no_event(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    log = open_log(tmp_path, pipe_fd=writer)
    for number in range(100):
        log.warn("w", str(number))
    log.emit("cancelled", step=0, saved=False, adapter_path=None)
    log.close()
    os.close(writer)
    assert len(lines(tmp_path)) == 101


def test_a_reader_that_stands_still_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline_trainer.events.PIPE_QUEUE_LINES", 8)
    monkeypatch.setattr("pipeline_trainer.events.PIPE_DRAIN_SECONDS", 0.05)
    reader, writer = os.pipe()
    log = open_log(tmp_path, pipe_fd=writer)
    started = time.monotonic()
    for _number in range(200):
        log.warn("w", "x" * 4000)
    log.close()
    assert time.monotonic() - started < 5
    assert len(lines(tmp_path)) == 200
    os.close(reader)


def test_the_pipe_gets_the_same_lines_as_the_file(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    log = open_log(tmp_path, pipe_fd=writer)
    log.warn("w", "ü")
    log.emit("cancelled", step=0, saved=False, adapter_path=None)
    log.close()
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        assert pipe.read() == (tmp_path / "events.jsonl").read_bytes()


def test_stdout_stays_pure_whatever_a_library_prints(tmp_path: Path) -> None:
    code = """
import os, subprocess, sys
from pathlib import Path
from pipeline_trainer.events import EventLog, claim_stdout
log = EventLog(Path(sys.argv[1]), pipe_fd=claim_stdout())
print('a library speaks', flush=True)
os.write(1, b'native code speaks\\n')
subprocess.run(['echo', 'a child speaks'])
log.warn('w', 'event')
log.close()
"""
    done = run_python(code, str(tmp_path))
    assert done.stdout == (tmp_path / "events.jsonl").read_bytes()
    assert all(text in done.stderr for text in (b"a library speaks", b"native code speaks", b"a child speaks"))


@settings(max_examples=50, deadline=None)
@given(value=st.floats(), nested=st.lists(st.floats(), max_size=3))
def test_no_number_that_json_lacks_is_ever_written(value: float, nested: list[float]) -> None:
    line = encode_line({"event": "metrics", **finite({"training_loss": value, "more": {"list": nested}})})
    decoded = json.loads(line, parse_constant=pytest.fail)
    is_finite = value - value == 0
    assert (decoded["training_loss"] is None) == (not is_finite)
    if not is_finite:
        assert decoded["non_finite"] == {"nan": "nan", "inf": "inf", "-inf": "-inf"}[str(value)]


def test_numpy_and_torch_numbers_are_numbers(tmp_path: Path) -> None:
    import numpy as np

    log = open_log(tmp_path)
    log.emit("metrics", training_loss=np.float32(1.5), gradient_norm=np.float64("nan"), step=np.int64(4))
    log.close()
    (event,) = lines(tmp_path)
    assert (event["training_loss"], event["gradient_norm"], event["step"], event["non_finite"]) == (1.5, None, 4, "nan")


@settings(max_examples=20, deadline=None)
@given(text=st.text(min_size=1, max_size=50), times=st.integers(1, 8000))
def test_a_line_never_exceeds_the_limit_and_says_what_it_left_out(text: str, times: int) -> None:
    long = text * times
    line = encode_line({"event": "sample", "prompt": "short", "text": long})
    decoded = json.loads(line)
    assert len(line) <= LINE_LIMIT_BYTES
    assert decoded["prompt"] == "short"
    assert decoded["text"] == long or decoded["text"].endswith("[shortened]")


def test_a_heartbeat_comes_only_when_nothing_else_does(tmp_path: Path) -> None:
    log = open_log(tmp_path, heartbeat_seconds=0.02)
    deadline = time.monotonic() + 5
    while not any(event["event"] == "heartbeat" for event in lines(tmp_path)) and time.monotonic() < deadline:
        time.sleep(0.01)
    log.emit("cancelled", step=0, saved=False, adapter_path=None)
    log.close()
    names = [event["event"] for event in lines(tmp_path)]
    assert names[0] == "heartbeat"
    assert names[-1] == "cancelled"


def test_two_trainers_never_share_a_run_folder(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    with pytest.raises(TrainerError) as caught:
        open_log(tmp_path)
    log.close()
    assert caught.value.code == "run_folder_busy"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_named_and_the_end_still_reaches_the_pipe(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    log = open_log(tmp_path, pipe_fd=writer)
    full = os.open("/dev/full", os.O_RDWR)
    os.dup2(full, log._file._fd)
    os.close(full)
    with pytest.raises(TrainerError) as caught:
        log.warn("w", "x")
    log.emit("failed", code=caught.value.code, message="", hint="", traceback=None)
    log.close()
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        assert [json.loads(line)["code"] for line in pipe] == ["disk_full"]
