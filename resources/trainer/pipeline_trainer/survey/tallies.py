"""Counts of a dataset's make-up: roles, turns, lengths, design, quality."""

from array import array
from collections import Counter
from typing import Any, Final

import numpy as np

from ..data.records import Record, Scaffolding
from ..spread import spread_of
from .texts import all_messages

CELLS_LISTED: Final = 2000
LOW_QUALITY: Final = 3.0


class Tallies:
    """Gathered record by record; a few bytes of each are kept."""

    def __init__(self) -> None:
        """Starts at nothing."""
        self._roles: Counter[str] = Counter()
        self._lengths = array("Q")
        self._talks = array("Q")
        self._turns = array("I")
        self._cells: Counter[Scaffolding] = Counter()
        self._scores = array("d")

    def add(self, record: Record, *, characters: int, talk: int) -> None:
        """`talk` is a hash of the conversation's name, or of the record's own where it has none."""
        self._roles.update(message.role for message in all_messages(record))
        self._lengths.append(characters)
        self._talks.append(talk)
        self._turns.append(sum(message.role != "system" for message in record.messages))
        if record.scaffolding != Scaffolding():
            self._cells[record.scaffolding] += 1
        if record.quality_score is not None:
            self._scores.append(record.quality_score)

    def summary(self) -> dict[str, Any]:
        """As JSON."""
        turns = self._turns_a_conversation()
        return {
            "records": len(self._lengths),
            "conversations": len(turns),
            "roles": dict(self._roles),
            "turns": {**spread_of(turns), "mean": round(float(turns.mean()), 2) if len(turns) else 0},
            "characters": spread_of(np.frombuffer(self._lengths, dtype=np.uint64).astype(np.int64)),
            "scaffolding": self._scaffolding(),
            "quality": self._quality(),
        }

    def _turns_a_conversation(self) -> Any:
        """(conversations,): the longest record of each, because records of forms A and B repeat each other's history."""
        talks = np.frombuffer(self._talks, dtype=np.uint64)
        turns = np.frombuffer(self._turns, dtype=np.uint32)
        order = np.argsort(talks, kind="stable")
        _names, starts = np.unique(talks[order], return_index=True)
        return np.maximum.reduceat(turns[order], starts).astype(np.int64) if len(starts) else np.zeros(0, dtype=np.int64)

    def _scaffolding(self) -> dict[str, Any] | None:
        if not self._cells:
            return None
        cells = [
            {"persona": place.persona, "arc": place.arc, "topic": place.topic, "records": records}
            for place, records in self._cells.most_common(CELLS_LISTED)
        ]
        return {"cells_total": len(self._cells), "records": self._cells.total(), "cells": cells}

    def _quality(self) -> dict[str, Any] | None:
        scores = np.frombuffer(self._scores, dtype=np.float64)
        if not len(scores):
            return None
        low = int((scores < LOW_QUALITY).sum())
        return {
            "scored": len(scores),
            "unscored": len(self._lengths) - len(scores),
            "mean": round(float(scores.mean()), 4),
            "min": float(scores.min()),
            "max": float(scores.max()),
            "low": low,
            "low_share": low / len(scores),
        }
