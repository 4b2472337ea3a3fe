"""Token counts of a whole dataset, by the template, tokenizer and mask that training uses."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .data.records import count_records
from .data.templates import ChatTemplate
from .data.tokens import How, TokenSet, tokenize_dataset
from .data.tools import brings_tools, described
from .spread import spread_of
from .turn_tokens import count_turn_tokens

LISTED_MOST: Final = 1000
# Of larger datasets a list of records does without: each number travels to the window.
LENGTHS_MOST: Final = 20_000
METHODS: Final = {
    "tokens": "Every record in this base model's chat template, by its tokenizer, as training has it; before cutting.",
    "spread": (
        "Tokens of each record before cutting: smallest, median, 95th percentile, largest; records that are refused before "
        "they have tokens do not count."
    ),
    "trained_tokens": "Tokens that the loss covers, before cutting.",
    "over_limit": (
        "Records with more tokens than the maximum length, of a comparison on either side, and what those lose that "
        "training cuts; one that is too long even in its shortest form is refused, and a plain text is laid into windows "
        "and loses nothing."
    ),
    "avg_tokens_per_turn": (
        "Tokens of the contents of all distinct turns ÷ their number; a turn that several records of a conversation "
        "repeat counts once, system messages and the template's own tokens do not count."
    ),
    "problems": "Records that training would refuse with this base model and maximum length.",
}


def dataset_stats(
    dataset: Path,
    template: ChatTemplate,
    how: How,
    *,
    sha256: str | None = None,
    cache_dir: Path | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, Any]:
    """Counts before cutting, percentiles, histogram, and every record that training would refuse.

    With `sha256` and `cache_dir` the tokens are kept for the run that follows. Raises TrainerError.
    """
    passes = _Passes(count_records(dataset), progress)
    tokens = tokenize_dataset(
        dataset, template, how, sha256=sha256, cache_dir=cache_dir, progress=lambda done, _total: passes.tokenized(done)
    )
    turns, turn_tokens = count_turn_tokens(dataset, template, passes.turns_counted)
    lengths, trained, _dropped, lost = (tokens.counts[:, column] for column in range(4))
    too_long = _longer_than(how.max_length, tokens)
    return {
        "records": len(tokens.records),
        "total_tokens": int(lengths.sum()),
        "trained_tokens": int(trained.sum()),
        "kept_tokens": len(tokens.ids),
        "over_limit": len(too_long),
        "cut_records": sum(int(index) not in tokens.problems for index in too_long),
        "lost_trained_tokens": int(sum(lost[index] for index in range(len(lost)) if index not in tokens.problems)),
        "turns": turns,
        "turn_tokens": turn_tokens,
        "avg_tokens_per_turn": round(turn_tokens / turns, 2) if turns else None,
        # What is refused before its tokens can be made has none, and is no record of no tokens.
        **spread_of(lengths[lengths > 0]),
        "lengths": lengths.tolist() if len(lengths) <= LENGTHS_MOST else None,
        "problems_total": len(tokens.problems),
        "problems": [_problem(tokens, index) for index in list(tokens.problems)[:LISTED_MOST]],
        "too_long_rows": [_too_long(tokens, int(index)) for index in too_long[:LISTED_MOST]],
        "max_length": how.max_length,
        "template": described(template, has_tools=brings_tools(dataset)),
        "methods": METHODS,
    }


def over_limit(
    dataset: Path,
    template: ChatTemplate,
    how: How,
    *,
    most: int,
    sha256: str | None = None,
    cache_dir: Path | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, Any]:
    """The first `most` records that are longer than the limit, or refused whatever it is.

    Ids, numbers in the dataset, what each loses, which are refused and which are longer.
    """
    tokens = tokenize_dataset(dataset, template, how, sha256=sha256, cache_dir=cache_dir, progress=progress)
    over = {int(index) for index in _longer_than(how.max_length, tokens)}
    found = sorted(over | tokens.problems.keys())
    indexes = found[:most]
    ids = [tokens.records[index][0] for index in indexes]
    lost = [_lost_tokens(tokens, index) for index in indexes]
    refused = [index in tokens.problems for index in indexes]
    return {
        "ids": ids,
        "indexes": indexes,
        "lost_tokens": lost,
        "refused": refused,
        "over": [index in over for index in indexes],
        "truncated": len(found) > most,
    }


@dataclass(frozen=True, slots=True)
class _Passes:
    """The file is read twice: for its tokens, where they are not kept, and for its turns."""

    records: int
    progress: Callable[[int, int], None]

    def tokenized(self, done: int) -> None:
        self.progress(done, 2 * self.records)

    def turns_counted(self, done: int) -> None:
        self.progress(self.records + done, 2 * self.records)


def _longer_than(limit: int, tokens: TokenSet) -> NDArray[np.intp]:
    """Numbers of the records that do not fit; each side of a comparison has a row of its own."""
    longer_side = tokens.sides.max(axis=1)
    return np.flatnonzero(np.where(longer_side > 0, longer_side, tokens.counts[:, 0]) > limit)


def _too_long(tokens: TokenSet, index: int) -> dict[str, Any]:
    record_id, line, _groups = tokens.records[index]
    before, _trained, dropped, lost = (int(count) for count in tokens.counts[index])
    return {
        "index": index,
        "record_id": record_id,
        "line": line,
        "tokens": before,
        "dropped_turns": dropped,
        "lost_tokens": _lost_tokens(tokens, index),
        "lost_trained_tokens": lost,
        "refused": index in tokens.problems,
        "sides": _sides(tokens, index),
    }


def _sides(tokens: TokenSet, index: int) -> list[dict[str, Any]]:
    """Each side of a comparison, or a judged answer: its tokens before cutting, and how many of them are cut."""
    before = [int(count) for count in tokens.sides[index] if count]
    size, border = int(tokens.offsets[index + 1] - tokens.offsets[index]), int(tokens.borders[index])
    after = [border, size - border] if len(before) > 1 else [size]
    refused = index in tokens.problems
    return [
        {"tokens": whole, "lost_tokens": 0 if refused else whole - kept} for whole, kept in zip(before, after, strict=False)
    ]


def _lost_tokens(tokens: TokenSet, index: int) -> int:
    """Tokens of a record that training does not see because of the limit."""
    problem = tokens.problems.get(index)
    if problem is not None and problem.code == "nothing_to_train":
        return 0  # refused whatever the limit is
    return int(tokens.counts[index, 0] - (tokens.offsets[index + 1] - tokens.offsets[index]))


def _problem(tokens: TokenSet, index: int) -> dict[str, Any]:
    """In the form of the importer's own problems, and how many tokens would be enough."""
    record_id, line, _groups = tokens.records[index]
    problem = tokens.problems[index]
    return {
        "index": index,
        "line": line,
        "path": None,
        "record_id": record_id,
        "type": problem.code,
        "severity": "error",
        "error": problem.message,
        "suggestion": problem.hint or None,
        "needed_tokens": problem.needed_tokens,
    }
