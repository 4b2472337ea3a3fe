"""The tokens that statistics keep are those that a run reads."""

from pathlib import Path
from typing import Any

import pytest
from training_builders import make_model, make_run

from pipeline_trainer.data import tokens as tokens_module
from pipeline_trainer.data.templates import load_template
from pipeline_trainer.data.tokens import How
from pipeline_trainer.run_data import read_data
from pipeline_trainer.stats import dataset_stats


def refuse_work(*_arguments: Any, **_options: Any) -> None:
    raise AssertionError("the dataset was tokenised again")


def test_a_run_reads_the_tokens_that_statistics_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = make_model(tmp_path / "model")
    job = make_run(tmp_path / "run", model).job
    cache = tmp_path / "cache"
    dataset_stats(
        job.dataset.path,
        load_template(model),
        How(job.settings.max_length, "auto", job.dataset.format),
        sha256=job.dataset.sha256,
        cache_dir=cache,
    )
    monkeypatch.setattr(tokens_module, "_tokenize", refuse_work)
    data = read_data(tmp_path / "run", job=job, cache_dir=cache)
    assert (len(data.rows.train), len(data.rows.held_out)) == (20, 3)
