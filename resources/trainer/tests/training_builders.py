"""Builders for training tests: a two-layer model, a dataset and a run folder, made fresh in a temporary folder."""

import hashlib
import json
import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedTokenizerFast

from pipeline_trainer.config import JobFile, parse_job
from pipeline_trainer.data.batches import Row
from pipeline_trainer.fingerprint import model_fingerprint
from pipeline_trainer.protocol import EXIT_INTERRUPTED, Command, EventLog
from pipeline_trainer.run_state import Run
from pipeline_trainer.setup import setup

TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SPECIALS = ("<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>")
REAL_MODEL = Path(__file__).parents[2] / "models" / "smollm2-135m-instruct"
SETTINGS: dict[str, Any] = {
    "base_model": "tiny",
    "learning_rate": 5e-3,
    "batch_size": 4,
    "num_epochs": 2,
    "lora_rank": 4,
    "lora_alpha": 8,
    "lora_dropout": 0.0,
    "warmup_steps": None,
    "weight_decay": 0.0,
    "max_steps": None,
    "gradient_accumulation_steps": 1,
    "max_length": 128,
    "lr_scheduler": "cosine",
    "warmup_ratio": 0.03,
    "max_grad_norm": 1.0,
    "seed": 42,
    "validation_share": 0.1,
    "eval_steps": None,
    "save_steps": None,
    "save_total_limit": 3,
    "early_stopping_patience": None,
    "early_stopping_min_delta": 0.0,
    "target_modules": "all-linear",
    "method": "sft",
    "loss_scope": "auto",
    "precision": "fp32",
    "packing": "auto",
    "variant": "lora",
    "optimizer": "adamw",
    "beta": 0.1,
    "max_hours": None,
    "max_energy_kwh": None,
    "collapse": "off",
    "quantization": "none",
    "stratify": "auto",
    "processes": 1,
}


def make_model(
    folder: Path, *, layers: int = 2, family: str = "llama", template: str | None = TEMPLATE, **sizes: int
) -> Path:
    """A random model of two layers over bytes, with a chat template; `sizes` are its family's, or unusual ones."""
    vocabulary = make_tokenizer(folder, template)
    usual = {
        "vocab_size": vocabulary,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": layers,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "tie_word_embeddings": True,
        "max_position_embeddings": 512,
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": 1,
    }
    config = AutoConfig.for_model(family, **{**usual, **sizes})
    with torch.random.fork_rng():
        torch.manual_seed(7)
        AutoModelForCausalLM.from_config(config).save_pretrained(folder, safe_serialization=True)
    return folder


def make_tokenizer(folder: Path, template: str | None) -> int:
    """A tokenizer of bytes; returns how many tokens it has."""
    folder.mkdir(parents=True, exist_ok=True)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: index for index, token in enumerate([*SPECIALS, *alphabet])}
    raw = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, pad_token="<|pad|>", eos_token="<|end|>")
    tokenizer.add_special_tokens({"additional_special_tokens": list(SPECIALS[2:])})
    tokenizer.chat_template = template
    tokenizer.save_pretrained(folder)
    return len(vocabulary)


def make_records(count: int) -> list[dict[str, Any]]:
    """Questions with answers of different lengths, in two topics."""
    return [
        {
            "id": f"r{number}",
            "source_line": number + 1,
            "messages": [
                {"role": "user", "content": f"What is {number}?", "trained": False},
                {"role": "assistant", "content": "aye " * (1 + number % 5) + str(number), "trained": True},
            ],
            "scaffolding": {"topic": "even" if number % 2 == 0 else "odd"},
        }
        for number in range(count)
    ]


@dataclass(frozen=True)
class Folder:
    """A run folder on disk."""

    path: Path
    model: Path

    @property
    def job(self) -> JobFile:
        """Its job file, parsed."""
        return parse_job(json.loads((self.path / "job.json").read_bytes()))

    def events(self) -> list[dict[str, Any]]:
        """Every event so far."""
        return [json.loads(line) for line in (self.path / "events.jsonl").read_text().splitlines()]

    def named(self, name: str) -> list[dict[str, Any]]:
        """Events of one name."""
        return [event for event in self.events() if event["event"] == name]

    def change(self, **changes: Any) -> None:
        """Rewrite `job.json` with other settings or top-level keys."""
        document = json.loads((self.path / "job.json").read_bytes())
        for name, value in changes.items():
            target = document["settings"] if name in document["settings"] else document
            target[name] = value
        (self.path / "job.json").write_text(json.dumps(document))

    @property
    def steps_reported(self) -> int:
        """Metrics written so far, over all attempts; readable while another process writes."""
        events = self.path / "events.jsonl"
        return events.read_bytes().count(b'"event": "metrics"') if events.exists() else 0

    def curve(self, name: str) -> dict[int, Any]:
        """One figure of the metrics by step; a later attempt's point replaces an earlier one."""
        return {event["step"]: event.get(name) for event in self.named("metrics")}

    def adapter(self) -> bytes:
        """The resulting weights."""
        return (self.path / "adapter" / "adapter_model.safetensors").read_bytes()


