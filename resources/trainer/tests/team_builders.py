"""Several processes that train one run together, each a fork of one that has loaded torch already."""

import os
import sys
import tempfile
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from forked import context
from torch.distributed import FileStore
from training_builders import Folder

from pipeline_trainer.__main__ import main
from pipeline_trainer.processes import MEETING
from pipeline_trainer.team import Processes

Fault = Callable[[int], None]  # gets the rank; done in that process before it trains
SECONDS = 120


def train_together(folder: Folder, processes: int, *, fault: Fault | None = None) -> list[int | None]:
    """One attempt; returns the exit status of each process, the first one first."""
    with tempfile.TemporaryDirectory() as meeting:
        members = [
            context.Process(target=_train, args=(rank, processes, Path(meeting), folder.path, fault))
            for rank in range(processes)
        ]
        for member in members:
            member.start()
        for member in members:
            member.join(SECONDS)
            member.kill()
        return [member.exitcode for member in members]


def _train(rank: int, size: int, meeting: Path, run_dir: Path, fault: Fault | None) -> None:
    # The end of standard input would mean that the first process is gone.
    reader, _writer = os.pipe()
    os.dup2(reader, 0)
    place = {"RANK": str(rank), "WORLD_SIZE": str(size), "LOCAL_WORLD_SIZE": str(size), MEETING: str(meeting / "meeting")}
    os.environ.update(place)
    if fault is not None:
        fault(rank)
    sys.exit(main(["run", str(run_dir), "--detached"]))


def as_processes(
    folder: Path, work: Callable[[Processes], object], *, patience: timedelta = timedelta(seconds=SECONDS)
) -> list[BaseException | None]:
    """Both of a team of two do `work`, each in a thread; returns what it raised."""
    raised: list[BaseException | None] = [None, None]
    done = threading.Barrier(2)

    def process(rank: int) -> None:
        try:
            team = Processes(FileStore(str(folder / "team"), 2), rank=rank, size=2, patience=patience)
            work(team)
        except BaseException as error:  # noqa: BLE001 (handed to the test)
            raised[rank] = error
        done.wait()  # or the end of one would end the other

    threads = [threading.Thread(target=process, args=(rank,)) for rank in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised
