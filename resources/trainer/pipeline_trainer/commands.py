"""Commands in: JSON lines on stdin, signals, and the end of stdin, which means that the parent died."""

import contextlib
import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Final, Literal, cast

from .errors import TrainerError
from .events import EXIT_CANCELLED, EXIT_INTERRUPTED, EventLog

CommandKind = Literal["stop", "pause", "checkpoint", "sample", "parent_gone", "signal"]
StopKind = Literal["stop", "pause", "parent_gone", "signal"]
STOP_KINDS: Final = frozenset({"stop", "pause", "parent_gone", "signal"})
INTERRUPT_REASONS: Final = {"pause": "paused", "parent_gone": "parent_gone", "signal": "signal"}
LINE_LIMIT_BYTES: Final = 64 * 1024
READ_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Command:
    """One wish: `save` belongs to stop, `prompt` to sample."""

    kind: CommandKind
    save: bool = False
    prompt: str = ""


class Commands:
    """Queue of commands, polled by the training loop between steps.

    Until `ready()` the run is loading: there is nothing to save, so a stop of any kind ends the process
    at once, with its terminal event.
    """

    def __init__(self, log: EventLog, *, first_step: int = 0) -> None:
        """`first_step` is what a stop while loading reports; a resumed run sets it to its checkpoint's."""
        self.loading_step = first_step
        self._log = log
        # SimpleQueue.put is reentrant, which a signal handler needs.
        self._inbox: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._pending: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._stop: StopKind | None = None
        self._loading = True
        self._gate = threading.Lock()

    @property
    def stop_requested(self) -> StopKind | None:
        """The first stop of any kind that arrived; readable from anywhere, also inside long work."""
        return self._stop

    def start(self, *, read_stdin: bool = True) -> None:
        """Listen. Call from the main thread (signal handlers). `read_stdin=False` where there is no parent."""
        for name in ("SIGTERM", "SIGINT", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._on_signal)
        threading.Thread(target=self._dispatch, name="commands", daemon=True).start()
        if read_stdin:
            threading.Thread(target=self._read, name="stdin", daemon=True).start()

    def ready(self) -> None:
        """Loading is over: from now on a stop waits for the loop, which saves first."""
        with self._gate:
            self._loading = False

    def poll(self) -> Command | None:
        """The next command, or None."""
        try:
            return self._pending.get_nowait()
        except queue.Empty:
            return None

    def post(self, command: Command) -> None:
        """Queue a command from inside the process."""
        self._inbox.put(command)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._inbox.put(Command("signal"))

    def _read(self) -> None:
        for line in filled_lines(0):
            try:
                self._inbox.put(parse_command(line))
            except (ValueError, RecursionError) as error:
                # A disk that is full is the training thread's to report.
                with contextlib.suppress(TrainerError):
                    self._log.warn("command_malformed", f"A command was not understood: {error}")
        self._inbox.put(Command("parent_gone"))

    def _dispatch(self) -> None:
        while True:
            command = self._inbox.get()
            with self._gate:
                if command.kind in STOP_KINDS and self._stop is None:
                    self._stop = cast("StopKind", command.kind)
                if self._loading and command.kind in STOP_KINDS:
                    self._leave(command)
                self._pending.put(command)

    def _leave(self, command: Command) -> None:
        if command.kind == "stop":
            self._log.emit("cancelled", step=self.loading_step, saved=False, adapter_path=None)
        else:
            reason = INTERRUPT_REASONS[command.kind]
            self._log.emit("interrupted", step=self.loading_step, reason=reason, saved=False)
        self._log.close()
        os._exit(EXIT_CANCELLED if command.kind == "stop" else EXIT_INTERRUPTED)


def leave_with_parent() -> None:
    """End with the process that holds stdin, and on its word. Call from the main thread.

    By an exception in the main thread, so that what is half made is swept.
    """

    def leave(_number: int, _frame: FrameType | None) -> None:
        sys.exit(EXIT_INTERRUPTED)

    def wait() -> None:
        while os.read(0, READ_BYTES):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    signal.signal(signal.SIGTERM, leave)
    threading.Thread(target=wait, name="parent", daemon=True).start()


def filled_lines(fd: int, limit: int = LINE_LIMIT_BYTES) -> Iterator[bytes]:
    """Filled lines of `fd` until its end; one that is longer than `limit` bytes comes in pieces.

    Not through `sys.stdin`: a thread that waits in its buffer makes the interpreter abort when it exits.
    """
    rest = b""
    while chunk := os.read(fd, READ_BYTES):
        *whole, rest = (rest + chunk).split(b"\n")
        if len(rest) > limit:
            whole, rest = [*whole, rest], b""
        yield from (line for line in whole if line.strip())
    if rest.strip():
        yield rest


def parse_command(line: str | bytes) -> Command:
    """Parse one line. Raises ValueError with what is wrong."""
    document = json.loads(line)
    if not isinstance(document, dict):
        raise ValueError("not an object")  # noqa: TRY004 (callers catch one type)
    match document:
        case {"command": "stop", "save": bool(save), **rest} if not rest:
            return Command("stop", save=save)
        case {"command": "pause", **rest} if not rest:
            return Command("pause")
        case {"command": "checkpoint", **rest} if not rest:
            return Command("checkpoint")
        case {"command": "sample", "prompt": str(prompt), **rest} if not rest:
            return Command("sample", prompt=prompt)
    raise ValueError(f"unknown command or fields: {str(document)[:200]}")
