"""The trainer beside its rivals, on the same rows in one run; needs the environment `resources/runtime/bench`."""

import pipeline_trainer  # noqa: F401 (before PEFT: rivals that do not use bitsandbytes do not load it either)
