"""Token counts of a whole dataset, by the template, tokenizer and mask that training uses."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from .data.templates import ChatTemplate
from .data.tokens import How, TokenSet, tokenize_dataset

HISTOGRAM_BINS: Final = 40
LISTED_MOST: Final = 1000


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
    tokens = tokenize_dataset(dataset, template, how, sha256=sha256, cache_dir=cache_dir, progress=progress)
    lengths, trained, _dropped, lost = (tokens.counts[:, column] for column in range(4))
    too_long = np.flatnonzero(lengths > how.max_length)
    unreadable = {index for index, (code, _message, _hint) in tokens.problems.items() if code != "token_overflow"}
    return {
        "records": len(tokens.records),
        "total_tokens": int(lengths.sum()),
        "trained_tokens": int(trained.sum()),
        "kept_tokens": len(tokens.ids),
        "over_limit": len(too_long),
        "lost_trained_tokens": int(sum(lost[index] for index in range(len(lost)) if index not in unreadable)),
        **_spread(lengths),
        "problems_total": len(tokens.problems),
        "problems": [_problem(tokens, index) for index in list(tokens.problems)[:LISTED_MOST]],
        "too_long_rows": [_too_long(tokens, int(index)) for index in too_long[:LISTED_MOST]],
        "max_length": how.max_length,
        "template": template.describe(),
    }


def _spread(lengths: Any) -> dict[str, Any]:
    if not len(lengths):
        return {"min": 0, "median": 0, "p95": 0, "max": 0, "histogram": {"edges": [], "counts": []}}
    longest = int(lengths.max())
    counts, edges = np.histogram(lengths, bins=HISTOGRAM_BINS, range=(0, max(longest, 1)))
    return {
        "min": int(lengths.min()),
        "median": float(np.median(lengths)),
        "p95": float(np.percentile(lengths, 95)),
        "max": longest,
        "histogram": {"edges": edges.tolist(), "counts": counts.tolist()},
    }


def _too_long(tokens: TokenSet, index: int) -> dict[str, Any]:
    record_id, line, _groups = tokens.records[index]
    before, _trained, dropped, lost = (int(count) for count in tokens.counts[index])
    return {
        "index": index,
        "record_id": record_id,
        "line": line,
        "tokens": before,
        "dropped_turns": dropped,
        "lost_trained_tokens": lost,
    }


def _problem(tokens: TokenSet, index: int) -> dict[str, Any]:
    """In the form of the importer's own problems."""
    record_id, line, _groups = tokens.records[index]
    code, message, hint = tokens.problems[index]
    return {
        "line": line,
        "path": None,
        "record_id": record_id,
        "type": code,
        "severity": "error",
        "error": message,
        "suggestion": hint or None,
    }
