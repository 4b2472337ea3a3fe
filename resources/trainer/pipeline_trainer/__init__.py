"""Fine-tunes language models with LoRA, offline: one process a run folder."""

__version__ = "0.1.0"
