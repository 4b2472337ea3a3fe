"""Base model from a local folder, and the LoRA adapter on top of it."""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal, cast

import torch
from torch import nn
from torch.nn import Parameter

from .config import Quantization, Settings, TargetModules
from .errors import TrainerError
from .held import Here, Keep, held_count, hold_whole, shapes_only
from .quantized import quantize
from .variants import ADAPTER, add_origin
from .variants import initialise as start

UNSAFE_SUFFIXES: Final = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
ALL_LINEAR: Final = "all-linear"


@dataclass(frozen=True, slots=True)
class Trainable:
    """A PEFT model and its trained tensors, by name in the order of the model.

    `origin`: where a variant needs it, what is taken away again (`variants.add_origin`).
    """

    model: Any  # peft.PeftModel: its attributes are those of the wrapped architecture
    parameters: dict[str, Parameter]
    origin: Mapping[str, Parameter] = field(default_factory=dict)

    @property
    def trainable_count(self) -> int:
        """Trained numbers."""
        return sum(parameter.numel() for parameter in self.parameters.values())

    @property
    def total_count(self) -> int:
        """All numbers of base and adapter; tied weights count once."""
        parameters: int = sum(parameter.numel() for parameter in self.model.parameters())
        return parameters + held_count(self.model)


def hide_known_warnings() -> None:
    """Keep PEFT's use of a name that transformers renames from being the whole log of a run; all others stay."""
    warnings.filterwarnings("ignore", message="`is_gradient_checkpointing` is deprecated", category=FutureWarning)


def load_base(
    folder: Path,
    *,
    dtype: torch.dtype,
    device: torch.device,
    quantization: Quantization = "none",
    keep: Keep | None = None,
) -> Any:
    """Load `folder`: safetensors only, no code from the folder, nothing from a network; quantised while it is loaded.

    `keep`: where linear layers lie, if not on `device`. Raises `base_model_missing`, `base_model_unsafe` or
    `base_model_invalid`, or what `quantize` raises.
    """
    if quantization == "none" and keep is None:
        model = _open(folder, dtype)
    else:
        # Rounded once, where they are packed, and never all there at once.
        model = load_mapped(folder)
        if quantization != "none":
            quantize(model, quantization, dtype=dtype, device=device, keep=keep or Here)
        elif keep is not None:
            hold_whole(model, dtype, keep)
        for parameter in model.parameters():
            parameter.data = parameter.data.to(dtype)
    untyped: Any = model  # its stub of `to` knows no device
    return untyped.to(device).requires_grad_(requires_grad=False)


def load_mapped(folder: Path) -> Any:
    """The model with its weights as they are on disk: on the processor, mapped and not copied.

    Raises `base_model_missing`, `base_model_unsafe` or `base_model_invalid`.
    """
    return _open(folder, "auto").requires_grad_(requires_grad=False)


def _open(folder: Path, dtype: torch.dtype | Literal["auto"]) -> Any:
    refuse_unsafe(folder)
    hide_known_warnings()
    from transformers import AutoModelForCausalLM  # noqa: PLC0415 (seconds to import, after the checks)
    from transformers.utils import logging  # noqa: PLC0415 (the same)

    logging.disable_progress_bar()
    try:
        model = AutoModelForCausalLM.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, trust_remote_code=False, dtype=dtype
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise TrainerError(
            "base_model_invalid",
            f"The base model in {folder.name} cannot be loaded: {first_line(error)}",
            hint="Check that the folder is complete, or choose another base model.",
        ) from error
    model.config.use_cache = False
    return model