def make_run(
    folder: Path,
    model: Path,
    *,
    records: Sequence[Mapping[str, Any]] | None = None,
    held_out: int = 3,
    prompts: Sequence[str] = (),
    **settings: Any,
) -> Folder:
    """A run folder for `model`; `settings` go over `SETTINGS`."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = list(make_records(23) if records is None else records)
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "dataset.jsonl").write_text(text)
    ids = [row["id"] for row in rows]
    split = {"seed": 42, "share": 0.1, "train": ids[held_out:], "held_out": ids[:held_out]}
    (folder / "split.json").write_text(json.dumps(split))
    merged = {**SETTINGS, **settings}
    per_epoch = -(-(len(ids) - held_out) // (merged["batch_size"] * merged["gradient_accumulation_steps"]))
    steps = merged["max_steps"] or per_epoch * merged["num_epochs"]
    epochs = -(-steps // per_epoch) if merged["max_steps"] else merged["num_epochs"]
    document = {
        "schema": 1,
        "job_id": str(uuid.uuid4()),
        "name": "test",
        "created_at": "2025-01-01T00:00:00.000Z",
        "app_version": "0.0.0",
        "settings": merged,
        "preset_id": "custom",
        "total_steps": steps,
        "total_epochs": epochs,
        "dataset": {
            "dataset_id": str(uuid.uuid4()),
            "dataset_version_id": str(uuid.uuid4()),
            "name": "test",
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
            "path": str(folder / "dataset.jsonl"),
            "format": "chat",
            "records": len(rows),
        },
        "base_model": {
            "base_model_id": str(uuid.uuid4()),
            "name": "tiny",
            "fingerprint": model_fingerprint(model),
            "path": str(model),
            "architecture": "LlamaForCausalLM",
        },
        "sample_prompts": [{"id": f"p{index}", "text": text} for index, text in enumerate(prompts)],
        "sample_max_new_tokens": 6,
        "device": "cpu",
        "threads": 1,
    }
    (folder / "job.json").write_text(json.dumps(document))
    return Folder(folder, model)


def make_elsewhere(checkpoint: Path, **exactness: Any) -> None:
    """Have a whole checkpoint say that it was made with other software or on another machine."""
    state = json.loads((checkpoint / "state.json").read_bytes())
    state["identity"]["exactness"] |= exactness
    content = json.dumps(state).encode()
    (checkpoint / "state.json").write_bytes(content)
    manifest = json.loads((checkpoint / "manifest.json").read_bytes())
    manifest["files"]["state.json"] = {"size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    (checkpoint / "manifest.json").write_text(json.dumps(manifest))


@dataclass
class FakeCommands:
    """Stands in for stdin: gives out each command once its poll has come."""

    at_poll: dict[int, Command] = field(default_factory=dict)
    loading_step: int = 0
    polls: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ready(self) -> None:
        """Loading is over."""

    def poll(self) -> Command | None:
        """The command for this poll, if any."""
        self.polls += 1
        return self.at_poll.pop(self.polls, None)


def open_run(folder: Folder, *, at_poll: Mapping[int, Command] | None = None) -> Run:
    """A run that is set up and about to start."""
    log = EventLog(folder.path, heartbeat_seconds=3600)
    return setup(folder.path, job=folder.job, log=log, commands=FakeCommands(dict(at_poll or {})), cache_dir=None)


def attempt(
    folder: Folder,
    *,
    at_poll: Mapping[int, Command] | None = None,
    commands: FakeCommands | None = None,
    cache_dir: Path | None = None,
) -> int:
    """One attempt in this process; returns the exit status."""
    from pipeline_trainer.train import run

    log = EventLog(folder.path, heartbeat_seconds=3600)
    listener: Any = commands or FakeCommands(dict(at_poll or {}))
    try:
        return run(folder.path, job=folder.job, log=log, commands=listener, cache_dir=cache_dir)
    finally:
        log.close()


def assert_learns_and_goes_on(straight: Folder, stopped: Folder, *, gain: float, poll: int) -> None:
    """The held-out loss falls by `gain`, and a run that is paused at every `poll` ends with the same weights."""
    assert attempt(straight) == 0
    completed = straight.named("completed")[0]
    assert completed["final_validation_loss"] < completed["base_validation_loss"] - gain
    while attempt(stopped, at_poll={poll: Command("pause")}) == EXIT_INTERRUPTED:
        pass
    assert len(stopped.named("hello")) > 1
    assert stopped.adapter() == straight.adapter()


def make_rows(lengths: Sequence[int], *, vocabulary: int = 200, trained: int = 5) -> list[Row]:
    """Random rows whose last `trained` tokens are targets."""
    stream = torch.Generator().manual_seed(3)
    return [
        Row(
            f"row{index}",
            torch.randint(5, vocabulary, (length,), generator=stream).tolist(),
            [position >= length - trained for position in range(length)],
        )
        for index, length in enumerate(lengths)
    ]
