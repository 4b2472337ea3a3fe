"""The trainer's own loop, step by step as `train.fit` runs it, with all its levers or without one of them."""

import dataclasses
import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, Final, cast
from unittest.mock import patch

from pipeline_trainer import fast_layers, layout, lora_layer, projection
from pipeline_trainer import setup as setting_up
from pipeline_trainer.adapter_folder import adapter_config, adapter_tensors, write_adapter
from pipeline_trainer.config import JobFile, load_job
from pipeline_trainer.loss import LossHead
from pipeline_trainer.protocol import Command, Commands, EventLog
from pipeline_trainer.setup import setup
from pipeline_trainer.step import optimizer_step
from pipeline_trainer.validate import account, answer_requests, recover

from .contenders import WITHOUT, Lever
from .turns import Turns


class NoCommands:
    """Nobody stops a benchmark."""

    loading_step = 0

    def poll(self) -> Command | None:
        """No command, ever."""
        return None


def _alone(_model: Any, layers: Iterable[Any]) -> list[list[Any]]:
    return [[layer] for layer in layers]


def _nothing(*_: Any) -> None:
    pass


def _never(*_: Any, **__: Any) -> bool:
    return False


# By which door the trainer comes to a lever; behind it lies what it does where the lever does not suit.
CLOSED: Final[Mapping[Lever, Callable[[], AbstractContextManager[Any]]]] = {
    "packing": nullcontext,  # a setting
    "beginnings": partial(patch.object, layout, "beginnings_suit", _never),
    "adapters": partial(patch.object, setting_up, "speed_up", _nothing),
    "layers": partial(patch.dict, fast_layers.USUAL, {"cpu": frozenset(), "cuda": frozenset()}),
    "siblings": partial(patch.object, lora_layer, "families", _alone),
    "attention": partial(patch.object, layout, "products_suit", _never),
    "chunks": partial(patch.object, projection, "projection_of", _nothing),
    "rows": partial(patch.object, setting_up, "LossHead", partial(LossHead, select_rows=False)),
}


def train_ours(name: str, folder: Path, target: Path, *, turns: Turns) -> None:
    """Train the job in `folder` and write its adapter to `target`; `name` may say without which lever."""
    own = target.parent  # a run folder has one owner
    for part in ("job.json", "split.json"):
        shutil.copy(folder / part, own)
    job = load_job(own)
    lever = cast("Lever", name.partition(WITHOUT)[2])
    if lever == "packing":
        job = dataclasses.replace(job, settings=dataclasses.replace(job.settings, packing="off"))
    with CLOSED.get(lever, nullcontext)():
        _train(job, own, target, turns=turns)


def _train(job: JobFile, folder: Path, target: Path, *, turns: Turns) -> None:
    log = EventLog(folder)
    commands = cast("Commands", NoCommands())  # all that the loop asks of them
    run = setup(folder, job=job, log=log, commands=commands, cache_dir=None)
    while not run.finished:
        answer_requests(run)
        outcome = optimizer_step(run)
        account(run, outcome)
        recover(run)
        turns.after_step()
    turns.done(run.compute.device, loss=outcome.loss, gradient_norm=outcome.gradient_norm)
    target.mkdir()
    write_adapter(target, adapter_tensors(run.trainable), adapter_config(run.trainable, base_name="bench"))
    log.close()
