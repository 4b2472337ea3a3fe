"""Peak memory of many configurations, each measured in a process of its own: `python -m bench.memory --base-model DIR`.

Prints one JSON object a line, a configuration with what it measured. The models are the bundled one and random
ones of other shapes, made here; their weights are bfloat16 on disk, as most are.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from safetensors import safe_open

from .compare import ROOT, environment
from .workload import settings_of

BUNDLED: Final = "bundled"
STEPS: Final = 2
# Of a run whose lengths differ: what is held between tensors has grown to most of what it will be.
MANY_STEPS: Final = 12
PASSES_A_STEP: Final = 4
TOKENIZER_FILES: Final = ("tokenizer*", "special_tokens_map.json", "vocab.json", "merges.txt", "chat_template*")
NARROW: Final = {"precision": "bf16"}
USUAL: Final = {"variant": "lora", "optimizer": "adamw", "packing": "auto", "quantization": "none"}
# hidden, intermediate, layers, heads, key heads, vocabulary, and whether both embeddings are one
SHAPES: Final = {
    "small": (256, 1024, 6, 4, 2, 8192, True),
    "wide": (1024, 2816, 4, 16, 4, 16_384, False),
    "deep": (320, 1280, 24, 5, 5, 8192, True),
    "vocabulary": (384, 1024, 4, 6, 2, 98_304, True),
}


@dataclass(frozen=True)
class Configuration:
    """What is trained: the model by name, rows a pass, their length, the trained share of each, and settings."""

    model: str
    micro_batch: int
    longest_row: int
    trained_share: float = 0.5
    settings: dict[str, Any] = field(default_factory=dict)
    recompute_mlps: int = 0
    recompute_layers: int = 0
    differing: bool = False  # lengths, from a fifth of the longest row to all of it, in a dozen steps of several passes


CONFIGURATIONS: Final = (
    Configuration(BUNDLED, 1, 128),
    Configuration(BUNDLED, 1, 384),
    Configuration(BUNDLED, 3, 128),
    Configuration(BUNDLED, 1, 128, 1.0),
    Configuration(BUNDLED, 1, 256, settings={"lora_dropout": 0.05}),
    Configuration(BUNDLED, 1, 128, settings={"lora_rank": 64}),
    Configuration(BUNDLED, 1, 384, recompute_mlps=30),
    Configuration(BUNDLED, 1, 384, recompute_layers=30),
    Configuration(BUNDLED, 2, 128, settings={"target_modules": ["q_proj", "v_proj"]}),
    Configuration("small", 4, 256),
    Configuration("small", 8, 128, 1.0),
    Configuration("small", 8, 128, 0.1),
    Configuration("small", 2, 1024),
    Configuration("small", 8, 256, settings={"lora_dropout": 0.1}),
    Configuration("small", 8, 256, settings={"packing": "on"}),
    Configuration("small", 8, 256, settings={"lora_rank": 128}),
    Configuration("small", 2, 128, settings={"precision": "bf16"}),
    Configuration("wide", 2, 256),
    Configuration("wide", 4, 256),
    Configuration("wide", 4, 256, settings={"lora_dropout": 0.05}),
    Configuration("wide", 4, 256, settings={"lora_rank": 128}),
    Configuration("wide", 2, 256, settings={"variant": "dora"}),
    Configuration("wide", 2, 256, settings={"variant": "pissa"}),
    Configuration("wide", 2, 256, settings={"variant": "lora_plus"}),
    Configuration("wide", 4, 256, recompute_layers=2),
    Configuration("deep", 2, 256),
    Configuration("deep", 4, 256),
    Configuration("deep", 4, 256, settings={"packing": "on"}),
    Configuration("deep", 4, 256, settings={"optimizer": "adafactor", "lora_rank": 64}),
    Configuration("deep", 4, 256, recompute_mlps=24),
    Configuration("deep", 4, 256, recompute_layers=12),
    Configuration("deep", 4, 256, recompute_layers=24),
    Configuration("deep", 4, 256, settings={"lora_dropout": 0.1}),
    Configuration("vocabulary", 2, 256, 1.0),
    Configuration("vocabulary", 4, 256, 0.5),
    Configuration("vocabulary", 2, 256, settings={"method": "dpo"}),
    Configuration("vocabulary", 2, 256, 0.1, settings={"target_modules": ["q_proj", "k_proj", "v_proj", "o_proj"]}),
    Configuration("vocabulary", 2, 256, 1.0, settings={"method": "text"}),
    Configuration(BUNDLED, 1, 128, settings={"quantization": "int8"}),
    Configuration(BUNDLED, 1, 128, settings={"quantization": "nf4"}),
    Configuration(BUNDLED, 1, 384, settings={"quantization": "nf4"}, recompute_layers=30),
    Configuration("small", 2, 128, settings={"quantization": "int8", "precision": "bf16"}),
    Configuration("wide", 2, 256, settings={"quantization": "int8"}),
    Configuration("wide", 4, 256, settings={"quantization": "nf4"}),
    Configuration("wide", 2, 256, settings={"quantization": "nf4", "variant": "dora"}),
    Configuration("deep", 4, 256, settings={"quantization": "nf4", "optimizer": "adamw_8bit", "lora_rank": 64}),
    Configuration("wide", 4, 256, settings={"optimizer": "adamw_8bit", "lora_rank": 128}),
    Configuration("vocabulary", 2, 256, 1.0, settings={"quantization": "nf4"}),
    Configuration(BUNDLED, 1, 128, settings=NARROW),
    Configuration(BUNDLED, 2, 256, settings=NARROW),
    Configuration(BUNDLED, 1, 512, settings=NARROW),
    Configuration(BUNDLED, 2, 256, settings={**NARROW, "lora_dropout": 0.05}),
    Configuration(BUNDLED, 1, 384, settings=NARROW, recompute_mlps=30),
    Configuration(BUNDLED, 1, 384, settings=NARROW, recompute_layers=30),
    Configuration("small", 2, 1024, settings=NARROW),
    Configuration("wide", 4, 256, settings=NARROW),
    Configuration("wide", 4, 256, settings={**NARROW, "lora_dropout": 0.05, "lora_rank": 128}),
    Configuration("wide", 2, 256, settings={**NARROW, "variant": "dora"}),
    Configuration("deep", 4, 256, settings=NARROW),
    Configuration("vocabulary", 4, 256, 0.5, settings=NARROW),
    Configuration("wide", 2, 256, settings={**NARROW, "variant": "dora", "lora_dropout": 0.05}),
    Configuration("wide", 2, 256, settings={**NARROW, "variant": "dora", "lora_dropout": 0.05, "quantization": "nf4"}),
    Configuration("wide", 4, 256, settings={**NARROW, "method": "kto"}),
    Configuration("wide", 2, 256, settings={**NARROW, "method": "orpo"}),
    Configuration("wide", 2, 256, settings={"variant": "pissa", "quantization": "nf4"}),
    Configuration(BUNDLED, 2, 384, settings=NARROW, differing=True),
    Configuration("wide", 4, 256, settings=NARROW, differing=True),
    Configuration("deep", 4, 256, settings=NARROW, differing=True),
    Configuration("wide", 4, 256, differing=True),
    Configuration("small", 4, 512, settings=NARROW, differing=True),
    Configuration("deep", 4, 256, differing=True),
    Configuration(BUNDLED, 2, 256, differing=True),
    Configuration("vocabulary", 4, 256, settings=NARROW, differing=True),
)


def main() -> None:
    """Measure all of them, or those whose number is given with `--only`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--base-model", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--only", type=int, nargs="*", default=range(len(CONFIGURATIONS)))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-memory-") as name:
        folder = Path(name)
        for number in options.only:
            configuration = CONFIGURATIONS[number]
            model = options.base_model
            if configuration.model != BUNDLED:
                model = make_model(folder / configuration.model, configuration.model, tokenizer=options.base_model)
            document = {**asdict(configuration), **described(model)}
            measured = measure(folder / f"run-{number}", model, document, threads=options.threads)
            sys.stdout.write(json.dumps({**document, **measured}) + "\n")
            sys.stdout.flush()


