"""One pass over the file, then one over those records that may be alike."""

import hashlib
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..data.records import Record, count_records, verify_sha256
from ..data.split import Split
from .crowds import Signatures
from .duplicates import NO_CONVERSATION, find_duplicates
from .languages import Languages
from .leakage import Part, find_leaks
from .methods import METHODS
from .oddities import Oddities
from .places import Places
from .tallies import Tallies
from .texts import SHINGLE_WORDS, final_answer, first_question, said_text, shingles_of, whole_text

# Read, compare whole records, compare questions, compare answers.
PASSES: Final = 4

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Marks:
    """Of every record, in order: hashes of its content and of its conversation's name, and its side of the split."""

    contents: "array[int]"
    conversations: "array[int]"
    sides: bytearray


def dataset_survey(
    dataset: Path,
    split: Split,
    *,
    sha256: str | None = None,
    progress: Progress = lambda _done, _total: None,
) -> dict[str, Any]:
    """What a dataset is, as JSON, with a sentence for each number's method under `methods`.

    `progress(done, total)` counts records over all passes and may raise to end the work. A million records take
    less than 1.5 GB. Raises what reading the dataset raises.
    """
    if sha256 is not None:
        verify_sha256(dataset, sha256)
    total = count_records(dataset) * PASSES
    with Places(dataset) as places:
        return _survey(places, split, lambda done: progress(min(done, total), total))


def _survey(places: Places, split: Split, report: Callable[[int], None]) -> dict[str, Any]:
    held_out = frozenset(split.held_out)
    marks = _Marks(array("Q"), array("Q"), bytearray())
    tallies, languages, oddities = Tallies(), Languages(), Oddities()
    whole, questions, answers = Signatures(), Signatures(), Signatures()
    for index, record in enumerate(places.read_all()):
        text, said = whole_text(record), said_text(record)
        _mark(marks, record, is_held_out=record.id in held_out)
        tallies.add(record, characters=len(text), talk=marks.conversations[-1] or _hash(f"record {record.id}"))
        languages.add(said)
        oddities.add(index, text)
        whole.add(shingles_of(said))
        questions.add(shingles_of(first_question(record)))
        answers.add(shingles_of(final_answer(record), fewest_words=SHINGLE_WORDS))
        report(index + 1)
    count = len(places)
    sides = np.frombuffer(bytes(marks.sides), dtype=np.bool_)
    parts = [
        Part("first_user_message", first_question, questions),
        Part("answer", final_answer, answers),
    ]
    found = find_duplicates(
        places,
        whole.crowd(_firsts(marks.contents)),
        hashes=marks.contents,
        conversations=marks.conversations,
        report=lambda done: report(count + done),
    )
    leaks = find_leaks(places, sides, parts, report=lambda done: report(2 * count + done))
    report(PASSES * count)
    return {
        **tallies.summary(),
        "languages": languages.summary(),
        **oddities.summary(places),
        "duplicates": found,
        "leakage": {**_split_counts(split, sides), **leaks},
        "methods": METHODS,
    }


def _mark(marks: _Marks, record: Record, *, is_held_out: bool) -> None:
    content = (record.messages, record.text, record.rejected, record.prompt_turns, record.label, record.tools)
    marks.contents.append(_hash(repr(content)))
    marks.conversations.append(NO_CONVERSATION if not record.conversation_id else _hash(record.conversation_id))
    marks.sides.append(is_held_out)


def _hash(text: str) -> int:
    """64 bits: two of a million differ by accident with a probability of 3 in 10⁸."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") or 1


def _firsts(contents: "array[int]") -> NDArray[np.bool_]:
    """(records,): the first of each content; its copies need no comparison."""
    _values, first = np.unique(np.frombuffer(contents, dtype=np.uint64), return_index=True)
    marked = np.zeros(len(contents), dtype=np.bool_)
    marked[first] = True
    return marked


def _split_counts(split: Split, sides: NDArray[np.bool_]) -> dict[str, Any]:
    held_out = int(sides.sum())
    return {"seed": split.seed, "share": split.share, "train": len(sides) - held_out, "held_out": held_out}
