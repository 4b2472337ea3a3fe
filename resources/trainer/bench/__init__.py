"""The trainer beside its rivals, on the same rows in one run; needs the environment `resources/runtime/bench`."""
