"""`selftest`: whether this installation trains, repeats itself, and saves what others can load."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import torch

from . import rng
from .adapter_folder import adapter_config, adapter_tensors, write_adapter
from .data.batches import Row, collate
from .hardware import resolve
from .loss import LossHead, backward
from .model import Trainable, initialise, trained_parameters
from .optimizer import Optimizer
from .reading import load_plain
from .threads import pin
from .variants import ADAPTER

STEPS: Final = 3
RATE: Final = 1e-2
ROWS: Final = (
    Row("a", [5, 6, 7, 8, 9, 10], [False, False, False, True, True, True]),
    Row("b", [11, 12, 13, 14], [False, False, True, True]),
)


def main(argv: list[str]) -> int:
    """Print `{ok, checks: {name: null or a reason}, device, precision, torch}`; exit status 1 unless all is well."""
    argparse.ArgumentParser(prog="pipeline_trainer selftest").parse_args(argv)
    pin(1)
    compute = resolve("auto", "auto")
    checks: dict[str, Callable[[], None]] = {
        "learns": learns,
        "repeats": repeats,
        "loads_in_plain_peft": loads_in_plain_peft,
    }
    results = {name: fault_of(check) for name, check in checks.items()}
    ok = not any(results.values())
    about = {"device": compute.name, "precision": compute.precision, "torch": torch.__version__}
    sys.stdout.write(json.dumps({"ok": ok, "checks": results, **about}) + "\n")
    return 0 if ok else 1


def fault_of(check: Callable[[], None]) -> str | None:
    """Why a check fails, or None."""
    try:
        check()
    except Exception as error:  # noqa: BLE001 (any fault of any library is an answer here)
        return f"{type(error).__name__}: {error}"[:300]
    return None


def learns() -> None:
    """Loss falls on a two-layer model."""
    losses = train(tiny())
    if not losses[-1] < losses[0]:
        raise ArithmeticError(f"the loss went from {losses[0]:.4f} to {losses[-1]:.4f}")


def repeats() -> None:
    """Two runs with one seed give the same bits."""
    first, second = tiny(), tiny()
    train(first)
    train(second)
    for name, tensor in first.parameters.items():
        if not torch.equal(tensor, second.parameters[name]):
            raise ArithmeticError(f"{name} differs between two runs with one seed")


def loads_in_plain_peft() -> None:
    """A saved adapter gives the same logits when PEFT loads it."""
    trainable = tiny()
    train(trainable)
    ids = torch.tensor([ROWS[0].ids])  # (1, seq)
    with TemporaryDirectory() as folder, torch.no_grad():
        config = adapter_config(trainable, base_name="selftest")
        write_adapter(Path(folder), adapter_tensors(trainable), config)
        own = trainable.model.eval()(input_ids=ids).logits
        plain = load_plain(trainable.model.unload(), Path(folder)).model.eval()(input_ids=ids).logits
    if not torch.equal(own, plain):
        raise ArithmeticError(f"logits differ by {float((own - plain).abs().max()):.2e}")


def tiny() -> Trainable:
    """A random llama of two layers with an adapter, the same every time."""
    from peft import LoraConfig, get_peft_model  # noqa: PLC0415 (its import is a part of the test)
    from transformers import LlamaConfig, LlamaForCausalLM  # noqa: PLC0415 (the same)

    sizes: dict[str, Any] = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
    heads: dict[str, Any] = {"num_attention_heads": 4, "num_key_value_heads": 2}
    rng.seed_everything(1)
    base = LlamaForCausalLM(LlamaConfig(vocab_size=32, **sizes, **heads)).requires_grad_(requires_grad=False)
    config = LoraConfig(r=4, lora_alpha=8, target_modules="all-linear", task_type="CAUSAL_LM")
    model = get_peft_model(base, config, adapter_name=ADAPTER)
    trainable = Trainable(model, trained_parameters(model))
    initialise(trainable, 1)
    return trainable


def train(trainable: Trainable) -> list[float]:
    """Losses of a few steps on two rows."""
    head = LossHead(trainable.model)
    optimizer = Optimizer(trainable.parameters, weight_decay=0.0, max_grad_norm=1.0)
    batch = collate(ROWS, pad_id=0)
    losses = []
    for _ in range(STEPS):
        loss = head.token_losses(batch).mean()
        backward(loss)
        optimizer.clip()
        optimizer.step(RATE)
        optimizer.drop_gradients()
        losses.append(float(loss.detach()))
    return losses
