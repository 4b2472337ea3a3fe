"""GGUF files: what is going to be in one, written a tensor at a time, and read back and compared with it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from gguf import GGMLQuantizationType, GGUFReader, GGUFType, GGUFWriter, LlamaFileType
from gguf.gguf_reader import ReaderTensor
from safetensors import safe_open
from torch import Tensor

from ..data.templates import ChatTemplate
from ..errors import TrainerError
from ..merge import Delta, merged_weights, refuse_full_disk, weight_files
from .families import Architecture, unsupported
from .vocabulary import vocabulary_of

Bytes = np.ndarray[Any, np.dtype[np.uint8]]

WIDEST: Final = "F32"
TYPES: Final = {
    "F32": (GGMLQuantizationType.F32, torch.float32, LlamaFileType.ALL_F32),
    "F16": (GGMLQuantizationType.F16, torch.float16, LlamaFileType.MOSTLY_F16),
    "BF16": (GGMLQuantizationType.BF16, torch.bfloat16, LlamaFileType.MOSTLY_BF16),
}
ROPE_FACTORS: Final = "rope_freqs.weight"


@dataclass(frozen=True, slots=True)
class Entry:
    """One tensor of a file, before there are numbers."""

    name: str
    shape: tuple[int, ...]
    type: str

    @property
    def size_bytes(self) -> int:
        """Without padding."""
        return int(np.prod(self.shape)) * TYPES[self.type][1].itemsize

    def encoded(self, values: Tensor) -> Bytes:
        """`values` in this type, as bytes of the same shape but for the last dimension."""
        return values.to(TYPES[self.type][1]).contiguous().view(torch.uint8).numpy()

    def is_in(self, tensor: ReaderTensor, values: Tensor) -> bool:
        """Whether `tensor` has this shape and type, and the numbers of `values` bit by bit."""
        shape = tuple(int(size) for size in reversed(tensor.shape))
        if shape != self.shape or tensor.tensor_type != TYPES[self.type][0]:
            return False
        return np.array_equal(tensor.data.reshape(-1).view(np.uint8), self.encoded(values).reshape(-1))


@dataclass(frozen=True, slots=True)
class Planned:
    """A file that can be written: what it says, what it holds, and where the numbers come from, in that order.

    `tabled`: llama.cpp takes the activation from a table of 16 bit.
    """

    architecture: str
    tell: Callable[[GGUFWriter], None]
    entries: Sequence[Entry]
    tensors: Callable[[], Iterable[Tensor]]
    tabled: bool = False

    @property
    def size_bytes(self) -> int:
        """Of the tensors alone, which are nearly all of it."""
        return sum(entry.size_bytes for entry in self.entries)

    @property
    def narrowest(self) -> str:
        """The type that rounds most."""
        return min(self.entries, key=lambda entry: TYPES[entry.type][1].itemsize).type

    @property
    def exact(self) -> bool:
        """Whether llama.cpp computes all of it in float32."""
        return self.narrowest == WIDEST and not self.tabled


def planned_model(
    base_model: Path, template: ChatTemplate, deltas: Mapping[str, Delta], *, in_float32: bool = False
) -> Planned:
    """The model with `deltas` added, each weight in its own type or all in float32; what has one dimension always is.

    Raises `export_unsupported`.
    """
    architecture = Architecture(base_model)
    vocabulary = vocabulary_of(template, architecture.config.vocab_size)
    stored = list(_stored(base_model))
    named = [(name, architecture.name_of(name), shape, kind) for name, shape, kind in stored]
    factors = architecture.rope_factors()
    entries = [
        Entry(found, shape, WIDEST if in_float32 or len(shape) == 1 else kind)
        for _, found, shape, kind in named
        if found is not None
    ]
    extra = [] if factors is None else [Entry(ROPE_FACTORS, tuple(factors.shape), WIDEST)]

    def tensors() -> Iterator[Tensor]:
        for name, weight in merged_weights(base_model, deltas, in_float32=in_float32):
            if architecture.name_of(name) is not None:
                yield architecture.laid_out(name, weight)
        if factors is not None:
            yield factors

    def tell(writer: GGUFWriter) -> None:
        writer.add_name(base_model.name)
        architecture.tell(writer)
        writer.add_file_type(TYPES[planned.narrowest][2])
        vocabulary.tell(writer, template)

    planned = Planned(architecture.name, tell, [*entries, *extra], tensors, tabled=architecture.family.tabled)
    return planned


def planned_adapter(base_model: Path, deltas: Mapping[str, Delta]) -> Planned:
    """The adapter alone: A and B in float32, and an alpha that makes its scaling. Raises `export_unsupported`."""
    architecture = Architecture(base_model)
    entries, tensors = [], []
    for name, delta in sorted(deltas.items()):
        found = architecture.name_of(name)
        if found is None or not found.startswith("blk."):
            raise unsupported(f"the adapter changes {name}, which llama.cpp has no adapters for")
        if delta.magnitude is not None:
            raise unsupported("llama.cpp knows no magnitudes, which this adapter (DoRA) has")
        for part, values in (("a", delta.a), ("b", architecture.laid_out(name, delta.b))):
            entries.append(Entry(f"{found}.lora_{part}", tuple(values.shape), WIDEST))
            tensors.append(values)
    alphas = {delta.scaling * delta.a.shape[0] for delta in deltas.values()}

    def tell(writer: GGUFWriter) -> None:
        writer.add_type(GGUFType.ADAPTER)
        writer.add_string("adapter.type", "lora")
        writer.add_float32("adapter.lora.alpha", max(alphas))

    return Planned(architecture.name, tell, entries, lambda: tensors)


def write(planned: Planned, file: Path) -> None:
    """Raises `disk_full` before anything is written, or OSError."""
    refuse_full_disk(planned.size_bytes, file.parent)
    writer = GGUFWriter(file, planned.architecture)
    try:
        planned.tell(writer)
        for entry in planned.entries:
            row = (*entry.shape[:-1], entry.shape[-1] * TYPES[entry.type][1].itemsize)
            writer.add_tensor_info(entry.name, row, np.dtype(np.uint8), entry.size_bytes, TYPES[entry.type][0])
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        for entry, values in zip(planned.entries, planned.tensors(), strict=True):
            writer.write_tensor_data(entry.encoded(values))
    finally:
        writer.close()


def read_back(planned: Planned, file: Path) -> int:
    """How many tensors the file holds, each of which is compared with what it should be. Raises `export_unverified`."""
    found = {tensor.name: tensor for tensor in GGUFReader(file).tensors}
    wrong = found.keys() ^ {entry.name for entry in planned.entries}
    for entry, values in zip(planned.entries, planned.tensors(), strict=True):
        if entry.name not in wrong and not entry.is_in(found[entry.name], values):
            wrong.add(entry.name)
    if wrong:
        message = f"{min(wrong)} was read back from the GGUF file as something else."
        raise TrainerError("export_unverified", message, hint="Export again; check the disk if it happens again.")
    return len(found)


def _stored(base_model: Path) -> Iterator[tuple[str, tuple[int, ...], str]]:
    """Name, shape and type of every weight, in the order of the files. Raises `export_unsupported`."""
    for file in weight_files(base_model):
        with safe_open(base_model / file, framework="pt") as stored:
            for name in stored.keys():  # noqa: SIM118 (no mapping)
                part = stored.get_slice(name)
                if part.get_dtype() not in TYPES:
                    raise unsupported(f"{name} is stored as {part.get_dtype()}")
                yield name, tuple(part.get_shape()), part.get_dtype()
