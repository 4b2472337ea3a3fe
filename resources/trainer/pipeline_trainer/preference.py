"""Learning from comparisons: DPO and ORPO from a wanted and an unwanted answer, KTO from single judged ones.

All are made of log-probabilities of whole answers under the model (π) and, but for ORPO, under the base
model (π₀), which is the same model with its adapter off. A step's loss is a mean over its records, so how
it is cut into passes changes nothing.

dpo    −log σ(β·(log π/π₀(wanted) − log π/π₀(unwanted)))                    (Rafailov et al. 2023)
orpo   −mean log π(wanted) − β·log σ(log odds(wanted) − log odds(unwanted))   (Hong et al. 2024)
kto    1 − σ(±β·(log π/π₀(answer) − z)), + where it is wanted                (Ethayarajh et al. 2024)
       z = max(0, mean log π/π₀ of answers under the prompts of other records): how far π is from π₀ anyway
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from .config import Settings
from .data.batches import Row
from .layout import Layout
from .loss import LossHead, backward
from .model import Trainable, without_adapter
from .progress import Groups, HeldOut, count, summed
from .sending import sent
from .team import ALONE, Team

Kind = Literal["dpo", "orpo", "kto"]
HELD_OUT_RECORDS: Final = 4
# Of an answer's tokens, on average: how far from certain the odds are taken to be at least.
LEAST_DOUBT: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Parts:
    """What computes: the model with its adapter, its losses, how records become passes, where, and with whom."""

    trainable: Trainable
    head: LossHead
    layout: Layout
    device: torch.device
    team: Team = ALONE


@dataclass(frozen=True, slots=True)
class Preference:
    """One of the methods; `beta` weighs the comparison, `longest` is how many tokens a row may have."""

    kind: Kind
    beta: float
    longest: int

    @property
    def method(self) -> str:
        """How a held-out figure is made."""
        unit = "an answer" if self.kind == "kto" else "a pair"
        return f"mean {self.kind.upper()} loss {unit} (β = {self.beta:g}), dropout off"

    def gradient(self, parts: Parts, rows: Sequence[Row], *, micro_batch: int, check: Callable[[], None]) -> float:
        """Add the gradient of the mean loss of `rows`; returns that loss. `check` may raise between passes."""
        divergence = self.divergence(parts, rows, micro_batch=micro_batch, check=check)
        parts.trainable.model.train()
        loss = torch.zeros((), dtype=torch.float64, device=parts.device)
        for part in parts.layout.passes(parts.team.share(rows), micro_batch):
            check()
            part_loss = self.losses(parts, part, divergence).sum() / len(rows)
            backward(part_loss)
            loss += part_loss.detach()
        parts.team.sum(loss)
        return float(loss)

    @torch.no_grad()
    def held_out(
        self, parts: Parts, rows: Sequence[Row], *, check: Callable[[], None], at_once: int = HELD_OUT_RECORDS
    ) -> Groups:
        """Summed losses of `rows`, whole and by group. A record weighs one, as in training."""
        divergence = self.divergence(parts, rows, micro_batch=at_once, check=check)
        groups: Groups = {}
        for part in parts.layout.passes(parts.team.share(rows), at_once):
            check()
            for row, loss in zip(part, self.losses(parts, part, divergence).tolist(), strict=True):
                count(groups, row.groups, HeldOut(loss, 1, 1))
        return summed(groups, rows, parts.team)

    def losses(self, parts: Parts, rows: Sequence[Row], divergence: Tensor) -> Tensor:
        """The loss of each record, (rows,) float32."""
        sides = [side for row in rows for side in row.sides]
        gain = None if self.kind == "orpo" else -reference(parts, sides)
        policy = log_probabilities(parts, sides)  # (sides,)
        if gain is None:
            return self._orpo(policy, sides)
        gain = gain + policy  # log π ÷ π₀
        if self.kind == "dpo":
            return -logsigmoid(self.beta * (gain[0::2] - gain[1::2]))
        signs = sent(torch.tensor([1.0 if row.wanted else -1.0 for row in rows]), parts.device)
        return 1.0 - torch.sigmoid(self.beta * signs * (gain - divergence))

    @torch.no_grad()
    def divergence(self, parts: Parts, rows: Sequence[Row], *, micro_batch: int, check: Callable[[], None]) -> Tensor:
        """KTO's z over all `rows`, dropout off; zero for the others, and for a record alone."""
        total = torch.zeros((), device=parts.device)
        if self.kind != "kto" or len(rows) == 1:
            return total
        training = parts.trainable.model.training
        parts.trainable.model.eval()
        others = parts.team.share(exchanged(rows, self.longest))
        for part in parts.layout.passes(others, micro_batch):
            check()
            total += (log_probabilities(parts, part) - reference(parts, part)).sum()
        parts.trainable.model.train(training)
        parts.team.sum(total)
        return (total / len(rows)).clamp(min=0)

    def _orpo(self, policy: Tensor, sides: Sequence[Row]) -> Tensor:
        lengths = sent(torch.tensor([side.trained_tokens for side in sides]), policy.device)
        mean = policy / lengths  # (sides,): log of the geometric mean of a token's probability
        # The odds of what is certain are infinite, and their gradient is no number.
        doubted = mean.clamp(max=-LEAST_DOUBT)
        odds = doubted - torch.log1p(-doubted.exp())
        return -mean[0::2] - self.beta * logsigmoid(odds[0::2] - odds[1::2])


def preference_of(settings: Settings) -> Preference | None:
    """The method of a job that learns from comparisons; None for the others."""
    if settings.method not in ("dpo", "orpo", "kto"):
        return None
    return Preference(settings.method, settings.beta, settings.max_length)


def log_probabilities(parts: Parts, sides: Sequence[Row]) -> Tensor:
    """Log-probability of each answer: its trained tokens' summed, (sides,) float32."""
    losses = parts.head.token_losses(parts.layout.batch(sides).to(parts.device))
    return -torch.stack([own.sum() for own in torch.split(losses, [side.trained_tokens for side in sides])])


@torch.no_grad()
def reference(parts: Parts, sides: Sequence[Row]) -> Tensor:
    """The same under the base model: adapter and dropout off, (sides,)."""
    training = parts.trainable.model.training
    parts.trainable.model.eval()
    try:
        with without_adapter(parts.trainable):
            return log_probabilities(parts, sides)
    finally:
        parts.trainable.model.train(training)


def exchanged(rows: Sequence[Row], longest: int) -> list[Row]:
    """Each record's prompt with the next one's answer; where both are more than `longest` tokens, the prompt's last ones."""
    followers = [*rows[1:], rows[0]]
    return [_with_answer_of(row, other, longest) for row, other in zip(rows, followers, strict=True)]


def _with_answer_of(row: Row, other: Row, longest: int) -> Row:
    end, other_start = row.trained.index(True), other.trained.index(True)
    start = max(0, end + len(other.ids) - other_start - longest)
    ids = row.ids[start:end] + other.ids[other_start:]
    trained = row.trained[start:end] + other.trained[other_start:]
    return Row(f"{row.record_id}/{other.record_id}", ids, trained)
