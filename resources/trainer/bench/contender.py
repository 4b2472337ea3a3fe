"""One contender in a process of its own: `python -m bench.contender NAME FOLDER …`."""

import argparse
from pathlib import Path
from typing import Final

from pipeline_trainer.threads import prepare_environment

ADAPTER: Final = "adapter"


def main() -> None:
    """Load, train in turns, save the adapter under `FOLDER/NAME/adapter`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--warm-up", type=int, required=True)
    parser.add_argument("--steps", type=int, required=True)
    options = parser.parse_args()
    prepare_environment()
    from .turns import Turns  # noqa: PLC0415 (torch, after prepare_environment)

    turns = Turns(warm_up=options.warm_up, steps=options.steps)
    target = options.folder / options.name
    target.mkdir()
    if options.name.startswith("ours"):
        from .ours import train_ours  # noqa: PLC0415 (the same)

        train_ours(options.name, options.folder, target / ADAPTER, turns=turns)
    else:
        from .rivals import train_rival  # noqa: PLC0415 (only where TRL is installed)

        train_rival(options.name, options.folder, target / ADAPTER, turns=turns)


if __name__ == "__main__":
    main()
