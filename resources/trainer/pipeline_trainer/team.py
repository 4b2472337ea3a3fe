"""Several processes, a card each, that take every step together (data parallel).

Each holds the whole model, takes its share of a step's rows and computes their part of the step's gradient. The
parts are summed, so that all make the same update: nothing but the order of additions differs from one process.
What one process would decide by itself (a budget by its clock, a checkpoint to go back to) is the first one's to say.

Sums travel through the processor's memory, by gloo on the loopback address and no other. What is exchanged is the
gradient of an adapter, small beside the work of a step, and the path that cards take is the one that tests take.

Where one card is too small, each process holds a part of every weight (`hold`), and whoever needs one says so in a round
of all (`whole`). Each has its own number of passes and its own pauses: so who comes to something else that all do together
first gives its parts, in as many rounds as the others need.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

import torch.distributed
from torch import Tensor
from torch.nn import Parameter

from .data.batches import Row
from .data.order import share_out
from .errors import TrainerError
from .processes import Place, process_lost

DISTRIBUTED: Final[Any] = torch.distributed  # its stubs lack half of what it has
LOOPBACK: Final = "127.0.0.1"
# A process that has died is seen at once; this is for one that hangs. The first also writes checkpoints and lets the
# model answer while the others wait.
PATIENCE: Final = timedelta(minutes=30)
PATIENCE_WITH_FIRST: Final = timedelta(days=1)
# What is said in a round: that there is nothing left to wait for, the number of a weight, or that memory has run out.
HERE: Final = 0
GIVEN_UP: Final = 2**62
# Of a part, so that the whole can be read as numbers of any kind.
ALIGNED_BYTES: Final = 16
LARGEST: Final = DISTRIBUTED.ReduceOp.MAX


class OutOfMemoryElsewhereError(MemoryError):
    """Another process cannot do its share, and has told all of them."""


class Team:
    """One process, which is all there is: shares are whole, and sums are what they were."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this is the process that writes and speaks."""
        return self.rank == 0

    @property
    def needs_all(self) -> bool:
        """Whether the model runs in one process only while all are there."""
        return False

    def share(self, rows: Sequence[Row]) -> list[Row]:
        """The rows that are this process' to compute, in their order."""
        return list(rows)

    def wait(self) -> None:
        """Where no process runs the model without the others: until all have come here.

        Raises OutOfMemoryElsewhereError.
        """

    def sum(self, tensor: Tensor) -> None:
        """Add what `tensor` is in all processes, in place.

        Raises OutOfMemoryElsewhereError in all of them where one gave up instead.
        """

    def give_up(self) -> None:
        """In place of the sum that the others come to next: memory does not hold the share of this one."""

    def sum_gradients(self, parameters: Iterable[Parameter]) -> None:
        """Add the gradients of all processes; what has none in any of them still has none."""

    def first(self, value: int) -> int:
        """What `value` is in the first process."""
        return value

    def meet(self, state: Mapping[str, object]) -> None:
        """Wait until all are here. Raises `processes_differ` with the names of what is not the same in all."""

    def part(self) -> None:
        """After the last step: the first goes on alone, and the others may end."""


ALONE: Final = Team()


