"""The benchmark of cards, on a tiny shape: both contenders compute the same, and the count of operations is right."""

import pytest

from bench.card import Work, measure
from bench.shapes import SHAPES, operations
from pipeline_trainer.reading import cpu_float32


@pytest.mark.parametrize("kind", ["full", "short"])
def test_both_contenders_train_alike(kind: str) -> None:
    ours, stock = (measure("tiny", Work(kind, 64), name, compute=cpu_float32(), steps=4) for name in ("ours", "peft"))
    for step in ("1", "4"):
        assert ours["steps"][step]["loss"] == pytest.approx(stock["steps"][step]["loss"], rel=1e-5)
        assert ours["steps"][step]["gradient_norm"] == pytest.approx(stock["steps"][step]["gradient_norm"], rel=1e-3)
    assert ours["tokens_per_second"] > 0


def test_short_rows_fill_a_part_of_the_budget_and_differ() -> None:
    first, second = (Work("short", 4096).rows(step, 1000) for step in (1, 2))
    assert 2048 <= sum(len(row.ids) for row in first) <= 4096
    assert [row.ids for row in first] != [row.ids for row in second]


def test_operations_of_the_8b_shape_at_4096() -> None:
    # 7.5e9 weights multiply each token twice, forward and back; attention adds 6 × 32 × 4096 × 4096 a token.
    per_token = operations(SHAPES["8b"], [4096], trained_tokens=4096) / 4096
    assert SHAPES["8b"].linear_weights == pytest.approx(7.5e9, rel=0.01)
    assert per_token == pytest.approx(30.0e9 + 3.2e9, rel=0.01)
