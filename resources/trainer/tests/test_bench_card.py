"""The benchmark of cards, on a tiny shape: both contenders compute the same, and the count of operations is right."""

import json

import pytest

from bench import card
from bench.card import ALL_LEVERS, CONTENDERS, Work, main, measure
from bench.shapes import SHAPES, operations
from pipeline_trainer.reading import cpu_float32


@pytest.mark.parametrize("kind", ["full", "short"])
def test_both_contenders_train_alike(kind: str) -> None:
    ours, stock = (measure("tiny", Work(kind, 64), name, compute=cpu_float32(), steps=4) for name in ("ours", "peft"))
    for step in ("1", "4"):
        assert ours["steps"][step]["loss"] == pytest.approx(stock["steps"][step]["loss"], rel=1e-5)
        assert ours["steps"][step]["gradient_norm"] == pytest.approx(stock["steps"][step]["gradient_norm"], rel=1e-3)
    assert ours["tokens_per_second"] > 0


def table(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    main(["--shapes", "tiny", "--tokens", "64", "--steps", "3", "--lever-steps", "2", "--device", "cpu"])
    return list(json.loads(capsys.readouterr().out)["rows"])


def test_the_whole_table_with_every_lever_on_and_off(capsys: pytest.CaptureFixture[str]) -> None:
    rows = table(capsys)
    assert len(ALL_LEVERS) == 5
    assert [(row["work"], row["name"]) for row in rows] == [
        (kind, name) for kind in ("full", "short") for name in CONTENDERS
    ]
    assert [row for row in rows if row["warnings"] or "failed" in row] == []
    assert {tuple(row["steps"]) for row in rows} == {("1", "3"), ("1", "2")}  # type: ignore[call-overload]
    for kind in ("full", "short"):
        losses = [row["steps"]["1"]["loss"] for row in rows if row["work"] == kind]  # type: ignore[index]
        assert losses == pytest.approx([losses[0]] * len(losses), rel=1e-3)


def test_a_contender_that_fails_is_a_line_and_the_others_go_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise OSError("no compiler\nat all")

    monkeypatch.setattr(card, "speed_up", failing)
    failed = {row["name"]: row.get("failed") for row in table(capsys)}
    assert failed["ours"] == "OSError: no compiler"
    assert failed["peft"] is None
    assert failed["without adapters"] is None


def test_short_rows_fill_a_part_of_the_budget_and_differ() -> None:
    first, second = (Work("short", 4096).rows(step, 1000) for step in (1, 2))
    assert 2048 <= sum(len(row.ids) for row in first) <= 4096
    assert [row.ids for row in first] != [row.ids for row in second]


def test_operations_of_the_8b_shape_at_4096() -> None:
    # 7.5e9 weights multiply each token twice, forward and back; attention adds 6 × 32 × 4096 × 4096 a token.
    per_token = operations(SHAPES["8b"], [4096], trained_tokens=4096) / 4096
    assert SHAPES["8b"].linear_weights == pytest.approx(7.5e9, rel=0.01)
    assert per_token == pytest.approx(30.0e9 + 3.2e9, rel=0.01)
