"""Speed on a card: the trainer's step against stock PEFT's, on the same rows and the same random weights.

Beside both stand the trainer's step without one of its levers each, of fewer steps. Prints one JSON object, and goes on
where a contender fails. `--shapes tiny` also runs on a processor, which tests the benchmark and says nothing of speed.
"""

import argparse
import dataclasses
import gc
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import torch
from torch import Tensor

from pipeline_trainer.config import Settings
from pipeline_trainer.data.batches import Row, collate
from pipeline_trainer.errors import TrainerError, is_out_of_memory
from pipeline_trainer.fast_layers import LEVERS, speed_up_layers
from pipeline_trainer.hardware import Compute, peak_memory_bytes, resolve
from pipeline_trainer.kernels.recipe import keeping
from pipeline_trainer.layout import Layout
from pipeline_trainer.lora_layer import speed_up
from pipeline_trainer.loss import LossHead, backward
from pipeline_trainer.model import Trainable, attach_adapter, first_line
from pipeline_trainer.optimizer import optimizer_for
from pipeline_trainer.threads import prepare_environment

from .shapes import SHAPES, Shape, build, operations

PUBLISHED_PEAK: Final = 989e12  # dense bfloat16 of an H100 or H200 (NVIDIA's data sheet)
MATRIX: Final = 8192
SMALL_MATRIX: Final = 512
TOLD: Final = (1, 50, 200)
WARM_UP: Final = 3
RATE: Final = 1e-4
IGNORED: Final = -100
# `adapters`: each with its product as one function; `recipes`: norms and products made again in the backward.
ALL_LEVERS: Final = ("adapters", *sorted(LEVERS), "recipes")

Step = Callable[[list[Row]], tuple[float, float]]  # loss and gradient norm of an optimizer step


