"""Fine-tunes language models with LoRA, offline: one process a run folder."""

import sys

__version__ = "0.1.0"

# PEFT imports bitsandbytes wherever it is installed, seconds that only the runs that use it should pay (`bnb`).
sys.modules.setdefault("bitsandbytes", None)  # type: ignore[arg-type]  # what the import system takes for "not there"
