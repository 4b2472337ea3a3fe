"""One configuration in a process of its own: trains it for some steps and prints the most memory it held.

`python -m bench.memory_once FOLDER`, with the configuration as JSON on stdin. Everything is the trainer's own, from the
loading of the base model to the writing of the adapter; only the rows are made here, so that they are as long as asked.
"""

import json
import random
import sys
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

from pipeline_trainer.threads import prepare_environment

HELD_OUT: Final = 2
LEAST_SHARE: Final = 0.2


def main() -> None:
    """Train, and print `process_bytes`, `loaded_bytes` and `peak_bytes`: each the most that was held until then."""
    parser = ArgumentParser()
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    configuration = json.load(sys.stdin)
    prepare_environment()
    sys.stdout.write(json.dumps(measure(folder, configuration)) + "\n")


def measure(folder: Path, configuration: dict[str, Any]) -> dict[str, int]:
    """The whole life of a run of some steps, in float32 or as its settings say."""
    import peft  # noqa: F401, PLC0415 (counted with the process)
    import torch  # noqa: PLC0415 (after prepare_environment)
    from transformers import AutoModelForCausalLM  # noqa: F401, PLC0415 (counted with the process)

    from pipeline_trainer import train  # noqa: PLC0415 (the same)
    from pipeline_trainer.config import parse_job  # noqa: PLC0415 (the same)
    from pipeline_trainer.data.rows import Rows  # noqa: PLC0415 (the same)
    from pipeline_trainer.data.templates import ChatTemplate, load_tokenizer  # noqa: PLC0415 (the same)
    from pipeline_trainer.hardware import peak_memory_bytes, resolve  # noqa: PLC0415 (the same)
    from pipeline_trainer.pass_size import PassSize  # noqa: PLC0415 (the same)
    from pipeline_trainer.protocol import EventLog  # noqa: PLC0415 (the same)
    from pipeline_trainer.run_data import Data  # noqa: PLC0415 (the same)
    from pipeline_trainer.setup import build  # noqa: PLC0415 (the same)
    from pipeline_trainer.threads import pin  # noqa: PLC0415 (the same)

    from .ours import NoCommands  # noqa: PLC0415 (the same)

    job = parse_job(configuration["job"])
    pin(job.threads)
    compute = resolve(job.device, job.settings.precision)
    process_bytes = peak_memory_bytes(torch.device("cpu"))
    template = ChatTemplate(load_tokenizer(job.base_model.path))
    log = EventLog(folder)
    rows = Rows(*_rows(configuration, method=job.settings.method), truncated=0)
    run = build(
        folder,
        job=job,
        log=log,
        commands=cast("Any", NoCommands()),
        data=Data(template, rows, hash=""),
        compute=compute,
        passes=PassSize(configuration["micro_batch"], None),
        identity={"must_agree": {}, "exactness": {}},
    )
    loaded_bytes = peak_memory_bytes(torch.device("cpu"))
    train.main(run)
    run.close()
    log.close()
    return {
        "process_bytes": process_bytes,
        "loaded_bytes": loaded_bytes,
        "peak_bytes": peak_memory_bytes(torch.device("cpu")),
    }


def _rows(configuration: dict[str, Any], *, method: str) -> tuple[list[Any], list[Any]]:
    """Rows of the asked length or, where lengths differ, up to it; the last share of each trained.

    The first is as long as asked. Of a comparison both sides are alike long.
    """
    from pipeline_trainer.data.batches import Row  # noqa: PLC0415 (torch)

    stream = random.Random(42)  # noqa: S311 (no secret)
    longest, vocabulary = configuration["longest_row"], configuration["shape"]["vocab_size"]

    def single(name: str, length: int) -> Row:
        trained = max(1, round(configuration["trained_share"] * length))
        ids = [stream.randrange(10, vocabulary) for _ in range(length)]
        return Row(name, ids, [position >= length - trained for position in range(length)])

    def row(name: str, number: int) -> Row:
        differs = configuration["differing"] and number > 0
        length = stream.randint(round(LEAST_SHARE * longest), longest) if differs else longest
        if method not in {"dpo", "orpo"}:
            made = single(name, length)
            return replace(made, wanted=number % 2 == 0) if method == "kto" else made
        pair = (single(f"{name}/chosen", length), single(f"{name}/rejected", length))
        return Row(name, pair[0].ids + pair[1].ids, pair[0].trained + pair[1].trained, pair=pair)

    settings = configuration["job"]["settings"]
    count = settings["batch_size"] * settings["max_steps"]
    return [row(f"train-{n}", n) for n in range(count)], [row(f"held-out-{n}", n) for n in range(HELD_OUT)]


if __name__ == "__main__":
    main()
