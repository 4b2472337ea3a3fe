"""Events out: to `events.jsonl` first, then to the pipe.

Types and fields: `src/lib/types/trainer-events.ts`.
"""

import errno
import json
import math
import os
import queue
import sys
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

from .config import RUN_FOLDER_SCHEMA
from .errors import TrainerError
from .event_file import EventFile

EXIT_COMPLETED: Final = 0
EXIT_FAILED: Final = 1
EXIT_INTERRUPTED: Final = 75
EXIT_CANCELLED: Final = 130

TERMINAL_EVENTS: Final = frozenset({"completed", "failed", "cancelled", "interrupted"})
DURABLE_EVENTS: Final = TERMINAL_EVENTS | {"checkpoint"}
LINE_LIMIT_BYTES: Final = 64 * 1024
HEARTBEAT_SECONDS: Final = 5.0
CUT_MARK: Final = " … [shortened]"

# A reader that stands still costs lines on the pipe, never a training step: the file has them all.
PIPE_QUEUE_LINES: Final = 4096
PIPE_DRAIN_SECONDS: Final = 5.0

NonFinite = Literal["nan", "inf", "-inf"]


def claim_stdout() -> int:
    """Keep file descriptor 1 for the protocol and point it at stderr, so that no print breaks a line."""
    sys.stdout.flush()
    protocol_fd = os.dup(1)
    os.dup2(2, 1)
    return protocol_fd


class EventLog:
    """Writes events: appended to `RUN_DIR/events.jsonl` first, then to the pipe.

    Thread-safe. Exactly one terminal event is written; what comes after it is dropped.
    """

    def __init__(
        self,
        run_dir: Path,
        *,
        attempt: int | None = None,
        after_seq: int = 0,
        pipe_fd: int | None = None,
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
    ) -> None:
        """`attempt` is the app's number, or one more than the file's last. `pipe_fd=None`: file only.

        `after_seq` is that of the last event that the app has, which may have been lost here.
        """
        self._file = EventFile(run_dir / "events.jsonl")
        self.attempt = attempt if attempt is not None else self._file.last_attempt + 1
        self._seq = max(self._file.last_seq, after_seq)
        self._lock = threading.RLock()
        self._ended = False
        self._closed = threading.Event()
        self._last_emit = time.monotonic()
        self._pipe = Pipe(pipe_fd)
        self._heartbeat_seconds = heartbeat_seconds
        threading.Thread(target=self._beat, name="heartbeat", daemon=True).start()
        if self._file.last_seq < after_seq:
            self.warn(
                "event_log_cut",
                f"events.jsonl had lost its end: it went up to event {self._file.last_seq} of {after_seq}. "
                "The app has what was lost; this attempt is numbered on from there.",
            )

    @property
    def ended(self) -> bool:
        """Whether the terminal event is written."""
        return self._ended

    def emit(self, event: str, /, **fields: Any) -> None:
        """Write one event. A non-finite number becomes null and is named in `non_finite`.

        Raises `disk_full` or `run_folder_unwritable` when the run folder takes no more, except for a
        terminal event, which then still reaches the pipe.
        """
        with self._lock:
            if self._ended or self._closed.is_set():
                sys.stderr.write(f"event after the end of the attempt dropped: {event}\n")
                return
            self._seq += 1
            self._last_emit = time.monotonic()
            line = encode_line({"event": event, **self._envelope(), **finite(fields)})
            terminal = event in TERMINAL_EVENTS
            self._ended = terminal
            try:
                self._file.append(line, durable=event in DURABLE_EVENTS)
            except OSError as error:
                if not terminal:
                    self._seq -= 1
                    raise _unwritable(error) from error
                sys.stderr.write(f"the last event is not in events.jsonl: {error}\n")
            self._pipe.send(line)

    def warn(self, code: str, message: str) -> None:
        """Write a `warning` event."""
        self.emit("warning", code=code, message=message)

    def close(self) -> None:
        """Hand what is queued to the pipe (at most `PIPE_DRAIN_SECONDS`) and close the file."""
        with self._lock:
            if self._closed.is_set():
                return
            self._closed.set()
            self._file.close()
        self._pipe.close()

    def _envelope(self) -> dict[str, Any]:
        now = datetime.now(UTC)
        stamp = f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z"
        return {"schema": RUN_FOLDER_SCHEMA, "attempt": self.attempt, "seq": self._seq, "time": stamp}

    def _beat(self) -> None:
        while not self._closed.wait(self._heartbeat_seconds):
            if self._ended or time.monotonic() - self._last_emit < self._heartbeat_seconds / 2:
                continue
            try:
                self.emit("heartbeat")
            except TrainerError as error:
                # The next event of the training thread meets the same disk and fails there.
                sys.stderr.write(f"heartbeat not written: {error.message}\n")


