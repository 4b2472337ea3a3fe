"""Which texts may be alike: MinHash signatures cut into bands, in a few bytes a text.

datasketch makes the signatures. Its own index keeps Python sets for every band, gigabytes for a million
texts, so the bands are sorted here as arrays (Leskovec et al., Mining of Massive Datasets, 3.4).
"""

from array import array
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from ..hidden import show

BANDS: Final = 21
# A pair of similarity 0.8 shares one of 21 bands of 6 rows with a probability of 0.998, one of 0.3 with 0.015.
ROWS_A_BAND: Final = 6
BATCH_SHINGLES: Final = 2048
# A bucket that holds more, of a text that thousands share, is compared by its first ones.
ENTERED_MOST: Final = 16
COMPARED_MOST: Final = 32
NOT_SHARED: Final = -1


class Signatures:
    """Band keys of texts, in the order in which they are added."""

    def __init__(self) -> None:
        """Starts empty."""
        show("scipy")
        from datasketch import MinHash  # noqa: PLC0415 (which asks for scipy)

        empty: Any = MinHash(num_perm=BANDS * ROWS_A_BAND, hashfunc=crc32)
        self._empty = empty
        self._multipliers = np.random.default_rng(1).integers(1, 2**63, ROWS_A_BAND, dtype=np.uint64) | np.uint64(1)
        self._keys = array("I")
        self._filled = bytearray()

    def add(self, shingles: frozenset[str]) -> None:
        """One text more; one without shingles is like no other."""
        self._filled.append(bool(shingles))
        if not shingles:
            self._keys.extend([0] * BANDS)
            return
        # Sorted, so that the same text has the same key whatever the seed of Python's hashes.
        encoded = (shingle.encode("utf-8", "replace") for shingle in sorted(shingles))
        self._keys.extend(self._band_keys(encoded).tolist())

    def _band_keys(self, encoded: Iterator[bytes]) -> NDArray[np.uint32]:
        sketch = self._empty.copy()
        while batch := list(islice(encoded, BATCH_SHINGLES)):
            sketch.update_batch(batch)
        rows = sketch.hashvalues.astype(np.uint64).reshape(BANDS, ROWS_A_BAND)
        return np.asarray((rows * self._multipliers).sum(axis=1, dtype=np.uint64) >> np.uint64(32), dtype=np.uint32)

    def crowd(self, among: NDArray[np.bool_] | None = None) -> "Crowd":
        """Where texts meet, `among` those marked; the signatures are spent."""
        keys = np.frombuffer(self._keys, dtype=np.uint32).reshape(-1, BANDS) if self._filled else np.zeros((0, BANDS))
        usable = np.frombuffer(bytes(self._filled), dtype=np.bool_)
        self._keys = array("I")
        return Crowd(keys, usable if among is None else usable & among)


class Crowd:
    """Buckets that more than one text falls into. Texts enter one by one; who comes later asks who is there."""

    def __init__(self, keys: NDArray[Any], usable: NDArray[np.bool_]) -> None:
        """`keys`: (texts, BANDS); `usable`: (texts,), which of them count."""
        self._buckets = np.full(keys.shape, NOT_SHARED, dtype=np.int32)  # (texts, BANDS)
        self._held = _fill_buckets(self._buckets, keys, np.flatnonzero(usable))
        ends = np.cumsum(self._held, dtype=np.int32)
        self._starts = ends - self._held
        self._counts = np.zeros(len(self._held), dtype=np.uint8)
        self._slots = np.zeros(int(ends[-1]) if len(ends) else 0, dtype=np.int32)
        self.is_full_for = np.zeros(len(keys), dtype=np.bool_)

    def shared(self) -> NDArray[np.int64]:
        """Texts that share a bucket with another, in order."""
        return np.flatnonzero((self._buckets != NOT_SHARED).any(axis=1))

    def enter(self, text: int) -> None:
        """Those who ask from now on may meet `text`."""
        for bucket in self._of(text):
            if self._counts[bucket] < self._held[bucket]:
                self._slots[self._starts[bucket] + self._counts[bucket]] = text
                self._counts[bucket] += 1

    def met_by(self, text: int) -> list[int]:
        """Texts that entered and share a bucket with `text`, those with most in common first."""
        met: Counter[int] = Counter()
        for bucket in self._of(text):
            start, count = int(self._starts[bucket]), int(self._counts[bucket])
            met.update(self._slots[start : start + count].tolist())
            if count == ENTERED_MOST:
                self.is_full_for[text] = True
        return [other for other, _count in met.most_common(COMPARED_MOST)]

    def _of(self, text: int) -> list[int]:
        return [bucket for bucket in self._buckets[text].tolist() if bucket != NOT_SHARED]


def _fill_buckets(buckets: NDArray[np.int32], keys: NDArray[Any], rows: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Numbers the buckets of two and more texts over all bands; answers how many may enter each."""
    held = [np.zeros(0, dtype=np.uint8)]
    first = 0
    for band in range(BANDS if len(rows) else 0):
        _values, numbers, sizes = np.unique(keys[rows, band], return_inverse=True, return_counts=True)
        is_shared = sizes > 1
        renumbered = np.where(is_shared, np.cumsum(is_shared) - 1 + first, NOT_SHARED).astype(np.int32)
        buckets[rows, band] = renumbered[numbers]
        held.append(np.minimum(sizes[is_shared], ENTERED_MOST).astype(np.uint8))
        first += int(is_shared.sum())
    return np.concatenate(held)
