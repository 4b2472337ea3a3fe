"""Token counts of a whole dataset, by the template, tokenizer and mask that training uses."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from .config import LossScope
from .data.masks import masked, scoped, tokenize
from .data.records import Record, read_records
from .data.templates import ChatTemplate
from .errors import TrainerError

HISTOGRAM_BINS = 40


def dataset_stats(
    dataset: Path,
    template: ChatTemplate,
    *,
    max_length: int,
    loss_scope: LossScope,
    dataset_format: str,
    progress: Callable[[int], None] = lambda _done: None,
) -> dict[str, Any]:
    """Counts, percentiles, histogram, and every record that training would refuse. Raises TrainerError."""
    lengths: list[int] = []
    totals = {"trained_tokens": 0, "over_limit": 0, "lost_trained_tokens": 0}
    problems: list[dict[str, Any]] = []
    for done, record in enumerate(read_records(dataset), start=1):
        whole = masked(record, template.adapted(scoped(record.messages, loss_scope)), template)
        lengths.append(len(whole.ids))
        totals["trained_tokens"] += whole.trained_tokens
        totals["over_limit"] += len(whole.ids) > max_length
        try:
            kept = tokenize(record, template, max_length=max_length, loss_scope=loss_scope, dataset_format=dataset_format)
            totals["lost_trained_tokens"] += kept.lost_trained_tokens
        except TrainerError as error:
            problems.append(_problem(record, error))
        progress(done)
    return {"records": len(lengths), "total_tokens": sum(lengths), **totals, **_spread(lengths), "problems": problems}


def _spread(lengths: list[int]) -> dict[str, Any]:
    if not lengths:
        return {"min": 0, "median": 0, "p95": 0, "max": 0, "histogram": {"edges": [], "counts": []}}
    counts, edges = np.histogram(lengths, bins=HISTOGRAM_BINS, range=(0, max(lengths)))
    return {
        "min": min(lengths),
        "median": float(np.median(lengths)),
        "p95": float(np.percentile(lengths, 95)),
        "max": max(lengths),
        "histogram": {"edges": [float(edge) for edge in edges], "counts": [int(count) for count in counts]},
    }


def _problem(record: Record, error: TrainerError) -> dict[str, Any]:
    return {
        "line": record.source_line,
        "path": None,
        "record_id": record.id,
        "type": error.code,
        "severity": "error",
        "error": error.message,
        "suggestion": error.hint or None,
    }
