"""The two exports for llama.cpp: the adapter alone, and the model with the adapter added."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from ..compare_merged import Reference, Widened, reference_of
from ..data.templates import load_template
from ..durable import write_durably
from ..merge import Delta, deltas_for
from .compare import GgufVerification, Written, compare_gguf, missing, unchecked
from .files import TYPES, WIDEST, Planned, planned_adapter, planned_model, read_back, write

GGUF: Final = ".gguf"
ADAPTER: Final = "gguf-adapter"
# By format: the file in a folder that the export gets.
FILES: Final = {"gguf": f"model{GGUF}", ADAPTER: f"adapter{GGUF}"}
CARD_FILE: Final = "README.md"


@dataclass(frozen=True, slots=True)
class Adapter:
    """A written adapter, of which `tensors` were read back."""

    file: Path
    tensors: int


def is_file(to: Path, kind: str) -> bool:
    """Whether an export is one file and not a folder."""
    return kind in FILES and to.suffix == GGUF


def file_in(staging: Path, options: argparse.Namespace) -> Path:
    """The file that is written, by the name that it keeps."""
    return staging / (options.to.name if is_file(options.to, options.format) else FILES[options.format])


def fill(staging: Path, options: argparse.Namespace) -> None:
    """The file, and in a folder the card beside it. Raises `export_unsupported` before anything is written."""
    deltas = deltas_for(options.base_model, options.adapter)
    write(_planned(options, deltas), file_in(staging, options))
    if options.card is not None and not is_file(options.to, options.format):
        write_durably(staging / CARD_FILE, options.card.read_bytes())


def check(staging: Path, options: argparse.Namespace) -> GgufVerification:
    """Read the file back, and load it in llama.cpp where this machine can."""
    deltas, file = deltas_for(options.base_model, options.adapter), file_in(staging, options)
    planned = _planned(options, deltas)
    tensors = read_back(planned, file)
    reason = missing()
    if reason is not None:
        return unchecked(tensors, reason, trained_on=options.quantization)
    reference = reference_of(options.base_model, adapter=options.adapter, run_dir=options.run)
    if options.format == ADAPTER:
        return _check_adapter(reference, Adapter(file, tensors), options)
    return _check_model(reference, Written(file, tensors, planned.exact), options)


def _planned(options: argparse.Namespace, deltas: Mapping[str, Delta], *, in_float32: bool = False) -> Planned:
    if options.format == ADAPTER:
        return planned_adapter(options.base_model, deltas)
    return planned_model(options.base_model, load_template(options.base_model), deltas, in_float32=in_float32)


def _check_adapter(reference: Reference, adapter: Adapter, options: argparse.Namespace) -> GgufVerification:
    """On the base model as it is, which is written for this alone."""
    base = planned_model(options.base_model, reference.template, {})
    with TemporaryDirectory(dir=adapter.file.parent, prefix=".base-") as folder:
        model = Path(folder) / FILES["gguf"]
        write(base, model)
        written = Written(model, adapter.tensors, base.exact, adapter.file)
        return compare_gguf(reference, written, trained_on=options.quantization)


def _check_model(reference: Reference, written: Written, options: argparse.Namespace) -> GgufVerification:
    """Where the base model's type is too coarse for what was learned, the weights are written again in float32."""
    rounded = compare_gguf(reference, written, trained_on=options.quantization)
    deltas = deltas_for(options.base_model, options.adapter)
    narrowest = _planned(options, deltas).narrowest
    if rounded.ok or rounded.held_out_loss is None or narrowest == WIDEST:
        return rounded
    wide = _planned(options, deltas, in_float32=True)
    written.model.unlink()
    write(wide, written.model)
    again = Written(written.model, read_back(wide, written.model), wide.exact)
    found = compare_gguf(reference, again, trained_on=options.quantization)
    dtype = str(TYPES[narrowest][1]).removeprefix("torch.")
    return replace(found, widened=Widened(dtype, rounded.held_out_loss.merged))
