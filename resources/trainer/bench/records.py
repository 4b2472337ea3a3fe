"""Instruction records of about 192 tokens, always the same, made of the sample dataset.

A record asks one to six of the sample's questions and answers each. Held-out records are made of other
questions than the training records.
"""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

SAMPLE: Final = Path(__file__).parents[2] / "samples" / "lighthouse-keeper.jsonl"
SEED: Final = 42
MOST_QUESTIONS: Final = 6
HELD_OUT_SHARE: Final = 0.2
OPENINGS: Final = (
    "Please answer these questions, each in a few sentences:",
    "I would like to know the following.",
    "Could you help me with this?",
)

Pair = tuple[str, str]
Record = dict[str, Any]


def make_records(train: int, held_out: int) -> tuple[list[Record], list[Record]]:
    """Training and held-out records in the form that the trainer reads."""
    pairs = read_pairs()
    stream = random.Random(SEED)  # noqa: S311 (no secret)
    stream.shuffle(pairs)
    border = round(len(pairs) * HELD_OUT_SHARE)
    kept, rest = pairs[:border], pairs[border:]
    made = [_record(f"train-{number}", rest, stream) for number in range(train)]
    return made, [_record(f"held-out-{number}", kept, stream) for number in range(held_out)]


def read_pairs() -> list[Pair]:
    """Question and answer of every record of the sample."""
    lines = [json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()]
    return [(line["current_user_input"], line["target_response"]) for line in lines if "target_response" in line]


def _record(name: str, pairs: Sequence[Pair], stream: random.Random) -> Record:
    chosen = stream.sample(pairs, stream.randint(1, MOST_QUESTIONS))
    if len(chosen) == 1:
        question, answer = chosen[0]
    else:
        question = "\n".join([stream.choice(OPENINGS), *(f"{place}. {pair[0]}" for place, pair in enumerate(chosen, 1))])
        answer = "\n".join(f"{place}. {pair[1]}" for place, pair in enumerate(chosen, 1))
    turns = [("user", question, False), ("assistant", answer, True)]
    messages = [{"role": role, "content": content, "trained": trained} for role, content, trained in turns]
    return {"id": name, "source_line": 1, "messages": messages}
