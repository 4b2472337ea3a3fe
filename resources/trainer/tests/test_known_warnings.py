"""Of all warnings one is hidden: it asks nothing of anybody here."""

import warnings
from types import SimpleNamespace

from transformers import PreTrainedModel

from pipeline_trainer.model import hide_known_warnings


def test_only_the_renamed_property_is_hidden() -> None:
    renamed = vars(PreTrainedModel)["is_gradient_checkpointing"].fget
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        hide_known_warnings()
        renamed(SimpleNamespace(is_activation_checkpointing=False))
        warnings.warn("`is_other` is deprecated", FutureWarning, stacklevel=1)
    assert [str(warning.message) for warning in told] == ["`is_other` is deprecated"]
