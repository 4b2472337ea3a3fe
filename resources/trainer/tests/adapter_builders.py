"""Adapters that nothing has trained, for what is made of them."""

from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model

from pipeline_trainer.adapter_folder import adapter_config, adapter_tensors, write_adapter
from pipeline_trainer.model import Trainable, load_base
from pipeline_trainer.variants import ADAPTER


def make_adapter(folder: Path, base: Path, **lora: Any) -> Path:
    """One that changes every linear layer of `base` plainly."""
    model = load_base(base, dtype=torch.float32, device=torch.device("cpu"))
    config = LoraConfig(**{"r": 4, "lora_alpha": 8, "target_modules": "all-linear", "task_type": "CAUSAL_LM", **lora})
    with torch.random.fork_rng():
        torch.manual_seed(3)
        wrapped = get_peft_model(model, config, adapter_name=ADAPTER)
        parameters = {name: value for name, value in wrapped.named_parameters() if value.requires_grad}
        for parameter in parameters.values():
            parameter.data = parameter.data + 0.1 * torch.randn_like(parameter)
    trainable = Trainable(wrapped, parameters)
    folder.mkdir()
    write_adapter(folder, adapter_tensors(trainable), adapter_config(trainable, base_name="tiny"))
    return folder
