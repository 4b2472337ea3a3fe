"""What the benchmark gives every contender: the same rows, always the same, in the order of the trainer's sampler."""

import json
from pathlib import Path

import pytest

from bench.records import make_records
from bench.workload import ROWS, Size, write_rows, write_run_folder
from pipeline_trainer.config import load_job

SIZE = Size(rows=600, records_per_step=8, steps=75)


def questions(records: list[dict[str, object]]) -> set[str]:
    lines = (line for record in records for line in str(record["messages"][0]["content"]).splitlines())  # type: ignore[index]
    return {
        line.partition(". ")[2] or line for line in lines if line.endswith("?") and not line.startswith("Could you help")
    }


def test_records_are_always_the_same() -> None:
    assert make_records(20, 5) == make_records(20, 5)


def test_no_question_is_both_trained_and_held_out() -> None:
    train, held_out = make_records(600, 60)
    assert not questions(train) & questions(held_out)
    assert len({record["id"] for record in [*train, *held_out]}) == 660


@pytest.mark.real
def test_rows_have_about_192_tokens_and_none_is_without_a_target(tmp_path: Path, small_model: Path) -> None:
    write_run_folder(tmp_path, small_model, size=SIZE, how={"dropout": 0.0, "precision": "fp32"}, threads=1)
    write_rows(tmp_path, load_job(tmp_path))
    rows = json.loads((tmp_path / ROWS).read_text("utf-8"))
    lengths = [len(row["ids"]) for row in rows["train"]]
    assert len(lengths) == SIZE.rows
    assert sum(lengths) / len(lengths) == pytest.approx(192, rel=0.05)
    assert all(any(row["trained"]) and not row["trained"][0] for row in [*rows["train"], *rows["held_out"]])
