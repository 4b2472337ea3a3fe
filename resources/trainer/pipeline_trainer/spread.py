"""Smallest, median, 95th percentile, largest and histogram of a list of numbers."""

from typing import Any, Final

import numpy as np

HISTOGRAM_BINS: Final = 40


def spread_of(values: Any) -> dict[str, Any]:
    """Of `values`, (n,) of whole numbers from 0; zeros and an empty histogram where there are none."""
    if not len(values):
        return {"min": 0, "median": 0, "p95": 0, "max": 0, "histogram": {"edges": [], "counts": []}}
    longest = int(values.max())
    # No more bins than there are numbers: nothing is half a turn long.
    bins = min(HISTOGRAM_BINS, max(longest, 1))
    counts, edges = np.histogram(values, bins=bins, range=(0, max(longest, 1)))
    return {
        "min": int(values.min()),
        "median": float(np.median(values)),
        "p95": float(np.percentile(values, 95)),
        "max": longest,
        "histogram": {"edges": edges.tolist(), "counts": counts.tolist()},
    }
