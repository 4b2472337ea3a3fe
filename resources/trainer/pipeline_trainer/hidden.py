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
