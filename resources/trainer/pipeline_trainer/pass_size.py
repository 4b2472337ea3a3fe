"""How many rows go through the model at once: by rule, or fewer where memory ran out before."""

import hashlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .attention import VARLEN_DTYPES
from .config import JobFile, MemoryPlan, Settings
from .data.batches import Row
from .data.order import rows_a_pass
from .hardware import Compute

PAIRED: Final = ("dpo", "orpo")


@dataclass(frozen=True, slots=True)
class PassSize:
    """Rows a pass: `by_rule`, and what memory held before, in the file `path` (None where there is no cache)."""

    by_rule: int
    path: Path | None

    def first(self) -> int:
        """The rows to begin with."""
        if self.path is None:
            return self.by_rule
        try:
            return max(1, min(self.by_rule, int(self.path.read_text("utf-8"))))
        except (OSError, ValueError):  # nothing is remembered, or nothing that can be read
            return self.by_rule

    def remember(self, rows: int) -> None:
        """Keep `rows` for the next run. A cache that cannot be written costs that run one step."""
        if self.path is None:
            return
        fresh = self.path.with_suffix(f".{os.getpid()}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(f"{rows}\n", "utf-8")
            fresh.replace(self.path)
        except OSError as error:
            sys.stderr.write(f"the pass size is not remembered: {error}\n")


def pass_size_for(job: JobFile, compute: Compute, rows: Sequence[Row], *, cache_dir: Path | None) -> PassSize:
    """The pass of a job; what is remembered stands for one model, one card and all that decides a row's memory."""
    settings = job.settings
    by_rule = micro_batch_for(rows, settings.records_per_step, compute)
    if job.memory is not None:
        by_rule = min(by_rule, _rows_of_plan(job.memory, settings, longest(rows)))
    if cache_dir is None:
        return PassSize(by_rule, None)
    model = (job.base_model.fingerprint, settings.lora_rank, settings.target_modules, settings.method, settings.variant)
    bits = (settings.quantization, settings.optimizer)
    plan = MemoryPlan(by_rule) if job.memory is None else job.memory
    # Before bases could lie elsewhere, keys did not say where.
    held = (plan.recompute_mlps, plan.recompute_layers, *([] if plan.base == "kept" else [plan.base]))
    decides = (*model, *bits, *held, compute.name, compute.precision, longest(rows), settings.records_per_step)
    key = hashlib.sha256(json.dumps(decides).encode()).hexdigest()
    return PassSize(by_rule, cache_dir / "pass-sizes" / f"{key}.txt")


def _rows_of_plan(plan: MemoryPlan, settings: Settings, longest_row: int) -> int:
    """A plan counts rows as long as they may be, of a comparison both sides; shorter ones fit in larger numbers."""
    sides = 2 if settings.method in PAIRED else 1
    return max(1, plan.micro_batch * settings.max_length * sides // longest_row)


def micro_batch_for(rows: Sequence[Row], records_per_step: int, compute: Compute) -> int:
    """Rows a pass, by the rule of `order.rows_a_pass`."""
    narrow = compute.device.type == "cpu" and compute.dtype in VARLEN_DTYPES
    return rows_a_pass(longest(rows), records_per_step, "cpu_16" if narrow else compute.device.type)


def longest(rows: Sequence[Row]) -> int:
    """Tokens of the longest row that goes through the model."""
    return max(len(piece.ids) for row in rows for piece in row.pieces)
