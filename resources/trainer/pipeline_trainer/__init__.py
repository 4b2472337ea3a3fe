"""Fine-tunes language models with LoRA, offline: one process a run folder."""

from .hidden import hide

__version__ = "0.1.0"

hide()
