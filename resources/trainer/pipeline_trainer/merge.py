"""The base model's weights with an adapter added, in the base model's own files, names and types.

W' = W + s·B·A is summed in float32 and rounded once, tensor by tensor; one file at a time is in memory. A
magnitude (DoRA) then gives every row of W' its length. All of them can be written as float32 instead.
"""

import json
import math
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from .adapter_folder import read_adapter
from .durable import write_durably
from .errors import TrainerError

SINGLE: Final = "model.safetensors"
DTYPE_KEYS: Final = ("dtype", "torch_dtype")
INDEX: Final = "model.safetensors.index.json"
CONFIG: Final = "config.json"
CONFIG_FILES: Final = (CONFIG, "generation_config.json", INDEX)
SUMMABLE: Final = (torch.float32, torch.bfloat16, torch.float16)
NARROW: Final = {"BF16": "bfloat16", "F16": "float16"}
GB: Final = 1e9
PREFIX: Final = "base_model.model."
A_END: Final = ".lora_A.weight"
B_END: Final = ".lora_B.weight"
MAGNITUDE_END: Final = ".lora_magnitude_vector"


@dataclass(frozen=True, slots=True)
class Delta:
    """What one layer's adapter adds: A (rank, in), B (out, rank), and the length (out,) of each row where it is trained."""

    a: Tensor
    b: Tensor
    scaling: float
    magnitude: Tensor | None
    transposed: bool

    def added_to(self, weight: Tensor) -> Tensor:
        """The changed weight in float32, in the layout of `weight`."""
        rows = weight.T if self.transposed else weight  # (out, in)
        changed = rows.float() + self.scaling * (self.b.float() @ self.a.float())
        if self.magnitude is not None:
            changed *= (self.magnitude.float() / torch.linalg.norm(changed, dim=1))[:, None]
        return (changed.T if self.transposed else changed).contiguous()


def merge(base_model: Path, adapter: Path, target: Path, *, in_float32: bool = False) -> None:
    """Write the merged weights and the configuration of `base_model` into the folder `target`.

    With `in_float32` nothing is rounded, and files of 16 bit double. Raises `merge_impossible`, `disk_full`,
    `adapter_damaged` or OSError.
    """
    files = weight_files(base_model)
    deltas = deltas_for(base_model, adapter)
    refuse_full_disk(sum(size_of(base_model / file, in_float32=in_float32) for file in files), target)
    for file in files:
        _merge_file(base_model / file, target / file, deltas, in_float32=in_float32)
    for name in CONFIG_FILES:
        if (base_model / name).is_file():
            write_durably(target / name, (base_model / name).read_bytes())
    if in_float32:
        name_float32(target)


def merged_weights(base_model: Path, deltas: Mapping[str, Delta], *, in_float32: bool) -> Iterator[tuple[str, Tensor]]:
    """Every weight with `deltas` added, by its name and one at a time, in the order of the files."""
    for file in weight_files(base_model):
        with safe_open(base_model / file, framework="pt") as stored:
            for name in stored.keys():  # noqa: SIM118 (no mapping)
                yield name, _merged(name, stored.get_tensor(name), deltas, in_float32=in_float32)


def deltas_for(base_model: Path, adapter: Path) -> dict[str, Delta]:
    """What the adapter changes, by the names in the files of `base_model`. Raises `merge_impossible`."""
    names = names_in(base_model / file for file in weight_files(base_model))
    deltas = as_stored(deltas_of(*read_adapter(adapter)), names)
    left = deltas.keys() - names
    if left:
        raise _impossible(f"{min(left)}, which the adapter changes, is not in the files of {base_model.name}")
    return deltas


def name_float32(folder: Path) -> None:
    """In the configuration, by the key that it has for it, of which there are two spellings; and in the index."""
    config = json.loads((folder / CONFIG).read_bytes())
    keys = [key for key in DTYPE_KEYS if key in config] or DTYPE_KEYS[-1:]
    write_durably(folder / CONFIG, json.dumps(config | dict.fromkeys(keys, "float32"), indent=2).encode())
    if (folder / INDEX).is_file():
        index = json.loads((folder / INDEX).read_bytes())
        size = sum(size_of(folder / file, in_float32=True) for file in weight_files(folder))
        index["metadata"] = index.get("metadata", {}) | {"total_size": size}
        write_durably(folder / INDEX, json.dumps(index, indent=2).encode())