@dataclass(frozen=True, slots=True)
class Work:
    """Rows of a step: all of `tokens`, or of a twentieth to a half of it, as many as fill `tokens`."""

    kind: str
    tokens: int

    def rows(self, step: int, vocabulary: int) -> list[Row]:
        """The same for every contender."""
        drawn = random.Random(step)  # noqa: S311 (rows, not secrets)
        lengths = [self.tokens]
        while self.kind == "short" and sum(lengths[1:]) < self.tokens // 2:
            lengths.append(drawn.randint(self.tokens // 20, self.tokens // 2))
        lengths = lengths[1:] or lengths
        return [_row(f"{step}/{place}", length, drawn, vocabulary=vocabulary) for place, length in enumerate(lengths)]


def _row(name: str, length: int, drawn: random.Random, *, vocabulary: int) -> Row:
    return Row(name, [drawn.randrange(vocabulary) for _ in range(length)], [False, *[True] * (length - 1)])


@dataclass(frozen=True, slots=True)
class Place:
    """Where a contender computes; it says here what it cannot do."""

    compute: Compute
    work: Work
    warnings: list[str] = field(default_factory=list)

    def warn(self, _code: str, message: str) -> None:
        """What the trainer would say in a run."""
        self.warnings.append(message)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--shapes", nargs="+", default=["8b", "3b", "1b", "135m"], choices=SHAPES)
    parser.add_argument("--tokens", type=int, default=4096)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--lever-steps", type=int, default=30, help="of a contender without one of the levers")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    options = parser.parse_args(arguments)
    prepare_environment()
    try:
        compute = resolve(options.device, "bf16")
    except TrainerError as error:
        sys.exit(error.message)
    rows = [
        measure(name, work, contender, compute=compute, steps=_steps(contender, options))
        for name in options.shapes
        for work in (Work("full", options.tokens), Work("short", options.tokens))
        for contender in CONTENDERS
    ]
    document = {"card": compute.name, "precision": compute.precision, "torch": torch.__version__}
    sys.stdout.write(json.dumps({**document, "matrix_rate": matrix_rate(compute), "rows": rows}) + "\n")


def _steps(contender: str, options: argparse.Namespace) -> int:
    return min(options.steps, options.lever_steps) if contender.startswith(WITHOUT) else int(options.steps)


def measure(name: str, work: Work, contender: str, *, compute: Compute, steps: int) -> dict[str, Any]:
    """One line of the table; a contender that fails says how, and that the memory does not hold it."""
    place = Place(compute, work)
    found: dict[str, Any] = {"shape": name, "work": work.kind, "tokens": work.tokens, "name": contender}
    found["warnings"] = place.warnings
    try:
        return {**found, **_figures(SHAPES[name], contender, place, steps=steps)}
    except Exception as error:  # noqa: BLE001 (the others are to be measured all the same)
        failure = {"out_of_memory": True} if is_out_of_memory(error) else {"failed": _in_words(error)}
    return {**found, **failure}


def _in_words(error: Exception) -> str:
    return f"{type(error).__name__}: {first_line(error)}"


def _figures(shape: Shape, contender: str, place: Place, *, steps: int) -> dict[str, Any]:
    compute, work = place.compute, place.work
    gc.collect()
    if compute.device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    trainable = attach_adapter(build(shape, compute, longest=work.tokens), SETTINGS)
    step = CONTENDERS[contender](trainable, place)
    seconds: list[float] = []
    rates: list[tuple[float, float]] = []
    told: dict[str, Mapping[str, float]] = {}
    for number in range(1, steps + 1):
        rows = work.rows(number, shape.vocabulary)
        started = time.perf_counter()
        loss, norm = step(rows)  # reading both waits for the device
        seconds.append(time.perf_counter() - started)
        documents = [len(row.ids) for row in rows]
        trained = sum(row.trained_tokens for row in rows)
        rates.append((sum(documents), operations(shape, documents, trained_tokens=trained)))
        if number in TOLD or number == steps:
            told[str(number)] = {"loss": loss, "gradient_norm": norm}
    timed = list(zip(rates, seconds, strict=True))[min(WARM_UP, steps - 1) :]
    operations_per_second = statistics.median(done / each for (_, done), each in timed)
    return {
        "tokens_per_second": statistics.median(tokens / each for (tokens, _), each in timed),
        "operations_per_second": operations_per_second,
        "share_of_published_peak": operations_per_second / PUBLISHED_PEAK,
        "peak_bytes": peak_memory_bytes(compute.device),
        "steps": told,
    }


def ours(trainable: Trainable, place: Place, *, without: str = "") -> Step:
    """The pieces that `step.optimizer_step` is made of: packed rows, logits of trained tokens, one update."""
    if without != "adapters":
        speed_up(trainable.model, place.warn)
    speed_up_layers(trainable.model, place.warn, levers=LEVERS - {without})
    head = LossHead(trainable.model)
    optimizer = optimizer_for(trainable.parameters, SETTINGS)
    layout = Layout(packed=True, reason="", pad_id=0, budget=place.work.tokens)
    device = place.compute.device
    trainable.model.train()

    def step(rows: list[Row]) -> tuple[float, float]:
        trained = sum(row.trained_tokens for row in rows)
        total = torch.zeros((), device=device)
        for part in layout.passes(rows, 1):
            with keeping() if without == "recipes" else nullcontext():
                loss = head.token_losses(layout.batch(part).to(device)).sum() / trained
            backward(loss)
            total += loss.detach()
        norm = optimizer.clip()
        optimizer.step(RATE)
        optimizer.drop_gradients()
        return float(total), norm

    return step


def stock(trainable: Trainable, place: Place) -> Step:
    """What a script with transformers and PEFT does: rows side by side, padded, and the model's own loss."""
    parameters = list(trainable.parameters.values())
    optimizer = torch.optim.AdamW(parameters, lr=RATE, weight_decay=0.0)
    trainable.model.train()

    def step(rows: list[Row]) -> tuple[float, float]:
        ids = collate(rows, pad_id=0).input_ids.to(place.compute.device)
        seen, labels = _mask_and_labels(rows, ids)
        loss: Tensor = trainable.model(input_ids=ids, attention_mask=seen, labels=labels).loss
        backward(loss)
        norm = float(torch.nn.utils.clip_grad_norm_(parameters, 1.0))
        optimizer.step()
        optimizer.zero_grad()
        return float(loss.detach()), norm

    return step


def _mask_and_labels(rows: list[Row], ids: Tensor) -> tuple[Tensor, Tensor]:
    lengths = torch.tensor([len(row.ids) for row in rows], device=ids.device)
    real = torch.arange(ids.shape[1], device=ids.device)[None] < lengths[:, None]  # (rows, seq)
    return real.long(), ids.masked_fill(~real, IGNORED)


def matrix_rate(compute: Compute) -> float:
    """Operations a second of one large square product, the best of a few: what the device really multiplies at."""
    size = MATRIX if compute.device.type == "cuda" else SMALL_MATRIX
    left = torch.ones((size, size), dtype=compute.dtype, device=compute.device)
    best = float("inf")
    for _ in range(10):
        started = time.perf_counter()
        float((left @ left)[0, 0])  # waits for the device
        best = min(best, time.perf_counter() - started)
    return 2 * size**3 / best


WITHOUT: Final = "without "
CONTENDERS: Final[Mapping[str, Callable[[Trainable, Place], Step]]] = {
    "ours": ours,
    "peft": stock,
    **{f"{WITHOUT}{lever}": partial(ours, without=lever) for lever in ALL_LEVERS},
}
# What a step does not read is left open.
NAMED: Final[dict[str, Any]] = dict.fromkeys((field.name for field in dataclasses.fields(Settings)), None) | {
    "lora_rank": 16,
    "lora_alpha": 32,
    "lora_dropout": 0.0,
    "weight_decay": 0.0,
    "max_grad_norm": 1.0,
    "seed": 42,
    "target_modules": "all-linear",
    "variant": "lora",
    "optimizer": "adamw",
}
SETTINGS: Final = Settings(**NAMED)

if __name__ == "__main__":
    main()
