"""Several cards with real processes: started by `--processes` or by torchrun, and none outlives the first."""

import os
import queue
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from forked import PACKAGE, Forked
from real_attempt import Events, trainer
from training_builders import Folder, make_model, make_run

from pipeline_trainer.__main__ import main
from pipeline_trainer.processes import Others, Place

LONG = {"num_epochs": 20, "batch_size": 4, "save_steps": 5, "eval_steps": 50}
pytestmark = pytest.mark.skipif(not Path("/proc/self/net").exists(), reason="looks into /proc")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("base") / "tiny")


@contextmanager
def two_processes(folder: Folder, scratch: Path) -> Iterator[tuple[Forked, Events]]:
    """A real attempt in two processes. Its temporary files are in `scratch`."""
    scratch.mkdir(exist_ok=True)
    with trainer(folder, "--processes", "2", environment={"TMPDIR": str(scratch)}) as attempt:
        yield attempt


def wait_for(events: Iterator[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(event for event in events if event["event"] == name)


def child_of(process: Forked) -> int:
    (child,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return int(child)


def sockets_of(pid: int) -> list[str]:
    """Addresses, in hexadecimal, of what a process listens on or is connected from."""
    own = {link.removeprefix("socket:[").removesuffix("]") for link in _links(pid) if link.startswith("socket:[")}
    lines = [line.split() for name in ("tcp", "tcp6", "udp", "udp6") for line in _lines(pid, name)]
    return [fields[1].partition(":")[0] for fields in lines if fields[9] in own]


def _links(pid: int) -> Iterator[str]:
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            yield str(link.readlink())


def _lines(pid: int, name: str) -> list[str]:
    table = Path(f"/proc/{pid}/net/{name}")
    return table.read_text().splitlines()[1:] if table.exists() else []


def wait_until_gone(pid: int, seconds: float) -> None:
    """By a handle on the process, which becomes readable when it ends."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        ready, _, _ = select.select([handle], [], [], seconds)
        assert ready, "the process still runs"
    finally:
        os.close(handle)


def test_a_killed_process_ends_all_within_seconds_and_the_run_goes_on(tmp_path: Path, model: Path) -> None:
    folder, scratch = make_run(tmp_path / "run", model, **LONG), tmp_path / "scratch"
    with two_processes(folder, scratch) as (process, events):
        wait_for(events, "checkpoint")
        child = child_of(process)
        addresses = sockets_of(process.pid) + sockets_of(child)
        os.kill(child, signal.SIGKILL)
        end = list(events)[-1]
        assert process.wait(timeout=10) == 1
    assert (end["event"], end["code"]) == ("failed", "process_lost")
    assert "Process 2 of the 2 that train together ended by signal 9." in end["message"]
    assert set(addresses) == {"0100007F"}  # 127.0.0.1, and no other
    assert list(scratch.iterdir()) == []

    with two_processes(folder, scratch) as (process, events):
        assert wait_for(events, "hello")["from_checkpoint"] is not None
        wait_for(events, "checkpoint")
        child = child_of(process)
        process.kill()
        wait_until_gone(child, 10.0)
    assert list(scratch.iterdir()) == []


def test_what_fails_in_another_process_is_said_in_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PACKAGE)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    told: queue.SimpleQueue[Mapping[str, Any]] = queue.SimpleQueue()
    with Others(1, [str(tmp_path / "no-run")], lost=told.put) as others:
        failure = told.get(timeout=60)
    assert others.place == Place(0, 2, 2, others.place.meeting)
    assert failure["code"] == "run_folder_unreadable"
    assert "load_job" in failure["traceback"]
    assert list(tmp_path.iterdir()) == []


def test_processes_are_not_started_twice(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    started = {"TORCHELASTIC_RUN_ID": "none", "RANK": "0", "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2"}
    for name, value in started.items():
        monkeypatch.setenv(name, value)
    assert main(["run", "nowhere", "--processes", "2"]) == 2
    assert "--processes" in capsys.readouterr().err


@pytest.mark.parametrize("count", ["0", "65", "two"])
def test_a_number_of_processes_that_makes_no_sense_is_refused(count: str) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["run", "nowhere", "--processes", count])
    assert refused.value.code == 2


def test_torchrun_starts_them_as_well(tmp_path: Path, model: Path) -> None:
    folder = make_run(tmp_path / "run", model, num_epochs=2)
    torchrun = ["torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "pipeline_trainer"]
    done = subprocess.run(
        [sys.executable, "-m", *torchrun, "run", str(folder.path), "--detached"], cwd=PACKAGE, check=False, timeout=300
    )
    assert done.returncode == 0
    assert folder.named("completed")[0]["last_step"] == 10
    assert [event["code"] for event in folder.named("warning")] == []
    assert "in each of 2 processes" in folder.named("stage")[1]["detail"]