def make_model(folder: Path, name: str, *, tokenizer: Path) -> Path:
    """A random llama of that shape, with the tokenizer of another model; made once."""
    if folder.exists():
        return folder
    import torch  # noqa: PLC0415 (seconds to import)
    from transformers import LlamaConfig, LlamaForCausalLM  # noqa: PLC0415 (the same)

    hidden, intermediate, layers, heads, key_heads, vocabulary, tied = SHAPES[name]
    config = LlamaConfig(
        hidden_size=hidden,
        intermediate_size=intermediate,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=key_heads,
        vocab_size=vocabulary,
        tie_word_embeddings=tied,
    )
    LlamaForCausalLM(config).to(torch.bfloat16).save_pretrained(folder)
    for pattern in TOKENIZER_FILES:
        for path in tokenizer.glob(pattern):
            shutil.copy(path, folder)
    return folder


def described(model: Path) -> dict[str, Any]:
    """Shape, parameters and bytes of the weights of a model, as the app reads them."""
    config = json.loads((model / "config.json").read_text("utf-8"))
    files = sorted(model.glob("*.safetensors"))
    parameters = 0
    for path in files:
        with safe_open(path, framework="np") as weights:
            shapes = [weights.get_slice(name).get_shape() for name in weights.keys()]  # noqa: SIM118 (no mapping)
        for shape in shapes:
            size = 1
            for width in shape:
                size *= width
            parameters += size
    names = ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads")
    shape = {name: config[name] for name in (*names, "vocab_size", "tie_word_embeddings")}
    shape["head_dim"] = config.get("head_dim") or config["hidden_size"] // config["num_attention_heads"]
    return {"shape": shape, "parameters": parameters, "size_bytes": sum(path.stat().st_size for path in files)}


