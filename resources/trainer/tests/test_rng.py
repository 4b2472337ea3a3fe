"""Generators: their states are kept whole, and streams of their own leave no trace."""

import json
import random

import torch

from pipeline_trainer import rng
from pipeline_trainer.data.order import derive_seed


def test_generator_states_survive_json_and_safetensors() -> None:
    rng.seed_everything(11)
    torch.randn(3)
    random.random()
    state = rng.capture()
    expected = (torch.randn(3), random.random())
    back = rng.from_parts(json.loads(json.dumps(rng.to_json(state))), rng.to_tensors(state))
    rng.restore(back)
    assert torch.equal(torch.randn(3), expected[0])
    assert random.random() == expected[1]
    assert rng.fingerprint(back) == rng.fingerprint(state)


def test_derived_streams_differ_and_isolated_blocks_leave_no_trace() -> None:
    seeds = {derive_seed(42, name) for name in ("initialisation", "shuffle", "dropout", "sampling")}
    assert len(seeds) == 4
    rng.seed_everything(1)
    before = rng.fingerprint(rng.capture())
    with rng.isolated(2):
        torch.randn(5)
        random.random()
    assert rng.fingerprint(rng.capture()) == before
