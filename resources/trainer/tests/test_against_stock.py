"""Rule 11: the loop computes what a plain loop over stock PEFT computes on the same batches."""

from pathlib import Path

import pytest
import torch
from peft import LoraConfig, get_peft_model
from torch.nn import functional
from training_builders import Folder, attempt, make_model, make_run, open_run
from transformers import AutoModelForCausalLM

from pipeline_trainer.adapter_folder import adapter_tensors, disk_name
from pipeline_trainer.config import Settings

STEPS = 200
TOLERANCE = 1e-4


def stock_losses(folder: Folder) -> list[float]:
    """Losses of transformers, PEFT and AdamW as anyone would write them; batches and start are the run's."""
    run = open_run(folder)
    settings: Settings = run.job.settings
    start = adapter_tensors(run.trainable)
    batches = [[run.train_rows[index] for index in run.sampler.next_step()] for _ in range(STEPS)]
    rates = [run.schedule.rate(step) for step in range(1, STEPS + 1)]
    run.log.close()
    base = AutoModelForCausalLM.from_pretrained(folder.model, dtype=torch.float32)
    config = LoraConfig(r=settings.lora_rank, lora_alpha=8, target_modules="all-linear", task_type="CAUSAL_LM")
    model = get_peft_model(base, config)
    trained = {name: value for name, value in model.named_parameters() if value.requires_grad}
    for name, value in trained.items():
        value.data.copy_(start[disk_name(name)])
    optimizer = torch.optim.AdamW(trained.values(), weight_decay=0.0)
    losses = []
    for rows, rate in zip(batches, rates, strict=True):
        width = max(len(row.ids) for row in rows)
        ids = torch.tensor([row.ids + [0] * (width - len(row.ids)) for row in rows])
        mask = torch.tensor([[1] * len(row.ids) + [0] * (width - len(row.ids)) for row in rows])
        labels = torch.tensor(
            [
                [token if on else -100 for token, on in zip(row.ids, row.trained, strict=True)]
                + [-100] * (width - len(row.ids))
                for row in rows
            ]
        )
        logits = model(input_ids=ids, attention_mask=mask).logits
        loss = functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained.values(), settings.max_grad_norm)
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
    return losses


def test_rule_11_two_hundred_steps_have_the_losses_of_stock_peft(tmp_path: Path) -> None:
    model = make_model(tmp_path / "model")
    folder = make_run(tmp_path / "run", model, batch_size=2, num_epochs=20, lora_rank=8, max_grad_norm=0.5)
    assert folder.job.total_steps == STEPS
    expected = stock_losses(folder)
    assert attempt(folder) == 0
    found = [event["training_loss"] for event in folder.named("metrics")]
    assert expected[-1] < expected[0] - 0.5
    assert found == pytest.approx(expected, abs=TOLERANCE)
