"""Records that repeat one another's history ride in one pass, and every token's loss stays what it was."""

import random
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from training_builders import attempt, make_model, make_records, make_run, open_run

from pipeline_trainer import step
from pipeline_trainer.data.batches import Row
from pipeline_trainer.data.collapse import chains_of, collapse
from pipeline_trainer.data.order import Sampler
from pipeline_trainer.evaluate import held_out_groups
from pipeline_trainer.protocol import Command
from pipeline_trainer.run_state import Run


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("base") / "tiny")


def conversations(count: int, turns: int) -> list[dict[str, Any]]:
    """Each record repeats the one before it as its history and trains its own answer only."""
    records = []
    for talk in range(count):
        history: list[dict[str, Any]] = []
        for turn in range(turns):
            answer = {"role": "assistant", "content": f"aye {talk * 7 + turn}", "trained": True}
            history = [*history, {"role": "user", "content": f"And {talk} {turn}?", "trained": False}, answer]
            name = f"c{talk}t{turn}"
            records.append({"id": name, "source_line": len(records) + 1, "messages": history, "scaffolding": {}})
            history = [*history[:-1], {**answer, "trained": False}]
    return records


def open_talks(folder: Path, model: Path, **settings: Any) -> Run:
    options = {"held_out": 0, "validation_share": 0.0, "batch_size": 8, "max_length": 256, **settings}
    return open_run(make_run(folder, model, records=conversations(4, 4), **options))


def row(name: str, ids: list[int], trained: list[int]) -> Row:
    return Row(name, ids, [position in trained for position in range(len(ids))])


def test_a_step_has_the_same_loss_and_gradient_with_and_without(tmp_path: Path, model: Path) -> None:
    run = open_talks(tmp_path / "run", model, collapse="auto")
    for parameter in run.trainable.parameters.values():
        parameter.data.normal_(0, 0.1)
    rows = [run.train_rows[index] for index in run.sampler.next_step()]
    found = {}
    for collapses in (True, False):
        run.collapses = collapses
        run.optimizer.drop_gradients()
        loss = step.gradient(run, rows)
        found[collapses] = loss, {name: value.grad.clone() for name, value in run.trainable.parameters.items()}
    assert len(collapse(rows)) == 2 < len(rows) == 8
    assert found[True][0] == pytest.approx(found[False][0], rel=1e-6)
    for name, gradient in found[False][1].items():
        assert float((gradient - found[True][1][name]).norm()) <= 1e-6 * float(gradient.norm()), name
    run.log.close()


def test_every_trained_token_has_the_loss_it_had_alone(tmp_path: Path, model: Path) -> None:
    run = open_talks(tmp_path / "run", model)
    device = run.compute.device

    def losses(rows: list[Row]) -> list[float]:
        with torch.no_grad():
            batches = [run.layout.batch([one]) for one in rows]
            return sorted(float(loss) for batch in batches for loss in run.head.token_losses(batch.to(device)))

    talk = list(run.train_rows[:4])
    (together,) = collapse(talk)
    assert together.trained_tokens == sum(one.trained_tokens for one in talk)
    assert losses([together]) == pytest.approx(losses(talk), rel=1e-6)
    alone = held_out_groups(run.head, talk, layout=run.layout, device=device, check=lambda: None)
    assert sum(losses([together])) == pytest.approx(alone["all"].total, rel=1e-6)
    run.log.close()


@pytest.mark.parametrize(
    ("others", "why"),
    [
        ([row("b", [1, 2, 9, 4, 5], [4])], "no prefix"),
        ([row("b", [1, 2, 3, 4], [3])], "a record twice counts twice"),
        ([row("b", [1, 2, 3, 4, 5, 6], [3, 5])], "a token trained by both counts twice"),
        ([row("b", [1, 2, 3], [2])], None),
        ([row("b", [1, 2, 3, 4, 5, 6], [5])], None),
    ],
)
def test_only_a_true_prefix_that_trains_other_tokens_rides_along(others: list[Row], why: str | None) -> None:
    rows = [row("a", [1, 2, 3, 4], [3]), *others]
    kept = collapse(rows)
    assert (kept == rows) if why else (len(kept) == 1)


