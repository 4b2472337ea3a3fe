"""A whole dataset tokenised once: for its statistics, and then, by the same files, for training.

A set is kept in its dataset's folder, in one named by the hash of everything that decides its tokens, so that a
change of tokenizer, template, length, scope or of this code makes another one. Arrays are read by memory map.
"""

import hashlib
import json
import os
import shutil
import tempfile
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..config import LossScope
from ..errors import TrainerError
from .masks import Tokenized, TokenOverflowError, tokenize, uncut
from .pairs import end_to_end, tokenize_sides, uncut_sides
from .records import Record, count_records, read_records, verify_sha256
from .templates import ChatTemplate

# Raise it with every change to rendering, masks or cuts.
TOKENS_VERSION: Final = 5
ARRAYS: Final = ("ids", "trained", "offsets", "counts", "borders", "labels", "sides")
RECORD_PROBLEMS: Final = frozenset({
    "token_overflow", "nothing_to_train", "mask_not_found", "template_refused", "unsupported_content",
})  # fmt: skip
MISSES: Final = (OSError, ValueError, KeyError, TypeError, EOFError)


@dataclass(frozen=True, slots=True)
class How:
    """What decides the tokens of a dataset besides its text and its model."""

    max_length: int
    loss_scope: LossScope
    dataset_format: str


class Problem(NamedTuple):
    """Why training would refuse a record; `needed_tokens` would be enough for one that is too long."""

    code: str
    message: str
    hint: str
    needed_tokens: int | None


@dataclass(frozen=True, slots=True)
class TokenSet:
    """Every record of a dataset, in its order. A record with a problem has no tokens.

    ids: (tokens,) int32; trained: (tokens,) bool; offsets: (records + 1,) int64, where each record's tokens
    begin; counts: (records, 4) int64, tokens and trained tokens before cutting, dropped turns, trained
    tokens lost. borders: (records,) int64, where in a comparison the unwanted side begins, else 0; labels:
    (records,) int8, 1 of a wanted answer, 0 of an unwanted one, -1 of neither. sides: (records, 2) int64,
    tokens before cutting of both sides of a comparison, or of a judged answer and 0; 0 of other records.
    `records[i]` is (id, source line, groups).
    """

    ids: NDArray[np.int32]
    trained: NDArray[np.bool_]
    offsets: NDArray[np.int64]
    counts: NDArray[np.int64]
    borders: NDArray[np.int64]
    labels: NDArray[np.int8]
    sides: NDArray[np.int64]
    records: list[tuple[str, int, tuple[str, ...]]]
    problems: dict[int, Problem]

    def tokens(self, index: int) -> tuple[list[int], list[bool]]:
        """Ids and mask of one record."""
        part = slice(int(self.offsets[index]), int(self.offsets[index + 1]))
        return self.ids[part].tolist(), self.trained[part].tolist()


def tokenize_dataset(
    dataset: Path,
    template: ChatTemplate,
    how: How,
    *,
    sha256: str | None = None,
    cache_dir: Path | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> TokenSet:
    """The tokens of `dataset`, from `cache_dir` where they are there, else made and, with `sha256`, kept.

    `progress(done, total)` comes after each record and may raise to end the work.
    Raises what reading the dataset raises; faults of single records become `problems`.
    """
    if sha256 is not None:
        verify_sha256(dataset, sha256)
    if sha256 is None or cache_dir is None:
        return _tokenize(dataset, template, how, progress=progress)
    folder = folder_of(cache_dir, sha256, template=template, how=how)
    found = load(folder)
    if found is not None:
        return found
    made = _tokenize(dataset, template, how, progress=progress)
    store(made, folder)
    return made


def folder_of(cache_dir: Path, sha256: str, *, template: ChatTemplate, how: How) -> Path:
    """Where a set is kept: all that is worked out of a dataset lies together, to go when the dataset goes."""
    return cache_dir / "data" / sha256 / key_of(sha256, template, how)


def key_of(sha256: str, template: ChatTemplate, how: How) -> str:
    """Name of a set: the hash of all that decides its tokens."""
    parts = {
        "version": TOKENS_VERSION,
        "tokenizers": version("tokenizers"),
        "transformers": version("transformers"),
        "dataset": sha256,
        "template": template.sha256,
        "tokenizer": template.tokenizer_sha256,
        "max_length": how.max_length,
        "loss_scope": how.loss_scope,
        "format": how.dataset_format,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def store(tokens: TokenSet, folder: Path) -> None:
    """Write a set: whole or not at all. A full disk costs the cache, never the work."""
    staging: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".tokens-", dir=folder.parent))
        for name in ARRAYS:
            np.save(staging / f"{name}.npy", getattr(tokens, name), allow_pickle=False)
        meta = {
            "records": tokens.records,
            "problems": [[index, *problem] for index, problem in tokens.problems.items()],
            "sha256": {name: _sha256(staging / f"{name}.npy") for name in ARRAYS},
        }
        (staging / "meta.json").write_text(json.dumps(meta, ensure_ascii=False), "utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(staging, folder)  # noqa: PTH105 (atomic, and says so)
    except OSError:
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)