def measure(folder: Path, model: Path, document: dict[str, Any], *, threads: int) -> dict[str, Any]:
    """What one configuration held at most, in a process of its own."""
    folder.mkdir()
    job = _job(model, document, threads=threads)
    answer = subprocess.run(
        [sys.executable, "-m", "bench.memory_once", str(folder)],
        cwd=ROOT,
        env=environment(),
        input=json.dumps({**document, "job": job}),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    shutil.rmtree(folder)
    return {"settings": job["settings"], **json.loads(answer)}


def _job(model: Path, document: dict[str, Any], *, threads: int) -> dict[str, Any]:
    rows, steps = document["micro_batch"], STEPS
    if document["differing"]:
        rows, steps = rows * PASSES_A_STEP, MANY_STEPS
    settings = {**settings_of(records_per_step=rows, steps=steps, dropout=0.0, precision="fp32"), **USUAL}
    plan = {name: document[name] for name in ("micro_batch", "recompute_mlps", "recompute_layers")}
    return {
        "schema": 1,
        "job_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, "bench-1")),
        "name": "bench",
        "created_at": "2025-01-01T00:00:00.000Z",
        "app_version": "0.0.0",
        "settings": {**settings, "max_length": document["longest_row"], **document["settings"]},
        "preset_id": "custom",
        "total_steps": steps,
        "total_epochs": 1,
        "dataset": {
            "dataset_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, "bench-2")),
            "dataset_version_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, "bench-3")),
            "name": "bench",
            "sha256": "0" * 64,
            "path": "none",
            "format": "chat",
            "records": steps * rows,
        },
        "base_model": {
            "base_model_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, "bench-4")),
            "name": model.name,
            "fingerprint": "0" * 64,
            "path": str(model),
            "architecture": "LlamaForCausalLM",
        },
        "sample_prompts": [],
        "sample_max_new_tokens": 1,
        "device": "cpu",
        "threads": threads,
        "memory": plan,
    }


if __name__ == "__main__":
    main()
