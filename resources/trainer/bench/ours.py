"""The trainer's own loop, step by step as `train.fit` runs it."""

from pathlib import Path
from typing import cast

from pipeline_trainer.adapter_folder import adapter_config, adapter_tensors, write_adapter
from pipeline_trainer.config import load_job
from pipeline_trainer.protocol import Command, Commands, EventLog
from pipeline_trainer.setup import setup
from pipeline_trainer.step import optimizer_step
from pipeline_trainer.validate import account, answer_requests, recover

from .turns import Turns


class NoCommands:
    """Nobody stops a benchmark."""

    loading_step = 0

    def poll(self) -> Command | None:
        """No command, ever."""
        return None


def train_ours(_name: str, folder: Path, target: Path, *, turns: Turns) -> None:
    """Train the job in `folder` and write its adapter to `target`."""
    log = EventLog(folder)
    commands = cast("Commands", NoCommands())  # all that the loop asks of them
    run = setup(folder, job=load_job(folder), log=log, commands=commands, cache_dir=None)
    while not run.finished:
        answer_requests(run)
        account(run, optimizer_step(run))
        recover(run)
        turns.after_step()
    turns.done(run.compute.device)
    target.mkdir()
    write_adapter(target, adapter_tensors(run.trainable), adapter_config(run.trainable, base_name="bench"))
    log.close()