def load(folder: Path) -> TokenSet | None:
    """A stored set; None where there is none, or where its hashes do not agree."""
    try:
        meta = json.loads((folder / "meta.json").read_text("utf-8"))
        if any(_sha256(folder / f"{name}.npy") != meta["sha256"][name] for name in ARRAYS):
            return None
        arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in ARRAYS}
        records = [(str(record_id), int(line), tuple(groups)) for record_id, line, groups in meta["records"]]
        problems = {
            int(index): Problem(code, message, hint, needed) for index, code, message, hint, needed in meta["problems"]
        }
    except MISSES:
        return None
    return TokenSet(**arrays, records=records, problems=problems)


def groups_of(record: Record) -> tuple[str, ...]:
    """Names of the groups that a record's held-out loss counts for."""
    place = record.scaffolding
    named = (("dataset", record.dataset), ("persona", place.persona), ("arc", place.arc), ("topic", place.topic))
    return tuple(f"{kind}: {value}"[:200] for kind, value in named if value)


def _tokenize(dataset: Path, template: ChatTemplate, how: How, *, progress: Callable[[int, int], None]) -> TokenSet:
    total = count_records(dataset)
    ids, trained, offsets = array("i"), bytearray(), array("q", [0])
    rows: list[_Made] = []
    for row in _each(dataset, template, how, progress=lambda done: progress(done, total)):
        ids.extend(row.ids)
        trained.extend(row.trained)
        offsets.append(len(ids))
        # Python's lists of numbers take ten times the room of these arrays.
        rows.append(replace(row, ids=[], trained=[]))
    return TokenSet(
        ids=np.frombuffer(ids, dtype=np.int32),
        trained=np.frombuffer(trained, dtype=np.bool_),
        offsets=np.frombuffer(offsets, dtype=np.int64),
        counts=np.asarray([row.counts for row in rows], dtype=np.int64).reshape(len(rows), 4),
        borders=np.asarray([row.border for row in rows], dtype=np.int64),
        labels=np.asarray([row.label for row in rows], dtype=np.int8),
        sides=np.asarray([row.sides for row in rows], dtype=np.int64).reshape(len(rows), 2),
        records=[row.record for row in rows],
        problems={index: row.problem for index, row in enumerate(rows) if row.problem is not None},
    )


@dataclass(frozen=True, slots=True)
class _Made:
    ids: list[int]
    trained: list[bool]
    counts: tuple[int, int, int, int]
    record: tuple[str, int, tuple[str, ...]]
    problem: Problem | None = None
    border: int = 0
    label: int = -1
    sides: tuple[int, int] = (0, 0)


def _each(dataset: Path, template: ChatTemplate, how: How, *, progress: Callable[[int], None]) -> Iterator[_Made]:
    for done, record in enumerate(read_records(dataset), start=1):
        yield _make(record, template, how)
        progress(done)


def _make(record: Record, template: ChatTemplate, how: How) -> _Made:
    made = _Made([], [], (0, 0, 0, 0), (record.id, record.source_line, groups_of(record)))
    is_sided = bool(record.rejected) or record.label is not None
    try:
        # What is refused because of its length has its counts nevertheless.
        if is_sided:
            sides = uncut_sides(record, template)
            lengths = [len(side.ids) for side in sides]
            trained = sum(side.trained_tokens for side in sides)
            made = replace(made, counts=(sum(lengths), trained, 0, trained), sides=(lengths[0], sum(lengths[1:])))
            return _cut_sides(made, sides, record=record, template=template, how=how)
        whole = uncut(record, template, how.loss_scope)
        made = replace(made, counts=(len(whole.ids), whole.trained_tokens, 0, whole.trained_tokens))
        row = tokenize(
            record,
            template,
            max_length=how.max_length,
            loss_scope=how.loss_scope,
            dataset_format=how.dataset_format,
            whole=whole,
        )
    except TrainerError as error:
        if error.code not in RECORD_PROBLEMS:
            raise
        needed = error.needed_tokens if isinstance(error, TokenOverflowError) else None
        return replace(made, problem=Problem(error.code, error.message, error.hint, needed))
    counts = (len(whole.ids), whole.trained_tokens, row.dropped_turns, row.lost_trained_tokens)
    return replace(made, ids=row.ids, trained=row.trained, counts=counts)


def _cut_sides(made: _Made, whole: tuple[Tokenized, ...], *, record: Record, template: ChatTemplate, how: How) -> _Made:
    sides = tokenize_sides(record, template, max_length=how.max_length, whole=whole)
    row = end_to_end(sides)
    return replace(
        made,
        ids=row.ids,
        trained=row.trained,
        counts=(sides.total_tokens, sides.trained_tokens, sides.dropped_turns, 0),
        border=len(sides.rows[0].ids) if record.rejected else 0,
        label=-1 if record.label is None else int(record.label),
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
