"""The processes of a run on several cards: this one's place among them, and those that it starts.

`run --processes 2` starts one process more; torchrun starts them all and says so in the environment. The first is
the one that the app knows: it alone listens and writes. The others hold nothing that it does not hold, and live as
long as it does: each reads a pipe from it, which ends with it, however that ends.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from .errors import TrainerError
from .events import EXIT_INTERRUPTED

MEETING: Final = "PIPELINE_MEETING"
TORCHRUN: Final = "TORCHELASTIC_RUN_ID"
VISIBLE_CARDS: Final = "CUDA_VISIBLE_DEVICES"
PROCESS_LOST: Final = "process_lost"
IGNORED_SIGNALS: Final = ("SIGTERM", "SIGINT", "SIGHUP")
READ_BYTES: Final = 4096
REASON_SECONDS: Final = 10.0
LEAVE_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Place:
    """`rank` among `size` processes, `here` of them on this machine; `meeting`: the file where they find each other.

    Without that file torchrun's environment says where.
    """

    rank: int = 0
    size: int = 1
    here: int = 1
    meeting: Path | None = None


ONE_PROCESS: Final = Place()


def place_of(environment: Mapping[str, str]) -> Place:
    """The place that torchrun, or another process of this kind, has given this one; alone without either."""
    if MEETING not in environment and TORCHRUN not in environment:
        return ONE_PROCESS
    rank, size, here = (int(environment[name]) for name in ("RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE"))
    return Place(rank, size, here, Path(environment[MEETING]) if MEETING in environment else None)


def take_card(place: Place, environment: MutableMapping[str, str]) -> None:
    """Leave this process one card to see, which then is its first; call before torch is imported."""
    if place.size == 1:
        return
    visible = environment.get(VISIBLE_CARDS)
    cards = [str(place.rank)] if visible is None else visible.split(",")[place.rank : place.rank + 1]
    environment[VISIBLE_CARDS] = "".join(cards).strip()


class Others:
    """The processes that the first one starts; as a context, they are gone when it ends."""

    def __init__(self, count: int, arguments: list[str], *, lost: Callable[[Mapping[str, Any]], None]) -> None:
        """Start `count` of them, with the arguments of this one.

        `lost` gets the fields of `failed` once one of them has ended too early and all are gone, in a thread of its own.
        """
        self.place = ONE_PROCESS
        self._processes: list[subprocess.Popen[bytes]] = []
        self._lost = lost
        self._leaving = threading.Lock()
        if count == 0:
            return
        self._folder = Path(tempfile.mkdtemp(prefix="pipeline-processes-"))
        self.place = Place(0, count + 1, count + 1, self._folder / "meeting")
        for rank in range(1, count + 1):
            self._start(rank, arguments)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None) -> None:
        if self.place.size == 1:
            return
        if isinstance(error, TrainerError) and error.code == PROCESS_LOST:
            # Of a process that has died, its watcher knows more than that it no longer answers, and ends this one.
            time.sleep(REASON_SECONDS)
        with self._leaving:
            self._end()

    def _start(self, rank: int, arguments: list[str]) -> None:
        size = str(self.place.size)
        places = {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": size, "LOCAL_WORLD_SIZE": size}
        process = subprocess.Popen(
            [sys.executable, "-m", __package__, "run", *arguments],
            env={**os.environ, **places, MEETING: str(self.place.meeting)},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        self._processes.append(process)
        threading.Thread(target=self._watch, args=(rank, process), name=f"process-{rank}", daemon=True).start()

    def _watch(self, rank: int, process: subprocess.Popen[bytes]) -> None:
        status = process.wait()
        if status == 0 or not self._leaving.acquire(blocking=False):
            return
        try:
            fields = failure_in(self._folder / name_of(rank)) or _lost(rank, self.place.size, status)
            self._end()
            self._lost(fields)
        finally:
            self._leaving.release()

    def _end(self) -> None:
        for process in self._processes:
            if process.stdin is not None:
                process.stdin.close()
        for process in self._processes:
            try:
                process.wait(LEAVE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


def name_of(rank: int) -> str:
    """The folder of a process' own log, beside the meeting."""
    return f"process-{rank}"


def failure_in(folder: Path) -> dict[str, Any] | None:
    """The fields of the `failed` that ends a process' log, where there is one."""
    try:
        last = json.loads((folder / "events.jsonl").read_bytes().splitlines()[-1])
        if last["event"] == "failed":
            return {name: last[name] for name in ("code", "message", "hint", "traceback")}
    except (OSError, ValueError, IndexError, KeyError, TypeError):
        pass
    return None


def process_lost(what_happened: str) -> TrainerError:
    """What is raised where one of the processes is no longer there, or answers no more."""
    return TrainerError(
        PROCESS_LOST,
        what_happened,
        hint="The log has the details. Resume goes on from the last checkpoint, with as many processes as you like.",
    )


def _lost(rank: int, size: int, status: int) -> dict[str, Any]:
    how = f"by signal {-status}" if status < 0 else f"with status {status}"
    error = process_lost(f"Process {rank + 1} of the {size} that train together ended {how}.")
    return {"code": error.code, "message": error.message, "hint": error.hint, "traceback": ""}


@contextlib.contextmanager
def following(place: Place) -> Iterator[Path]:
    """Be one of the others: hear no signal, end with the first process. Gives the folder for a log of its own.

    Signals reach all processes of a terminal or of torchrun; what they mean is for the first one to decide.
    """
    for name in IGNORED_SIGNALS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    if place.meeting is None:
        with tempfile.TemporaryDirectory(prefix="pipeline-process-") as folder:
            yield Path(folder)
        return
    threading.Thread(target=_leave_with_first, args=(place.meeting.parent,), name="first", daemon=True).start()
    own = place.meeting.parent / name_of(place.rank)
    own.mkdir()
    yield own


def _leave_with_first(folder: Path) -> None:
    while os.read(0, READ_BYTES):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    # The main thread may be waiting for a process that is gone.
    os._exit(EXIT_INTERRUPTED)
