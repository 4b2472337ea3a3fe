"""Device, precision and the numbers of a graphics card."""

import platform
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import torch

from .config import Device, Precision
from .errors import TrainerError

PrecisionName = Literal["bf16", "fp32"]
NATIVE_BF16_CAPABILITY: Final = (8, 0)
BF16_CPU_FLAGS: Final = frozenset({"avx512_bf16", "amx_bf16"})
STATUS: Final = Path("/proc/self/status")  # of Linux alone
GPU_POLL_SECONDS: Final = 2.0
GPU_QUERY_SECONDS: Final = 5.0
GPU_FIELDS: Final = {
    "gpu_utilization": ("utilization.gpu", 1.0),
    "gpu_memory_bytes": ("memory.used", 1024.0 * 1024.0),
    "gpu_temperature": ("temperature.gpu", 1.0),
    "gpu_power_watts": ("power.draw", 1.0),
}


@dataclass(frozen=True, slots=True)
class Compute:
    """Where a run computes, and in what."""

    device: torch.device
    name: str
    precision: PrecisionName

    @property
    def dtype(self) -> torch.dtype:
        """The dtype of the base weights; adapters are float32 always."""
        return torch.bfloat16 if self.precision == "bf16" else torch.float32


def resolve(device: Device, precision: Precision) -> Compute:
    """Choose device and precision. Raises `no_cuda` where a card is asked for and none works."""
    if device == "cuda" and not torch.cuda.is_available():
        raise TrainerError(
            "no_cuda",
            "No NVIDIA card can be used on this machine.",
            hint="Retry the run: the new one is made for this machine. The checks on the Start page, or `doctor`, say more.",
        )
    kind = "cuda" if device != "cpu" and torch.cuda.is_available() else "cpu"
    chosen = torch.device(kind, 0) if kind == "cuda" else torch.device("cpu")
    name = torch.cuda.get_device_name(chosen) if kind == "cuda" else processor_name()
    native: PrecisionName = "bf16" if native_bf16(chosen) else "fp32"
    return Compute(chosen, name, native if precision == "auto" else precision)


def native_bf16(device: torch.device) -> bool:
    """Whether bfloat16 is multiplied in hardware: sm_80 and later, or avx512_bf16 or amx."""
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= NATIVE_BF16_CAPABILITY
    return bool(BF16_CPU_FLAGS & processor_flags())


def processor_flags() -> frozenset[str]:
    """Instruction sets by Linux' names; empty where the system does not tell."""
    for line in _cpuinfo():
        if line.startswith("flags"):
            return frozenset(line.partition(":")[2].split())
    return frozenset()


def processor_name() -> str:
    """The processor's own name."""
    named = (line.partition(":")[2].strip() for line in _cpuinfo() if line.startswith("model name"))
    return next(named, "") or platform.processor() or platform.machine()


def peak_memory_bytes(device: torch.device) -> int:
    """The most memory held so far: of the card, or of this process."""
    if device.type == "cuda":
        return int(torch.cuda.max_memory_allocated(device))
    if STATUS.exists():
        # The other count begins with what the process that started this one held.
        return _status_bytes("VmHWM")
    if sys.platform == "win32":
        return 0
    import resource  # noqa: PLC0415 (missing on Windows)

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _status_bytes(name: str) -> int:
    """One figure of this process, as Linux has it."""
    lines = STATUS.read_text("utf-8").splitlines()
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)


class Energy:
    """Power over time; from one reading to the next the last one counts."""

    def __init__(self, started: float) -> None:
        """`started`: seconds, on the clock of the readings."""
        self._state: tuple[float, float | None, float] = (0.0, None, started)

    def read(self, watts: float | None, *, at: float) -> None:
        """Take a reading in; None is one that failed. The time before the first one counts with it."""
        joules, known, since = self._state
        counts = watts if known is None else known
        if counts is not None:
            # One assignment: the training thread reads while the monitor's writes.
            self._state = (joules + counts * (at - since), counts if watts is None else watts, at)

    def joules(self, at: float) -> float:
        """Used until `at`."""
        joules, watts, since = self._state
        return joules + (0.0 if watts is None else watts * (at - since))


class GpuMonitor:
    """Asks nvidia-smi every two seconds, beside the training loop; silent where there is no card."""

    def __init__(self, device: torch.device) -> None:
        """Start asking when `device` is a card."""
        self._latest: dict[str, float] = {}
        self._energy = Energy(time.monotonic())
        self._stopped = threading.Event()
        self._device = device
        if device.type == "cuda":
            threading.Thread(target=self._watch, name="gpu-monitor", daemon=True).start()

    def latest(self) -> dict[str, float]:
        """The last numbers, by the names of the metrics event; empty when there are none."""
        return self._latest

    def joules(self) -> float:
        """What the card has used since this began."""
        return self._energy.joules(time.monotonic())

    def close(self) -> None:
        """Stop asking."""
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(GPU_POLL_SECONDS):
            self._latest = read_card(self._device)
            self._energy.read(self._latest.get("gpu_power_watts"), at=time.monotonic())


def read_card(device: torch.device) -> dict[str, float]:
    """One reading of a card."""
    return query_gpu(f"GPU-{torch.cuda.get_device_properties(device.index or 0).uuid}")


def query_gpu(identity: str) -> dict[str, float]:
    """One reading of a card by its UUID; what it does not report is left out."""
    answer = _ask_nvidia_smi("-i", identity, f"--query-gpu={','.join(query for query, _ in GPU_FIELDS.values())}")
    return {} if answer is None else parse_gpu(answer)


def driver_version(device: torch.device) -> str | None:
    """The version of the card's driver; None on a processor, and where nvidia-smi does not say."""
    answer = _ask_nvidia_smi("--query-gpu=driver_version") if device.type == "cuda" else None
    return answer.split("\n")[0].strip() or None if answer is not None else None


def parse_gpu(answer: str) -> dict[str, float]:
    """Type one line of nvidia-smi; `[N/A]` fields are left out."""
    readings: dict[str, float] = {}
    for (name, (_, scale)), text in zip(GPU_FIELDS.items(), answer.split(","), strict=False):
        try:
            readings[name] = float(text) * scale
        except ValueError:
            continue
    if "gpu_memory_bytes" in readings:
        readings["gpu_memory_bytes"] = int(readings["gpu_memory_bytes"])
    return readings


def _ask_nvidia_smi(*words: str) -> str | None:
    command = ["nvidia-smi", *words, "--format=csv,noheader,nounits"]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=GPU_QUERY_SECONDS, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None


def _cpuinfo() -> list[str]:
    try:
        return Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return []
