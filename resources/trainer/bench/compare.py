"""All contenders in one run, in turns: a busy machine is as hard on one as on another.

Each has a process of its own; while one trains, the others wait. Prints one JSON object.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from .contenders import LEVERS, PEERS
from .records_seen import Seen, seen_in

ROOT: Final = Path(__file__).parents[1]
PACKAGES: Final = ("torch", "transformers", "peft", "trl", "datasets", "accelerate")


@dataclass(slots=True)
class Contender:
    """A running contender and the seconds of its turns, by the clock and of the processor."""

    name: str
    process: subprocess.Popen[str]
    seconds: list[float]
    processor_seconds: list[float]

    def turn(self) -> None:
        """Let it train until it stops by itself. Raises RuntimeError when it is gone."""
        self._tell()
        said = self.hear()
        self.seconds.append(float(said["seconds"]))
        self.processor_seconds.append(float(said["processor_seconds"]))

    def finish(self) -> dict[str, Any]:
        """Let it save; returns the most bytes it held, and the last step's loss and gradient norm."""
        self._tell()
        figures = self.hear()
        self.process.wait()
        return figures

    def hear(self) -> dict[str, Any]:
        """The next thing it says. Raises RuntimeError when it is gone."""
        line = self.process.stdout.readline() if self.process.stdout else ""
        if not line:
            raise RuntimeError(f"{self.name} ended with {self.process.wait()}; its log is above")
        return dict(json.loads(line))

    def _tell(self) -> None:
        if self.process.stdin:
            self.process.stdin.write("\n")
            self.process.stdin.flush()


def main() -> None:
    """Compare and print."""
    options = read_options()
    with tempfile.TemporaryDirectory(prefix="bench-trainer-") as name:
        folder = Path(name)
        prepare(folder, options)
        sys.stdout.write(json.dumps(compare(folder, options)) + "\n")


def read_options() -> argparse.Namespace:
    """What is compared, how often, and for how long."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench-python", type=Path, required=True, help="the environment of the rivals")
    parser.add_argument("--base-model", type=Path, required=True)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--steps", type=int, default=4, help="optimizer steps a repeat")
    parser.add_argument("--warm-up", type=int, default=2)
    parser.add_argument("--rows", type=int, default=600)
    parser.add_argument("--records-per-step", type=int, default=8)
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--only", nargs="*", default=PEERS, help="contenders by name")
    parser.add_argument("--levers", action="store_const", dest="only", const=LEVERS, help="ours without one each")
    parser.add_argument("--precision", choices=("bf16", "fp32"), help="by default the processor's own")
    options = parser.parse_args()
    options.precision = options.precision or native_precision()
    return options


def native_precision() -> str:
    """bf16 where the processor has it."""
    from pipeline_trainer.hardware import resolve  # noqa: PLC0415 (imports torch, which contenders do first)

    return resolve("cpu", "auto").precision


def prepare(folder: Path, options: argparse.Namespace) -> None:
    """Rows and start for all."""
    steps = options.warm_up + options.repeats * options.steps
    arguments = {"base-model": options.base_model, "dropout": options.dropout, "threads": options.threads, "steps": steps}
    arguments |= {"rows": options.rows, "records-per-step": options.records_per_step, "precision": options.precision}
    flags = [text for name, value in arguments.items() for text in (f"--{name}", str(value))]
    _module([sys.executable, "-m", "bench.workload", str(folder), *flags])


def compare(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Train all in turns, then judge all."""
    contenders = [start(name, folder, options) for name in options.only]
    for contender in contenders:
        contender.hear()
    for _ in range(options.repeats):
        for contender in contenders:
            contender.turn()
    figures = {contender.name: contender.finish() for contender in contenders}
    seen = seen_in(folder, options)
    base, *losses = judge(folder, options)
    rows = [
        row(contender, {**figures[contender.name], "held_out_loss": loss}, seen=seen)
        for contender, loss in zip(contenders, losses, strict=True)
    ]
    return {"machine": machine(options), "base_held_out_loss": base, "rows": rows}


def start(name: str, folder: Path, options: argparse.Namespace) -> Contender:
    """A contender that loads and warms up; the next starts when this one waits."""
    python = sys.executable if name.startswith("ours") else str(options.bench_python)
    flags = ["--warm-up", str(options.warm_up), "--steps", str(options.steps)]
    process = subprocess.Popen(
        [python, "-m", "bench.contender", name, str(folder), *flags],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Contender(name, process, [], [])


def row(contender: Contender, figures: Mapping[str, Any], *, seen: list[Seen]) -> dict[str, Any]:
    """One contender's figures, over all of its repeats: these differ in their rows, and are the same for all."""
    names = ("records", "real_tokens", "trained_tokens")
    done = {name: sum(getattr(part, name) for part in seen) for name in names}
    seconds, own_seconds = sum(contender.seconds), sum(contender.processor_seconds)
    rates = {f"{name}_per_second": count / seconds for name, count in done.items()}
    rates["real_tokens_per_processor_second"] = done["real_tokens"] / own_seconds
    return {"name": contender.name, **rates, **figures, "seconds": contender.seconds}


def judge(folder: Path, options: argparse.Namespace) -> list[float]:
    """Held-out losses of the base and of all contenders."""
    adapters = [str(folder / name / "adapter") for name in options.only]
    return list(json.loads(_module([sys.executable, "-m", "bench.judge", str(folder), str(options.base_model), *adapters])))


def machine(options: argparse.Namespace) -> dict[str, Any]:
    """Hardware, versions and what was trained."""
    from pipeline_trainer.hardware import processor_name  # noqa: PLC0415 (imports torch, which contenders do first)

    code = "import json, importlib.metadata as m, sys; print(json.dumps({n: m.version(n) for n in sys.argv[1:]}))"
    versions = json.loads(_module([str(options.bench_python), "-c", code, *PACKAGES]))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    hardware = {"processor": processor_name(), "threads": options.threads, "memory_bytes": memory}
    return {
        **hardware,
        "precision": options.precision,
        "python": sys.version.split()[0],
        "versions": {**versions, "numpy": version("numpy")},
    }


def environment() -> dict[str, str]:
    """Offline, and with the trainer's own package."""
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    return {**os.environ, **offline, "PYTHONPATH": str(ROOT)}


def _module(command: list[str]) -> str:
    return subprocess.run(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True, check=True).stdout


if __name__ == "__main__":
    main()