def refuse_unsafe(folder: Path) -> None:
    """Raises `base_model_missing`, or `base_model_unsafe` where only pickled weights are there."""
    if not (folder / "config.json").is_file():
        raise TrainerError(
            "base_model_missing",
            f"{folder.name} is no model folder: config.json is missing.",
            hint="Choose the folder that holds config.json and the safetensors files.",
        )
    if any(folder.glob("*.safetensors")):
        return
    pickled = sorted(path.name for path in folder.iterdir() if path.suffix in UNSAFE_SUFFIXES)
    code = "base_model_unsafe" if pickled else "base_model_missing"
    reason = f"only pickled weights ({pickled[0]})" if pickled else "no weights"
    raise TrainerError(code, f"{folder.name} holds {reason}.", hint="Use a version of the model with safetensors weights.")


def attach_adapter(base: Any, settings: Settings) -> Trainable:
    """Wrap `base` with a new adapter: float32 tensors, initialised from the seed's own stream.

    Raises `target_modules_unknown`.
    """
    from peft import LoraConfig, get_peft_model  # noqa: PLC0415 (seconds to import, after the checks)

    targets = resolve_targets(base, settings.target_modules)
    config = LoraConfig(
        r=settings.lora_rank,
        lora_alpha=cast("int", whole(settings.lora_alpha)),
        lora_dropout=settings.lora_dropout,
        target_modules=targets,
        fan_in_fan_out=any(_is_transposed(module) for module in base.modules()),
        bias="none",
        task_type="CAUSAL_LM",
        use_rslora=settings.variant == "rslora",
        use_dora=settings.variant == "dora",
    )
    with shapes_only():
        model = get_peft_model(base, config, adapter_name=ADAPTER)
        origin = add_origin(model, replace(config, lora_dropout=0.0)) if settings.variant == "pissa" else {}
    trainable = Trainable(model, trained_parameters(model), origin)
    initialise(trainable, settings.seed)
    return trainable


def trained_parameters(model: nn.Module) -> dict[str, Parameter]:
    """The tensors that learn, by name, in the order of the model."""
    return {name: value for name, value in model.named_parameters() if value.requires_grad}


def initialise(trainable: Trainable, seed: int) -> None:
    """Put every trained tensor at its start."""
    start(trainable.model, trainable.parameters, trainable.origin, seed=seed)


def resolve_targets(base: Any, targets: TargetModules) -> str | list[str]:
    """PEFT's `all-linear`, or the names, each of which must be a linear layer of `base`."""
    if targets == ALL_LINEAR:
        return ALL_LINEAR
    known = linear_names(base)
    unknown = [name for name in targets if name not in known]
    if unknown:
        raise TrainerError(
            "target_modules_unknown",
            f"The base model has no linear layer named {', '.join(unknown)}.",
            hint=f"Choose from: {', '.join(sorted(known))}.",
        )
    return sorted(targets)


def linear_names(base: nn.Module) -> frozenset[str]:
    """Last parts of the names of all linear layers."""
    return frozenset(
        name.rpartition(".")[2]
        for name, module in base.named_modules()
        if isinstance(module, nn.Linear) or _is_transposed(module)
    )


def _is_transposed(module: nn.Module) -> bool:
    """GPT-2's linear layer, whose weight is (in, out)."""
    from transformers.pytorch_utils import Conv1D  # noqa: PLC0415 (seconds to import, after the checks)

    return isinstance(module, Conv1D)


@contextmanager
def without_adapter(trainable: Trainable) -> Iterator[None]:
    """Inside the block the model is the untouched base; such a block may stand in another."""
    # Of the same name, transformers has a method.
    if any(getattr(layer, "disable_adapters", None) is True for layer in trainable.model.modules()):
        yield
        return
    try:
        with trainable.model.disable_adapter():
            yield
    finally:
        # Switching an adapter on again, PEFT lets all of it learn.
        for parameter in trainable.origin.values():
            parameter.requires_grad = False


def whole(value: float) -> int | float:
    """2.0 as 2: readers of adapter_config.json expect an integer alpha."""
    return int(value) if value == int(value) else value


def first_line(error: BaseException) -> str:
    """The first line of an error's text, at most 300 characters."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
