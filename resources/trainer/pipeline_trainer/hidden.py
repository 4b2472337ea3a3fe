"""Libraries that others import wherever they are installed: seconds that only what uses them should pay."""

import sys
from typing import Final

# PEFT imports the first, and torch's compiler with it; transformers imports the second.
NAMES: Final = ("bitsandbytes", "scipy")


def hide() -> None:
    """Puts in their place what the import system takes for "not there"."""
    for name in NAMES:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]


def show(name: str) -> None:
    """From now on it can be imported, where it is installed."""
    if sys.modules.get(name) is None:
        sys.modules.pop(name, None)


def without_torch() -> None:
    """Keep transformers from importing torch: tokenizers do without, and it halves the time to the first answer."""
    sys.modules.setdefault("torch", None)  # type: ignore[arg-type]  # None: import fails at once


def torch_beside_transformers() -> None:
    """Have transformers do without torch for good, though it can be imported from now on."""
    without_torch()
    from transformers.utils import is_torch_available  # noqa: PLC0415 (only after torch is hidden)

    # It keeps its first answer.
    is_torch_available()
    show("torch")
