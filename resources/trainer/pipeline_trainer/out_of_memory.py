"""Memory that runs out: how it is told from other faults, and what is left to do."""

import gc
from collections.abc import Callable
from typing import TypeVar

import torch

from .errors import TrainerError, is_out_of_memory
from .siblings import forget_failed_pass
from .team import OutOfMemoryElsewhereError, Team

Done = TypeVar("Done")


def if_it_fits(team: Team, work: Callable[[], Done]) -> Done | None:
    """What `work` gives, or None where memory ran out, in this process or in another of `team`.

    When it returns, the failed frame with its tensors is gone.
    """
    try:
        # None may give up while another does something else.
        team.wait()
        return work()
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        told = isinstance(error, OutOfMemoryElsewhereError)
    if not told:
        team.give_up()
    return None


def free_memory(device: torch.device) -> None:
    """Give back what no tensor holds any more."""
    forget_failed_pass()
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()


def row_too_large() -> TrainerError:
    """What is raised when no smaller pass is left to try."""
    return TrainerError(
        "out_of_memory",
        "The memory does not hold the training of a single row.",
        hint="Lower max_length or the rank, close other programs, or choose a smaller base model.",
    )
