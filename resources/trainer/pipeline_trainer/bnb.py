"""bitsandbytes (MIT), for the runs that need it: NF4's kernels and the optimizer whose moments have eight bits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.metadata import version
from typing import Any, Final

import torch

from .config import Settings
from .errors import TrainerError
from .hidden import show

NAME: Final = "bitsandbytes"


@cache
def bitsandbytes() -> Any:
    """The library, which the package hides from PEFT. Raises `library_unavailable`."""
    show(NAME)
    try:
        with _nothing_compiled():
            return import_module(NAME)
    except (ImportError, OSError) as error:
        raise TrainerError(
            "library_unavailable",
            f"This run needs the library bitsandbytes, which does not load: {str(error)[:200]}",
            hint="Repair the Python environment of the app, or train without nf4 and without adamw_8bit.",
        ) from error


def versions_of(settings: Settings) -> dict[str, str]:
    """The library's version where the numbers of a run depend on it."""
    needs = settings.quantization == "nf4" or settings.optimizer == "adamw_8bit"
    return {NAME: version(NAME)} if needs else {}


@contextmanager
def _nothing_compiled() -> Iterator[None]:
    """The plain functions of the library where it asks for compiled ones.

    None of those is called here, and only to mark them loads torch's compiler.
    """
    compiler = torch.compile
    setattr(torch, "compile", _as_it_is)  # noqa: B010 (as a plain assignment its types would have to agree)
    try:
        yield
    finally:
        setattr(torch, "compile", compiler)  # noqa: B010 (the same)


def _as_it_is(model: Callable[..., Any] | None = None, **_options: Any) -> Any:
    return model if model is not None else _as_it_is