def test_a_comparison_a_judged_answer_and_a_text_in_windows_are_left_alone() -> None:
    plain, longer = row("a", [1, 2], [1]), row("b", [1, 2, 3], [2])
    for special in (
        Row("b", longer.ids, longer.trained, pair=(plain, longer)),
        Row("b", longer.ids, longer.trained, wanted=True),
        Row("b", longer.ids, longer.trained, windows=(plain, longer)),
        Row("b", longer.ids, longer.trained, continues=True),
    ):
        assert collapse([plain, special]) == [plain, special]


def test_a_fork_is_followed_once() -> None:
    rows = [row("a", [1, 2], [1]), row("b", [1, 2, 3], [2]), row("c", [1, 2, 4], [2])]
    assert sorted(len(chain) for chain in chains_of(rows)) == [1, 2]


@given(st.lists(st.lists(st.integers(1, 3), min_size=2, max_size=7), min_size=1, max_size=12))
def test_no_trained_token_is_lost_or_made_whatever_the_rows(texts: list[list[int]]) -> None:
    rows = [row(f"r{index:02}", ids, [len(ids) - 1]) for index, ids in enumerate(texts)]
    chains = chains_of(rows)
    assert sorted(index for chain in chains for index in chain) == list(range(len(rows)))

    def targets(some: list[Row]) -> list[tuple[int, ...]]:
        return sorted(tuple(one.ids[: at + 1]) for one in some for at, mark in enumerate(one.trained) if mark)

    assert targets(collapse(rows)) == targets(rows)


def test_records_of_a_conversation_come_together_and_every_epoch_has_each_once() -> None:
    chains = [[0, 1, 2], [3], [4, 5], [6], [7, 8, 9]]
    sampler = Sampler(10, 4, 7, chains=chains)
    assert sampler.steps_per_epoch == 3
    for _epoch in range(3):
        order = [index for _step in range(3) for index in sampler.next_step()]
        assert sorted(order) == list(range(10))
        text = ",".join(map(str, order))
        assert all(",".join(map(str, chain)) in text for chain in chains)
    plain, single = Sampler(10, 4, 7), Sampler(10, 4, 7, chains=[[index] for index in range(10)])
    assert [plain.next_step() for _ in range(6)] == [single.next_step() for _ in range(6)]


def test_without_repeated_history_nothing_changes(tmp_path: Path, model: Path) -> None:
    results = []
    for collapses in ("auto", "off"):
        folder = make_run(tmp_path / collapses, model, records=make_records(12), collapse=collapses, lora_dropout=0.2)
        assert attempt(folder) == 0
        assert folder.named("plan")[0]["collapsed_records"] == 0
        results.append(folder.adapter())
    assert results[0] == results[1]


def test_a_run_collapses_says_so_and_goes_on_bit_for_bit(tmp_path: Path, model: Path) -> None:
    options: dict[str, Any] = {
        "records": conversations(5, 4),
        "held_out": 4,
        "collapse": "auto",
        "lora_dropout": 0.2,
        "max_length": 256,
        "num_epochs": 3,
    }
    straight, stopped = make_run(tmp_path / "straight", model, **options), make_run(tmp_path / "stopped", model, **options)
    assert attempt(straight) == 0
    assert straight.named("plan")[0]["collapsed_records"] == 12
    stream = random.Random(5)
    while attempt(stopped, at_poll={stream.randint(3, 9): Command("pause")}) == 75:
        pass
    assert straight.adapter() == stopped.adapter()
    off = make_run(tmp_path / "off", model, **{**options, "collapse": "off"})
    assert attempt(off) == 0
    assert off.named("plan")[0]["collapsed_records"] == 0
    assert off.named("completed")[0]["last_step"] == straight.named("completed")[0]["last_step"]
