"""Which body a function has, and what keeps a card from running kernels of our own.

Triton compiles kernels by itself, but what starts them is a small C extension that it builds on the user's machine,
once: for that it needs a C compiler and Python's headers, which not every machine with a card has.
"""

import atexit
import os
import shutil
import sysconfig
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal

Body = Literal["plain", "triton"]
COMPILERS: Final = ("gcc", "clang")
FOLDER: Final = "TRITON_CACHE_DIR"


def missing_for_triton() -> str | None:
    """What this machine lacks to run Triton kernels; None where nothing does."""
    if find_spec("triton") is None:
        return "the package triton"
    if "CC" not in os.environ and not any(shutil.which(name) for name in COMPILERS):
        return "a C compiler (gcc)"
    if not Path(sysconfig.get_paths()["include"], "Python.h").is_file():
        return "Python's C headers (Python.h, of python3-dev)"
    return None


def keep_kernels_in(cache_dir: Path | None) -> None:
    """Have Triton keep what it compiles in the app's cache, or where there is none for this process alone.

    Its own place is the user's home, where this program writes nothing. What the user set stays.
    """
    if FOLDER in os.environ:
        return
    if cache_dir is not None:
        os.environ[FOLDER] = str(cache_dir.resolve() / "kernels")
        return
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="pipeline-kernels-")
    atexit.register(shutil.rmtree, os.environ[FOLDER], ignore_errors=True)
