"""Everything that the loop holds in its hands, and how it is put into a checkpoint and taken out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import checkpoint, rng
from .adapter_folder import adapter_config, adapter_tensors, set_adapter_tensors
from .budget import Budget
from .checkpoint import Snapshot
from .config import JobFile
from .data.batches import Row
from .data.order import Sampler, derive_seed
from .data.templates import ChatTemplate
from .fingerprint import tensors_hash
from .hardware import Compute, GpuMonitor
from .layout import Layout
from .loss import LossHead
from .model import Trainable, initialise
from .optimizer import Optimizer
from .pass_size import PassSize
from .preference import Parts, Preference
from .progress import Progress
from .protocol import Command, Commands, EventLog
from .schedule import Intervals, Schedule
from .team import Team


class StoppedError(Exception):
    """A person, a signal or the end of the parent wants the run to end; no fault."""

    def __init__(self, command: Command) -> None:
        super().__init__(command.kind)
        self.command = command


@dataclass(frozen=True, slots=True)
class Origin:
    """The border before a step, to go back to when the step is not finished."""

    sampler: dict[str, Any]
    rng_state: rng.RngState


@dataclass(slots=True)
class Run:
    """One attempt. What changes is `progress`, the model's adapter, `optimizer`, `sampler` and the generators."""

    run_dir: Path
    job: JobFile
    log: EventLog
    commands: Commands
    compute: Compute
    template: ChatTemplate
    trainable: Trainable
    head: LossHead
    optimizer: Optimizer
    schedule: Schedule
    intervals: Intervals
    sampler: Sampler
    train_rows: Sequence[Row]
    collapses: bool
    held_out_rows: Sequence[Row]
    passes: PassSize
    layout: Layout
    preference: Preference | None
    progress: Progress
    identity: dict[str, Any]
    gpu: GpuMonitor
    budget: Budget
    team: Team
    resumed_from: int | None = None
    saved_at: float = 0.0
    saved_step: int | None = None  # the step that the newest checkpoint holds as it stands
    requests: list[Command] = field(default_factory=list)

    @property
    def checkpoints(self) -> Path:
        """The folder of this run's checkpoints."""
        return self.run_dir / "checkpoints"

    @property
    def parts(self) -> Parts:
        """What computes."""
        return Parts(self.trainable, self.head, self.layout, self.compute.device, self.team)

    @property
    def finished(self) -> bool:
        """Whether no step is left."""
        progress = self.progress
        return progress.step >= self.job.total_steps or progress.stopped_early or progress.budget_ended is not None

    @property
    def epoch(self) -> int:
        """Completed epochs."""
        return self.progress.step // self.sampler.steps_per_epoch

    def check(self) -> None:
        """Raise StoppedError once a stop of any kind has arrived; other wishes are kept for the step's end."""
        while (command := self.commands.poll()) is not None:
            if command.kind in ("checkpoint", "sample"):
                self.requests.append(command)
            else:
                raise StoppedError(command)

    def meet(self) -> None:
        """Wait for the other processes, each of which must be the same run. Raises `processes_differ`."""
        if self.team.size == 1:
            return
        state = {
            "data or settings": self.identity["must_agree"],
            "software, precision or kind of card": self.identity["exactness"],
            "layout of rows": self.layout,
            "step": self.progress.step,
            "rows a pass": self.progress.micro_batch,
            "adapter": tensors_hash(adapter_tensors(self.trainable)),
        }
        self.team.meet(state)

    def close(self) -> None:
        """The attempt is over."""
        self.budget.keep()
        self.gpu.close()

    def origin(self) -> Origin:
        """Remember where a step starts."""
        return Origin(self.sampler.to_dict(), rng.capture())

    def back_to(self, origin: Origin) -> None:
        """Undo a step that was not finished."""
        self.optimizer.drop_gradients()
        self.sampler.load_dict(origin.sampler)
        rng.restore(origin.rng_state)

    def snapshot(self) -> Snapshot:
        """The run as it stands, for a checkpoint."""
        return Snapshot(
            progress=self.progress,
            identity=self.identity,
            sampler=self.sampler.to_dict(),
            adapter=adapter_tensors(self.trainable),
            adapter_config=adapter_config(self.trainable, base_name=self.job.base_model.name),
            optimizer=self.optimizer.state_tensors(),
            rng_state=rng.capture(),
            attempt=self.log.attempt,
        )

    def resume(self, path: Path) -> None:
        """Become what the checkpoint at `path` is. Raises `checkpoint_damaged`."""
        saved = checkpoint.load(path)
        set_adapter_tensors(self.trainable, saved.adapter)
        self.optimizer.load_tensors(saved.optimizer)
        self.sampler.load_dict(dict(saved.sampler))
        self.progress = saved.progress
        self.saved_step = saved.progress.step
        rng.restore(saved.rng_state)

    def restart(self) -> None:
        """Become what the run was before its first step."""
        initialise(self.trainable, self.job.settings.seed)
        self.optimizer.load_tensors({})
        self.sampler.load_dict({**self.sampler.to_dict(), "epoch": 0, "cursor": 0})
        fresh = Progress(micro_batch=self.progress.micro_batch, base=self.progress.base, sampled_step=0)
        self.progress = fresh
        rng.seed_everything(derive_seed(self.job.settings.seed, "dropout"))