class Pipe:
    """Writes lines from its own thread, so that neither a broken nor a stalled reader stops training."""

    def __init__(self, fd: int | None) -> None:
        """Take over `fd`; `None` drops every line."""
        self._fd = fd
        self._lines: queue.Queue[bytes | None] = queue.Queue(PIPE_QUEUE_LINES)
        self._thread = threading.Thread(target=self._drain, name="event-pipe", daemon=True)
        if fd is not None:
            self._thread.start()

    def send(self, line: bytes) -> None:
        """Queue one line; dropped when the reader is gone or far behind (it replays the file by `seq`)."""
        if self._fd is None:
            return
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            sys.stderr.write("the event pipe is not being read; a line is in events.jsonl only\n")

    def close(self) -> None:
        """Wait for the queued lines, but not for a reader that stands still."""
        if self._fd is None:
            return
        try:
            self._lines.put(None, timeout=PIPE_DRAIN_SECONDS)
        except queue.Full:
            return
        self._thread.join(PIPE_DRAIN_SECONDS)

    def _drain(self) -> None:
        while (line := self._lines.get()) is not None:
            if self._fd is None:
                continue
            try:
                write_all(self._fd, line)
            except OSError:
                self._fd = None


def write_all(fd: int, payload: bytes) -> None:
    """`os.write` until nothing is left. Raises OSError."""
    view = memoryview(payload)
    while view:
        view = view[os.write(fd, view) :]


def finite(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Replace NaN and infinities by null and name the first in `non_finite`, which JSON cannot carry."""
    found: list[NonFinite] = []

    def clean(value: Any) -> Any:
        if hasattr(value, "item"):  # a number of numpy or torch
            return clean(value.item())
        if isinstance(value, float) and not math.isfinite(value):
            found.append("nan" if math.isnan(value) else "inf" if value > 0 else "-inf")
            return None
        if isinstance(value, Mapping):
            return {name: clean(item) for name, item in value.items()}
        return [clean(item) for item in value] if isinstance(value, list | tuple) else value

    cleaned = {name: clean(value) for name, value in fields.items()}
    return {**cleaned, "non_finite": found[0]} if found and not cleaned.get("non_finite") else cleaned


def encode_line(event: Mapping[str, Any]) -> bytes:
    """One line of at most `LINE_LIMIT_BYTES`: the longest texts are shortened, and say so."""
    fields = dict(event)
    line = _dump(fields)
    while len(line) > LINE_LIMIT_BYTES:
        name = max((name for name in fields if isinstance(fields[name], str)), key=lambda name: len(fields[name]))
        text = fields[name].removesuffix(CUT_MARK)
        if len(text) < len(CUT_MARK):
            raise TrainerError("event_too_long", f"The event {event.get('event')} does not fit into 64 KiB.")
        fields[name] = text[: max(1, len(text) * 3 // 4)] + CUT_MARK
        line = _dump(fields)
    return line


def _dump(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, allow_nan=False, default=str).encode("utf-8", "replace") + b"\n"


def _unwritable(error: OSError) -> TrainerError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return TrainerError(
            "disk_full", "There is no space left for the run folder.", hint="Free space on that drive, then resume."
        )
    return TrainerError(
        "run_folder_unwritable", f"events.jsonl cannot be written: {error.strerror}.", hint="Check the run folder."
    )
