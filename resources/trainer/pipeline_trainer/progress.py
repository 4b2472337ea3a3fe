"""What a run has reached: the counters that a checkpoint carries."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import torch

from .data.batches import Row
from .team import Team


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Summed cross-entropy over `tokens` trained tokens of `records` held-out rows."""

    total: float
    tokens: int
    records: int

    @property
    def loss(self) -> float:
        """Mean per trained token."""
        return self.total / self.tokens

    def __add__(self, other: "HeldOut") -> "HeldOut":
        """Both sets together, weighted by token."""
        return HeldOut(self.total + other.total, self.tokens + other.tokens, self.records + other.records)


Groups = dict[str, HeldOut]  # `all`, and one for each value of the scaffolding


def numbers(groups: Groups) -> Groups:
    """`groups` where their loss is a number; else none: nothing can be compared with it, and no checkpoint holds it."""
    return groups if math.isfinite(groups["all"].total) else {}


def count(groups: Groups, names: Iterable[str], result: HeldOut) -> None:
    """Add what one row gave to `all` and to its groups."""
    for name in ("all", *names):
        groups[name] = groups[name] + result if name in groups else result


def summed(groups: Groups, rows: Sequence[Row], team: Team) -> Groups:
    """What all processes of `team` counted, each of its share of `rows`."""
    if team.size == 1:
        return groups
    names = sorted({"all", *(name for row in rows for name in row.groups)})
    nothing = HeldOut(0.0, 0, 0)
    parts = [groups.get(name, nothing) for name in names]
    counts = torch.tensor([[part.total, part.tokens, part.records] for part in parts], dtype=torch.float64)  # (groups, 3)
    team.sum(counts)
    return {
        name: HeldOut(total, int(tokens), int(records))
        for name, (total, tokens, records) in zip(names, counts.tolist(), strict=True)
    }


@dataclass(slots=True)
class Progress:
    """Counters of the loop.

    `evaluated_step`, `sampled_step`: for which step that is already done, so that a run that was stopped
    in the middle of it does it again. `last_metrics`: the figures of the last step, for the same reason.
    `last_good_step`: the newest checkpoint outside a series of steps that were not finite. `budget_ended`: the
    budget that ended the training.
    """

    micro_batch: int = 1
    step: int = 0
    tokens: int = 0
    last_loss: float | None = None
    last_metrics: dict[str, Any] = field(default_factory=dict)
    rate_factor: float = 1.0
    non_finite_in_a_row: int = 0
    last_good_step: int | None = None
    base: Groups | None = None
    best: Groups | None = None
    best_step: int | None = None
    patience_loss: float | None = None
    evaluations_without_gain: int = 0
    evaluated_step: int | None = None
    sampled_step: int | None = None
    stopped_early: bool = False
    budget_ended: str | None = None

    def judge(self, groups: Groups, *, min_delta: float, patience: int | None) -> bool:
        """Take an evaluation of the current step in; True when it is the best so far.

        The best is the lowest loss; patience only counts gains of more than `min_delta`. A loss that is
        not finite is no gain and never the best.
        """
        loss = groups["all"].loss
        self.evaluated_step = self.step
        counts = math.isfinite(loss)
        better = counts and (self.best is None or loss < self.best["all"].loss)
        if better:
            self.best, self.best_step = groups, self.step
        if counts and (self.patience_loss is None or loss < self.patience_loss - min_delta):
            self.patience_loss, self.evaluations_without_gain = loss, 0
        else:
            self.evaluations_without_gain += 1
        self.stopped_early = patience is not None and self.evaluations_without_gain >= patience
        return better

    @property
    def ended_by(self) -> str:
        """Why no further step is trained."""
        return self.budget_ended or ("early_stopping" if self.stopped_early else "last_step")

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "Progress":
        """Inverse of `to_dict`. Raises TypeError on unknown or missing keys."""
        return cls(**{**document, "base": _groups(document["base"]), "best": _groups(document["best"])})


def _groups(document: Mapping[str, Any] | None) -> Groups | None:
    return None if document is None else {name: HeldOut(**value) for name, value in document.items()}