def size_of(file: Path, *, in_float32: bool) -> int:
    """Bytes that the merged file will take."""
    if not in_float32:
        return file.stat().st_size
    with safe_open(file, framework="pt") as stored:
        shapes = [stored.get_slice(name).get_shape() for name in stored.keys()]  # noqa: SIM118 (no mapping)
    return sum(4 * math.prod(shape) for shape in shapes)


def rounded_to(folder: Path) -> str | None:
    """The type of the weights of a model folder that is narrower than float32, by its name in torch."""
    for file in weight_files(folder):
        with safe_open(folder / file, framework="pt") as stored:
            for name in stored.keys():  # noqa: SIM118 (no mapping)
                if stored.get_slice(name).get_dtype() in NARROW:
                    return NARROW[stored.get_slice(name).get_dtype()]
    return None


def refuse_full_disk(needed: int, folder: Path) -> None:
    """Raises `disk_full` before anything is written."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        message = f"The merged model takes {needed / GB:.1f} GB, and {folder.parent} has {free / GB:.1f} GB free."
        raise TrainerError("disk_full", message, hint="Free space, or choose another disk.")


def weight_files(base_model: Path) -> list[str]:
    """Names of the files that hold the weights, in the order of the index. Raises `merge_impossible`."""
    if (base_model / SINGLE).is_file():
        return [SINGLE]
    if not (base_model / INDEX).is_file():
        raise _impossible(f"{base_model.name} has neither {SINGLE} nor {INDEX}")
    return list(dict.fromkeys(json.loads((base_model / INDEX).read_bytes())["weight_map"].values()))


def deltas_of(tensors: Mapping[str, Tensor], config: Mapping[str, Any]) -> dict[str, Delta]:
    """The adapter by the names of the weights that it changes."""
    rank = config["r"]
    scaling = config["lora_alpha"] / (math.sqrt(rank) if config.get("use_rslora") else rank)
    layers = [name.removesuffix(A_END) for name in tensors if name.endswith(A_END)]
    return {
        f"{layer.removeprefix(PREFIX)}.weight": Delta(
            tensors[layer + A_END],
            tensors[layer + B_END],
            scaling,
            tensors.get(layer + MAGNITUDE_END),
            transposed=bool(config.get("fan_in_fan_out")),
        )
        for layer in layers
    }


def names_in(files: Iterable[Path]) -> frozenset[str]:
    """The names of all tensors in `files`."""
    names: set[str] = set()
    for file in files:
        with safe_open(file, framework="pt") as stored:
            names.update(stored.keys())
    return frozenset(names)


def as_stored(deltas: Mapping[str, Delta], names: frozenset[str]) -> dict[str, Delta]:
    """`deltas` by the names of the files: those of a model that was saved without its head lack the first part."""
    shorter = {name: name.partition(".")[2] for name in deltas if name not in names}
    return {(shorter[name] if shorter.get(name) in names else name): delta for name, delta in deltas.items()}


def _merge_file(source: Path, target: Path, deltas: Mapping[str, Delta], *, in_float32: bool) -> None:
    with safe_open(source, framework="pt") as stored:
        names = list(stored.keys())
        whole = {name: _merged(name, stored.get_tensor(name), deltas, in_float32=in_float32) for name in names}
        _save(whole, target, stored.metadata() or {"format": "pt"})


def _save(tensors: Mapping[str, Tensor], target: Path, metadata: Mapping[str, str]) -> None:
    """With the modes of any new file: safetensors makes one that only its owner may read."""
    target.touch()
    usual = stat.S_IMODE(target.stat().st_mode)
    save_file(dict(tensors), target, metadata=dict(metadata))
    target.chmod(usual)


def _merged(name: str, weight: Tensor, deltas: Mapping[str, Delta], *, in_float32: bool) -> Tensor:
    dtype = torch.float32 if in_float32 and weight.is_floating_point() else weight.dtype
    if name not in deltas:
        return weight.to(dtype)
    if weight.dtype not in SUMMABLE:
        raise _impossible(
            f"{name} is stored as {str(weight.dtype).removeprefix('torch.')}, which an adapter cannot be added to"
        )
    return deltas[name].added_to(weight).to(dtype)


def _impossible(reason: str) -> TrainerError:
    return TrainerError(
        "merge_impossible",
        f"The adapter cannot be merged: {reason}.",
        hint="Export the adapter and load it beside its base.",
    )
