"""`lr-range`: a short sweep on the real model that keeps nothing, and what it suggests."""

import itertools
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from training_builders import Folder, make_model, make_run

from pipeline_trainer import lr_range
from pipeline_trainer.lr_range import HIGHEST, LOWEST, Point, Sweep, smoothed, suggest


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    model = make_model(tmp_path_factory.mktemp("base") / "tiny")
    return make_run(tmp_path_factory.mktemp("run"), model, lora_dropout=0.1)


def points(loss: Callable[[float], float], count: int = 41) -> list[Point]:
    sweep = Sweep("constant", HIGHEST, 0, count, LOWEST)
    return [Point(sweep.rate(step), loss(sweep.rate(step))) for step in range(1, count + 1)]


def test_a_sweep_of_the_real_steps_prints_points_and_keeps_nothing(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(path.name for path in folder.path.iterdir())
    assert lr_range.main([str(folder.path), "--steps", "12"]) == 0
    *told, found = map(json.loads, capsys.readouterr().out.splitlines())
    assert [document["point"] for document in told] == found["points"]
    rates = [point["learning_rate"] for point in found["points"]]
    assert len(rates) == 12
    assert rates[0] == pytest.approx(LOWEST)
    assert rates[-1] == pytest.approx(HIGHEST)
    ratios = [after / before for before, after in itertools.pairwise(rates)]
    assert ratios == pytest.approx([ratios[0]] * 11)
    assert found["points"][-1]["loss"] < found["points"][0]["loss"]
    losses = [Point(point["learning_rate"], point["loss"]) for point in found["points"]]
    assert [point["smoothed"] for point in found["points"]] == smoothed(losses)
    assert LOWEST <= found["suggestion"] <= HIGHEST
    assert "tenth" in found["method"]
    assert sorted(path.name for path in folder.path.iterdir()) == before


def test_the_same_job_gives_the_same_points(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    documents = []
    for _again in range(2):
        assert lr_range.main([str(folder.path), "--steps", "5"]) == 0
        documents.append(capsys.readouterr().out)
    assert documents[0] == documents[1]


def test_the_suggestion_is_a_tenth_of_the_rate_of_the_lowest_loss() -> None:
    """Smoothing follows a fall with a delay, so the lowest point is found a little late."""
    found = suggest(points(lambda rate: 3 - min(rate, 1e-3) * 1000 + max(0.0, rate - 1e-3) * 3000))
    assert found is not None
    assert 0.8e-4 < found < 2.5e-4


def test_a_loss_that_never_fell_suggests_nothing() -> None:
    assert suggest(points(lambda rate: 2 + rate)) is None
    assert suggest([]) is None


@given(st.lists(st.floats(0.01, 20), min_size=1, max_size=60))
def test_a_suggestion_is_always_a_rate_that_may_be_set(losses: list[float]) -> None:
    sweep = Sweep("constant", HIGHEST, 0, len(losses), LOWEST)
    found = suggest([Point(sweep.rate(step), loss) for step, loss in enumerate(losses, start=1)])
    assert found is None or LOWEST <= found <= HIGHEST


def test_a_sweep_ends_where_the_loss_has_exploded(
    folder: Folder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = lr_range.optimizer_step

    def exploding(run: lr_range.Run) -> lr_range.Outcome:
        outcome = plain(run)
        loss = float("nan") if run.progress.step == 8 else outcome.loss
        return lr_range.Outcome(loss, outcome.gradient_norm, outcome.rate, outcome.tokens, outcome.seconds)

    monkeypatch.setattr(lr_range, "optimizer_step", exploding)
    assert lr_range.main([str(folder.path), "--steps", "12"]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert len(found["points"]) == 8
    assert found["exploded"]
