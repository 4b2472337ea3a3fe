"""`events.jsonl`: append-only, one owner, whole lines only."""

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any, Final

from .errors import TrainerError

TAIL_BYTES: Final = 256 * 1024

if sys.platform != "win32":
    import fcntl


class EventFile:
    """Appends whole lines; on opening it cuts what a killed writer left and finds where to go on."""

    def __init__(self, path: Path) -> None:
        """Open or make `path`. Raises `run_folder_unwritable` or `run_folder_busy`."""
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        except OSError as error:
            raise TrainerError(
                "run_folder_unwritable", f"{path.name} cannot be opened: {error.strerror}.", hint="Check the run folder."
            ) from error
        self._lock()
        self._size, last = _whole_lines(self._fd)
        os.ftruncate(self._fd, self._size)
        self.last_seq = int(last.get("seq", 0))
        self.last_attempt = int(last.get("attempt", 0))

    def append(self, line: bytes, *, durable: bool) -> None:
        """Write one line that ends in a line feed; `durable` waits for the disk. Raises OSError."""
        try:
            os.lseek(self._fd, self._size, os.SEEK_SET)
            view = memoryview(line)
            while view:
                view = view[os.write(self._fd, view) :]
            if durable:
                os.fsync(self._fd)
        except OSError:
            # Half a line would glue itself to the next one.
            with contextlib.suppress(OSError):
                os.ftruncate(self._fd, self._size)
            raise
        self._size += len(line)

    def close(self) -> None:
        """Close the file; later appends fail."""
        os.close(self._fd)

    def _lock(self) -> None:
        if sys.platform == "win32":
            return
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._fd)
            raise TrainerError(
                "run_folder_busy", "Another trainer is at work in this run folder.", hint="Wait until it has ended."
            ) from error


def _whole_lines(fd: int) -> tuple[int, dict[str, Any]]:
    """Size up to the last line that is an event, and that event (empty for none)."""
    size = os.fstat(fd).st_size
    while size > 0:
        window = min(size, TAIL_BYTES)
        start = size - window
        os.lseek(fd, start, os.SEEK_SET)
        tail = os.read(fd, window)
        end = tail.rfind(b"\n") + 1
        if end == 0:
            size = start
            continue
        begin = tail.rfind(b"\n", 0, end - 1) + 1
        event = _event(tail[begin:end])
        if event is not None:
            return start + end, event
        size = start + begin if begin > 0 or start == 0 else start
    return 0, {}


def _event(line: bytes) -> dict[str, Any] | None:
    try:
        decoded = json.loads(line)
    except ValueError:
        return None
    return decoded if isinstance(decoded, dict) and isinstance(decoded.get("seq"), int) else None
