"""The rivals, each as its own documentation has it; rows, masks, start, rate and clipping are everyone's.

peft         transformers' Trainer over a PEFT model, one row a pass.
trl_default  TRL's SFTTrainer as it comes: rows of a step padded to one pass, recompute on.
trl_tuned    TRL's SFTTrainer without recompute and with the passes that are fastest on a processor.

In bf16 every one of them computes under autocast, on a base of bf16; TRL as it comes has the float32 base
that it loads by itself.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import torch
from datasets import Dataset
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer, Trainer, TrainerCallback, TrainingArguments
from trl import SFTConfig, SFTTrainer

from pipeline_trainer.config import JobFile, load_job
from pipeline_trainer.threads import pin

from .turns import Turns
from .workload import ROWS, START

IGNORED: Final = -100
# Rows a pass and whether activations are recomputed, by contender.
PASSES: Final = {"peft": 1, "trl_tuned": 1, "trl_default": 8}


class Turn(TrainerCallback):  # type: ignore[misc]  # untyped there
    """Holds a trainer at the end of a turn."""

    def __init__(self, turns: Turns) -> None:
        """`turns` decides when."""
        self._turns = turns

    def on_step_end(self, *_arguments: Any, **_state: Any) -> None:
        """After every optimizer step."""
        self._turns.after_step()


def train_rival(name: str, folder: Path, target: Path, *, turns: Turns) -> None:
    """Train rival `name` on the job in `folder` and write its adapter to `target`."""
    job = load_job(folder)
    pin(job.threads)
    torch.use_deterministic_algorithms(mode=False)
    torch.manual_seed(job.settings.seed)
    rows = json.loads((folder / ROWS).read_text("utf-8"))["train"]
    narrow = job.settings.precision == "bf16" and name != "trl_default"
    dtype = torch.bfloat16 if narrow else torch.float32
    base = AutoModelForCausalLM.from_pretrained(job.base_model.path, dtype=dtype, local_files_only=True)
    model = PeftModel.from_pretrained(base, folder / START, is_trainable=True)
    tokenizer = AutoTokenizer.from_pretrained(job.base_model.path, local_files_only=True)
    make = _stock_trainer if name.startswith("peft") else _trl_trainer
    kind, _, rows_a_pass = name.partition(":")
    trainer = make(kind, job, rows, model=model, tokenizer=tokenizer, at_once=int(rows_a_pass or PASSES[kind]), out=target)
    trainer.add_callback(Turn(turns))
    trainer.train()
    last = [entry for entry in trainer.state.log_history if "loss" in entry][-1]
    turns.done(torch.device("cpu"), loss=float(last["loss"]), gradient_norm=float(last["grad_norm"]))
    model.save_pretrained(str(target))


def _stock_trainer(
    _kind: str, job: JobFile, rows: list[Mapping[str, Any]], *, model: Any, tokenizer: Any, at_once: int, out: Path
) -> Any:
    data = [{"input_ids": row["ids"], "labels": labels_of(row)} for row in rows]

    def collate(batch: list[Mapping[str, Any]]) -> dict[str, torch.Tensor]:
        width = max(len(row["input_ids"]) for row in batch)
        fill = {"input_ids": tokenizer.pad_token_id, "labels": IGNORED}
        made = {
            name: torch.tensor([[*row[name], *[value] * (width - len(row[name]))] for row in batch])
            for name, value in fill.items()
        }
        seen = [[1] * len(row["input_ids"]) + [0] * (width - len(row["input_ids"])) for row in batch]
        return {**made, "attention_mask": torch.tensor(seen)}

    arguments = TrainingArguments(**_common(job, at_once, out))
    return Trainer(model=model, args=arguments, train_dataset=data, data_collator=collate)


def _trl_trainer(
    kind: str, job: JobFile, rows: list[Mapping[str, Any]], *, model: Any, tokenizer: Any, at_once: int, out: Path
) -> Any:
    columns = {
        "input_ids": [row["ids"] for row in rows],
        "completion_mask": [[int(on) for on in row["trained"]] for row in rows],
    }
    tuned = {} if kind == "trl_default" else {"gradient_checkpointing": False}
    arguments = SFTConfig(**_common(job, at_once, out), completion_only_loss=True, **tuned)
    return SFTTrainer(model=model, args=arguments, train_dataset=Dataset.from_dict(columns), processing_class=tokenizer)


def labels_of(row: Mapping[str, Any]) -> list[int]:
    """The token where it is trained, else what the loss ignores."""
    return [token if on else IGNORED for token, on in zip(row["ids"], row["trained"], strict=True)]


def _common(job: JobFile, at_once: int, out: Path) -> dict[str, Any]:
    settings = job.settings
    return {
        "output_dir": str(out / "work"),
        "per_device_train_batch_size": at_once,
        "gradient_accumulation_steps": settings.records_per_step // at_once,
        "learning_rate": settings.learning_rate,
        "lr_scheduler_type": "constant",
        "max_steps": job.total_steps,
        "max_grad_norm": settings.max_grad_norm,
        "weight_decay": settings.weight_decay,
        "seed": settings.seed,
        "train_sampling_strategy": "sequential",
        "save_strategy": "no",
        "logging_steps": 1,
        "report_to": [],
        "disable_tqdm": True,
        "use_cpu": True,
        "bf16": settings.precision == "bf16",
        "dataloader_pin_memory": False,
    }
