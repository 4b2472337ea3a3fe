"""Models opened to read, not to train: for answers, held-out losses and checks."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from .adapter_folder import read_adapter
from .config import Quantization
from .data.templates import ChatTemplate, load_tokenizer
from .errors import TrainerError
from .hardware import Compute
from .held import shapes_only
from .model import Trainable, first_line, load_base
from .variants import ADAPTER


@dataclass(frozen=True, slots=True)
class Opened:
    """A model with its template; `trainable` where an adapter was opened on it."""

    model: Any
    template: ChatTemplate
    trainable: Trainable | None

    @contextmanager
    def subject(self, name: str) -> Iterator[Any]:
        """The model as `base` or as `adapter`, without dropout."""
        off = self.model.disable_adapter() if name == "base" and self.trainable is not None else nullcontext()
        with off:
            yield self.model


def open_model(
    base_model: Path, *, compute: Compute, adapter: Path | None = None, quantization: Quantization = "none"
) -> Opened:
    """Load a base model, with the adapter of a PEFT folder where one is given. Raises TrainerError."""
    if adapter is not None:
        read_adapter(adapter)
    template = ChatTemplate(load_tokenizer(base_model))
    base = load_base(base_model, dtype=compute.dtype, device=compute.device, quantization=quantization)
    if adapter is None:
        return Opened(base.eval(), template, None)
    trainable = load_plain(base, adapter)
    return Opened(trainable.model.eval(), template, trainable)


def load_plain(base: Any, adapter: Path) -> Trainable:
    """What anyone would do: plain `PeftModel.from_pretrained`. Raises `adapter_unusable`."""
    from peft import PeftModel  # noqa: PLC0415 (seconds to import, after the checks)

    try:
        with shapes_only():
            model = PeftModel.from_pretrained(base, str(adapter), adapter_name=ADAPTER, local_files_only=True)
    except (ValueError, RuntimeError, KeyError, TypeError, OSError) as error:
        raise TrainerError(
            "adapter_unusable",
            f"The adapter does not load on this base model: {first_line(error)}",
            hint="Use the base model that it was trained on.",
        ) from error
    named = {name: value for name, value in model.named_parameters() if f".{ADAPTER}." in name}
    return Trainable(model, named)


def cpu_float32() -> Compute:
    """Where comparisons are made."""
    return Compute(torch.device("cpu"), "cpu", "fp32")
