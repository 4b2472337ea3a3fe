"""Models of a few thousand weights that llama.cpp loads: it wants a tokenizer that merges something."""

import json
from pathlib import Path
from typing import Any

from training_builders import make_model

MERGES = [["t", "h"], ["th", "e"], ["e", "r"], ["\u0120", "the"]]
# More than tokens: some families' tokenizers add one of their own.
ROWS = 280


def make_merging_model(folder: Path, *, family: str = "llama", **sizes: Any) -> Path:
    """`make_model` with a few merges."""
    model = make_model(folder, family=family, **{"vocab_size": ROWS, "head_dim": 8, **sizes})
    add_merges(model, MERGES)
    return model


def add_merges(model: Path, merges: list[list[str]]) -> None:
    """Instead of what was merged so far; what is new goes behind the tokens that are there."""
    document = json.loads((model / "tokenizer.json").read_text())
    vocabulary = document["model"]["vocab"]
    for pair in merges:
        vocabulary.setdefault("".join(pair), len(vocabulary))
    document["model"]["merges"] = merges
    (model / "tokenizer.json").write_text(json.dumps(document))


def change_json(file: Path, **values: Any) -> None:
    """Other values for the keys of a file."""
    file.write_text(json.dumps(json.loads(file.read_text()) | values))
