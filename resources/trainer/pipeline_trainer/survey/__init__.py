"""What a dataset is, without a base model: turns, lengths, duplicates, leakage, languages, scaffolding, quality."""

from .survey import dataset_survey

__all__ = ["dataset_survey"]
