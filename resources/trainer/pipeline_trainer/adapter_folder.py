"""A PEFT adapter folder: two files that PEFT, vLLM and llama.cpp read."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from .durable import write_durably
from .errors import TrainerError
from .model import Trainable
from .variants import ADAPTER, MAGNITUDE, joined, parted

WEIGHTS: Final = "adapter_model.safetensors"
CONFIG: Final = "adapter_config.json"
ADAPTER_FILES: Final = (WEIGHTS, CONFIG)


def adapter_tensors(trainable: Trainable) -> dict[str, Tensor]:
    """The adapter by PEFT's names on disk, float32, on the processor."""
    return {
        disk_name(name): joined(name, value.detach(), trainable.origin).cpu().float().contiguous()
        for name, value in trainable.parameters.items()
    }


def set_adapter_tensors(trainable: Trainable, tensors: Mapping[str, Tensor]) -> None:
    """Overwrite the adapter in place. Raises KeyError or RuntimeError when names or shapes differ."""
    for name, parameter in trainable.parameters.items():
        parts = parted(name, tensors[disk_name(name)], has_origin=name in trainable.origin)
        for target, part in zip((parameter, trainable.origin.get(name)), parts, strict=False):
            if target is not None:
                target.data.copy_(part)


def disk_name(name: str) -> str:
    """`….lora_A.default.weight` as PEFT stores it: `….lora_A.weight`; a magnitude has no ending."""
    stored = name.replace(f".{ADAPTER}.", ".")
    return stored.removesuffix(".weight") if MAGNITUDE in name else stored


def adapter_config(trainable: Trainable, *, base_name: str) -> dict[str, Any]:
    """`adapter_config.json`, the same bytes for the same settings.

    PEFT keeps sets, whose order changes from process to process, and the private path of the base model.
    """
    document = dict(trainable.model.peft_config[ADAPTER].to_dict())
    document |= {"base_model_name_or_path": base_name, "inference_mode": True}
    if trainable.origin:
        document |= {name: 2 * document[name] for name in ("r", "lora_alpha")}
    return {name: _plain(value) for name, value in sorted(document.items())}


def write_adapter(folder: Path, tensors: Mapping[str, Tensor], config: Mapping[str, Any]) -> None:
    """Write both files. Raises OSError or SafetensorError."""
    save_file(dict(tensors), folder / WEIGHTS, metadata={"format": "pt"})
    write_durably(folder / CONFIG, json.dumps(config, indent=2).encode() + b"\n")


def read_adapter(folder: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Tensors and configuration. Raises `adapter_missing` or `adapter_damaged`."""
    for name in ADAPTER_FILES:
        if not (folder / name).is_file():
            raise TrainerError("adapter_missing", f"{folder.name} holds no {name}.", hint="Choose an adapter folder.")
    try:
        return load_file(folder / WEIGHTS), dict(json.loads((folder / CONFIG).read_bytes()))
    except (OSError, ValueError, SafetensorError) as error:
        raise TrainerError(
            "adapter_damaged", f"The adapter in {folder.name} cannot be read: {error}.", hint="Restore it, or train again."
        ) from error


def _plain(value: Any) -> Any:
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value.value) if hasattr(value, "value") else value
