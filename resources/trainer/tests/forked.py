"""Processes of their own that need not import anything: each is a fork of one that has loaded torch and the trainer."""

import multiprocessing
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import BinaryIO

import pipeline_trainer
from pipeline_trainer.__main__ import main

PACKAGE = Path(pipeline_trainer.__file__).parents[1]

context = multiprocessing.get_context("forkserver")
# The server looks in the folder that it is started in, and nowhere else.
context.set_forkserver_preload(["tests.preloaded"])


class Forked:
    """One that runs `python -m pipeline_trainer *words`, with pipes as `subprocess.Popen` has them."""

    def __init__(
        self, words: Sequence[str], *, environment: Mapping[str, str] | None = None, before: Callable[[], None] | None = None
    ) -> None:
        """`before` is done in the process, which then has `environment`."""
        read_in, write_in = context.Pipe(duplex=False)
        read_out, write_out = context.Pipe(duplex=False)
        self._process = context.Process(
            target=_run, args=(read_in, write_out, list(words), dict(environment or {}), before), daemon=True
        )
        self._process.start()
        read_in.close()
        write_out.close()
        self.stdin: BinaryIO = _opened(write_in, "wb")
        self.stdout: BinaryIO = _opened(read_out, "rb")
        self.kill, self.terminate = self._process.kill, self._process.terminate

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process.pid is not None
        return self._process.pid

    def wait(self, timeout: float) -> int:
        """Its exit status, or minus the signal that ended it."""
        self._process.join(timeout)
        assert self._process.exitcode is not None, "the process still runs"
        return self._process.exitcode


@contextmanager
def forked(
    *words: str, environment: Mapping[str, str] | None = None, before: Callable[[], None] | None = None
) -> Iterator[Forked]:
    """Killed at the end of the block if it still runs."""
    process = Forked(words, environment=environment, before=before)
    try:
        yield process
    finally:
        process.kill()
        process.wait(60)
        process.stdin.close()
        process.stdout.close()


def _opened(end: Connection, mode: str) -> BinaryIO:
    file = os.fdopen(os.dup(end.fileno()), mode)
    end.close()
    return file  # type: ignore[return-value]  # that of a mode with a b


def _run(
    stdin: Connection,
    stdout: Connection,
    words: list[str],
    environment: Mapping[str, str],
    before: Callable[[], None] | None,
) -> None:
    for end, number in ((stdin, 0), (stdout, 1)):
        os.dup2(end.fileno(), number)
        end.close()
    os.chdir(PACKAGE)
    os.environ.update(environment)
    tempfile.tempdir = None  # the folder of the process that was forked
    if before is not None:
        before()
    sys.exit(main(words))
