"""Records read again by their place in the file, so that none has to be kept."""

from array import array
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

from ..data.records import Record, dataset_missing, record_of_line
from .texts import shingles_of

KEPT_SETS: Final = 128


class Places:
    """A canonical file, read once from its beginning and then by record number. Raises `dataset_missing`."""

    def __init__(self, path: Path) -> None:
        """`path` is the canonical `dataset.jsonl`."""
        try:
            self._file: BinaryIO = path.open("rb")
        except OSError as error:
            raise dataset_missing(path, error) from error
        self._starts = array("Q")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._starts)

    def read_all(self) -> Iterator[Record]:
        """Every record, in order. Raises `dataset_invalid` with the line."""
        start = 0
        for number, line in enumerate(self._file, start=1):
            if line.strip():
                self._starts.append(start)
                yield record_of_line(line, number)
            start += len(line)

    def record(self, index: int) -> Record:
        """One of those that were read, from 0."""
        self._file.seek(self._starts[index])
        return record_of_line(self._file.readline(), index + 1)

    def row(self, index: int) -> dict[str, Any]:
        """How a list names a record."""
        record = self.record(index)
        return {"index": index, "record_id": record.id, "line": record.source_line}

    def shingles(self, text_of: Callable[[Record], str]) -> Callable[[int], frozenset[str]]:
        """Reads the shingles of records' texts; the last ones are kept."""

        @lru_cache(maxsize=KEPT_SETS)
        def of(index: int) -> frozenset[str]:
            return shingles_of(text_of(self.record(index)))

        return of
