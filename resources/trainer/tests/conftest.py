"""What all tests of the trainer share."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from pipeline_trainer.threads import prepare_environment

# Before anything imports torch; and kernels for cards run where tests do.
os.environ.setdefault("TRITON_INTERPRET", "1")
prepare_environment()

# How long an example takes is the machine's matter.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "real: uses the bundled small model")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Without the collector, which finds nothing in what imports make and looks through all of it again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_unconfigure() -> None:
    """Or libraries of C++ report what was put aside as lost."""
    gc.unfreeze()


@pytest.fixture(scope="session")
def small_model() -> Path:
    """The bundled small model."""
    return Path(__file__).parents[2] / "models" / "smollm2-135m-instruct"


@pytest.fixture(scope="session")
def stored(small_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An adapter that visibly changes the small model."""
    import torch
    from peft import LoraConfig, get_peft_model

    from pipeline_trainer.adapter_folder import adapter_config, adapter_tensors, write_adapter
    from pipeline_trainer.model import Trainable, load_base
    from pipeline_trainer.variants import ADAPTER

    base = load_base(small_model, dtype=torch.float32, device=torch.device("cpu"))
    config = LoraConfig(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
    torch.manual_seed(7)
    model = get_peft_model(base, config, adapter_name=ADAPTER)
    trainable = Trainable(model, {name: value for name, value in model.named_parameters() if value.requires_grad})
    for parameter in trainable.parameters.values():
        parameter.data = torch.randn_like(parameter) * 0.05
    folder = tmp_path_factory.mktemp("stored")
    write_adapter(folder, adapter_tensors(trainable), adapter_config(trainable, base_name="smollm2"))
    return folder