class Processes(Team):
    """Several processes. All must make the same calls in the same order; each waits for the slowest."""

    def __init__(self, store: Any, *, rank: int, size: int, patience: timedelta) -> None:
        """Find the others by `store`, one of torch's. A process that answers no longer than `patience` is `process_lost`."""
        self.rank, self.size = rank, size
        store.set_timeout(patience)
        gloo = DISTRIBUTED.ProcessGroupGloo
        options = gloo._Options()  # noqa: SLF001 (torch has no public name for it)
        options._devices = [gloo.create_device(hostname=LOOPBACK)]  # noqa: SLF001 (the same)
        options._timeout = patience  # noqa: SLF001 (the same)
        self._group: Any = _answered(lambda: gloo(store, rank, size, options))
        self._parts: list[Tensor] = []
        self._wholes: dict[int, Tensor] = {}

    @property
    def needs_all(self) -> bool:
        """Where each holds a part of the weights."""
        return bool(self._parts)

    def hold(self, tensor: Tensor) -> int:
        """Keep this process' part of `tensor`, which is the same in all; returns the number by which `whole` knows it."""
        flat = tensor.detach().cpu().contiguous().flatten().view(torch.uint8)
        size = -(-len(flat) // (self.size * ALIGNED_BYTES)) * ALIGNED_BYTES
        own = flat[self.rank * size :][:size]
        part = torch.zeros(size, dtype=torch.uint8)
        part[: len(own)] = own
        self._parts.append(part)
        return len(self._parts)

    def whole(self, number: int) -> Tensor:
        """The bytes of a held tensor, and of what fills its last part; the next of that size is written over them.

        Raises OutOfMemoryElsewhereError.
        """
        while (wanted := self._round(number)) != number:
            self._collect(wanted)
        return self._collect(number)

    def wait(self) -> None:
        """In rounds, as long as any process needs a weight."""
        if self.needs_all:
            self._arrive()

    def share(self, rows: Sequence[Row]) -> list[Row]:
        """As many tokens for each as can be: long rows go first, each to who has the fewest."""
        return [rows[index] for index in share_out([len(row.ids) for row in rows], self.size)[self.rank]]

    def sum(self, tensor: Tensor) -> None:
        """All say first whether they can; so none waits with a sum for one that cannot."""
        self._arrive()
        self._add(tensor)

    def give_up(self) -> None:
        """The others raise where they would have summed, or had a weight."""
        self._say(GIVEN_UP)

    def sum_gradients(self, parameters: Iterable[Parameter]) -> None:
        """In one piece, which the gradients are then views of: (weights + tensors,) float32."""
        self.wait()
        trained = list(parameters)
        known = [parameter.grad is not None for parameter in trained]
        own = [torch.zeros_like(each) if each.grad is None else each.grad for each in trained]
        device = trained[0].device
        flat = torch.cat([*(part.flatten() for part in own), torch.tensor(known, dtype=torch.float32, device=device)])
        self._add(flat)
        *parts, counts = torch.split(flat, [*(part.numel() for part in own), len(own)])
        for parameter, part, count in zip(trained, parts, counts.tolist(), strict=True):
            parameter.grad = part.view_as(parameter) if count else None

    def first(self, value: int) -> int:
        """A broadcast."""
        self.wait()
        return int(self._from_first(torch.tensor([value])))

    def meet(self, state: Mapping[str, object]) -> None:
        """By hashes of what each part of `state` is in words."""
        self.wait()
        own = torch.tensor([_hash(value) for value in state.values()])
        unlike = (self._from_first(own.clone()) != own).long()
        self._add(unlike)
        names = [name for name, count in zip(state, unlike.tolist(), strict=True) if count]
        if names:
            raise TrainerError(
                "processes_differ",
                f"The processes that were to train together differ in: {', '.join(names)}.",
                hint="Train on cards of one kind, or with one process.",
            )

    def part(self) -> None:
        """None ends before the first has all that it waits for; one that has ended already is missed no more."""
        with suppress(TrainerError):
            self.first(0)

    def _arrive(self) -> None:
        while (wanted := self._round(HERE)) != HERE:
            self._collect(wanted)

    def _round(self, word: int) -> int:
        said = self._say(word)
        if said == GIVEN_UP:
            raise OutOfMemoryElsewhereError
        return said

    def _say(self, word: int) -> int:
        """The largest of what all say: where they need different weights, the others' turn comes in the next rounds."""
        words = torch.tensor([word])
        _answered(lambda: self._group.allreduce([words], LARGEST).wait())
        return int(words)

    def _collect(self, number: int) -> Tensor:
        part = self._parts[number - 1]
        size = len(part) * self.size
        if size not in self._wholes:
            self._wholes[size] = torch.empty(size, dtype=torch.uint8)
        whole = self._wholes[size]
        # The public way makes all of it once more, to copy it from there.
        _answered(lambda: self._group._allgather_base(whole, part).wait())  # noqa: SLF001
        return whole

    def _add(self, tensor: Tensor) -> None:
        here = tensor.cpu()
        _answered(lambda: self._group.allreduce([here]).wait())
        if here is not tensor:
            tensor.copy_(here)

    def _from_first(self, tensor: Tensor) -> Tensor:
        _answered(lambda: self._group.broadcast(tensor, 0).wait())
        return tensor


def join(place: Place, *, device: str) -> Team:
    """The team of a process that trains on `device`, `cpu` or `cuda`; waits for the others.

    Raises `too_few_cards` where not all have a card of their own, `several_machines` where they are not all here.
    """
    if place.size == 1:
        return ALONE
    if place.here != place.size:
        raise TrainerError(
            "several_machines",
            "A run trains on the cards of one machine; these processes were started on several.",
            hint="Start them with torchrun --standalone.",
        )
    patience = PATIENCE if place.rank == 0 else PATIENCE_WITH_FIRST
    team = Processes(_store_of(place), rank=place.rank, size=place.size, patience=patience)
    cards = torch.tensor([int(device == "cuda")])
    team.sum(cards)
    if 0 < int(cards) < place.size:
        raise too_few_cards(int(cards), place.size)
    return team


def too_few_cards(cards: int, processes: int) -> TrainerError:
    """What is raised where processes would have to share a card."""
    return TrainerError(
        "too_few_cards",
        f"{processes} processes need a card each, and {cards} can be used.",
        hint=(f"Set Cards (--processes) to {cards}, or look with nvidia-smi for the cards that are missing."),
    )


def _store_of(place: Place) -> Any:
    if place.meeting is not None:
        return DISTRIBUTED.FileStore(str(place.meeting), place.size)
    store, _, _ = next(DISTRIBUTED.rendezvous("env://", timeout=PATIENCE))
    return store


def _hash(value: object) -> int:
    return int.from_bytes(hashlib.sha256(str(value).encode()).digest()[:7], "big")


def _answered(exchange: Callable[[], Any]) -> Any:
    """Raises `process_lost` where another process is gone."""
    try:
        return exchange()
    except RuntimeError as error:
        raise process_lost("One of the processes that train together has ended, or answers no more.") from error
