"""Several cards: processes that train together give what one gives, and none goes on without the others."""

import os
import signal
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from team_builders import as_processes, train_together
from test_preference import make_job
from training_builders import Folder, attempt, make_model, make_run

from pipeline_trainer import budget
from pipeline_trainer.data.batches import Batch
from pipeline_trainer.data.order import share_out
from pipeline_trainer.errors import TrainerError
from pipeline_trainer.hardware import Compute
from pipeline_trainer.loss import LossHead
from pipeline_trainer.processes import MEETING, ONE_PROCESS, TORCHRUN, Place, place_of, take_card
from pipeline_trainer.protocol import Command, Commands
from pipeline_trainer.team import OutOfMemoryElsewhereError, Processes, join

FIGURES = ("training_loss", "validation_loss", "gradient_norm", "tokens", "learning_rate")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("base") / "tiny")


def assert_same(found: Folder, wanted: Folder, *, rel: float = 1e-6) -> None:
    for name in FIGURES:
        one, other = found.curve(name), wanted.curve(name)
        assert one.keys() == other.keys()
        for step, value in other.items():
            assert one[step] == (None if value is None else pytest.approx(value, rel=rel)), (name, step)


# What happens to a run: done in each process, which knows its rank.


def pause_at(poll: int, rank: int) -> None:
    polls = iter(range(1, poll + 1))
    plain = Commands.poll
    Commands.poll = lambda self: Command("pause") if rank == 0 and next(polls, 0) == poll else plain(self)  # type: ignore[method-assign]


def change_passes(change: Any, rank: int) -> None:
    """In the second process, `change(losses, batch, count)` makes the losses of training passes, counted from 1."""
    if rank == 0:
        return
    plain, count = LossHead.token_losses, [0]

    def token_losses(self: LossHead, batch: Batch) -> torch.Tensor:
        losses = plain(self, batch)
        if not torch.is_grad_enabled():
            return losses
        count[0] += 1
        return change(losses, batch, count[0])

    LossHead.token_losses = token_losses  # type: ignore[method-assign]


def hold_one_row(losses: torch.Tensor, batch: Batch, _count: int) -> torch.Tensor:
    if len(batch.input_ids) > 1:
        raise torch.OutOfMemoryError("this card is full")
    return losses


def break_three(losses: torch.Tensor, _batch: Batch, count: int) -> torch.Tensor:
    return losses * float("nan") if 11 <= count <= 13 else losses


def die(losses: torch.Tensor, _batch: Batch, count: int) -> torch.Tensor:
    if count == 8:
        os.kill(os.getpid(), signal.SIGKILL)
    return losses


def spend_all(rank: int) -> None:
    """Only the first process' clock runs fast."""
    hours = iter(range(1000))
    budget.now = lambda: 3600.0 * next(hours) if rank == 0 else 0.0


@pytest.mark.parametrize(("packing", "processes"), [("on", 2), ("off", 3)])
def test_the_losses_of_several_processes_are_those_of_one(tmp_path: Path, model: Path, packing: str, processes: int) -> None:
    settings: dict[str, Any] = {"packing": packing, "num_epochs": 5, "eval_steps": 10}
    alone, together = (make_run(tmp_path / name, model, **settings) for name in ("alone", "together"))
    assert attempt(alone) == 0
    assert train_together(together, processes) == [0] * processes
    assert len(together.named("metrics")) == 25
    assert_same(together, alone)
    assert together.named("completed")[0]["base_validation_loss"] == pytest.approx(
        alone.named("completed")[0]["base_validation_loss"], rel=1e-6
    )


def test_patience_ends_all_and_the_result_answers_as_that_of_one(tmp_path: Path, model: Path) -> None:
    settings: dict[str, Any] = {"variant": "pissa", "collapse": "auto", "num_epochs": 4, "eval_steps": 4}
    patience = {"early_stopping_patience": 1, "early_stopping_min_delta": 0.2}
    alone, together = (
        make_run(tmp_path / name, model, prompts=["What is 3?"], **settings, **patience) for name in ("alone", "together")
    )
    assert attempt(alone) == 0
    assert train_together(together, 2) == [0, 0]
    assert together.named("completed")[0]["ended_by"] == "early_stopping"
    assert_same(together, alone)
    answers, wanted = together.named("sample"), alone.named("sample")
    assert [(event["step"], event["text"]) for event in answers] == [(event["step"], event["text"]) for event in wanted]


@pytest.mark.parametrize("method", ["dpo", "kto"])
def test_comparisons_too_are_those_of_one(tmp_path: Path, model: Path, method: str) -> None:
    alone, together = (make_job(tmp_path / name, model, method, num_epochs=4) for name in ("alone", "together"))
    assert attempt(alone) == 0
    assert train_together(together, 2) == [0, 0]
    assert len(together.named("metrics")) == 20
    # A loss is a difference of log-probabilities of whole answers, fifty times as large and as roughly rounded.
    assert_same(together, alone, rel=1e-5)


def test_a_run_goes_on_with_another_number_of_processes(tmp_path: Path, model: Path) -> None:
    settings: dict[str, Any] = {"num_epochs": 5, "eval_steps": 10}
    straight, moved = (make_run(tmp_path / name, model, **settings) for name in ("straight", "moved"))
    assert attempt(straight) == 0
    assert attempt(moved, at_poll={18: Command("pause")}) == 75
    assert 1 < moved.steps_reported < 15
    assert train_together(moved, 2, fault=partial(pause_at, 18))[0] == 75
    assert moved.events()[-1] | {"event": "interrupted", "reason": "paused", "saved": True} == moved.events()[-1]
    assert moved.steps_reported < 25
    assert attempt(moved) == 0
    warnings = [event["message"] for event in moved.named("warning") if event["code"] == "not_bit_exact"]
    assert ["processes 1 → 2" in warnings[0], "processes 2 → 1" in warnings[1]] == [True, True]
    assert_same(moved, straight)


def test_paused_and_resumed_two_processes_give_the_same_bits_with_dropout(tmp_path: Path, model: Path) -> None:
    settings: dict[str, Any] = {"lora_dropout": 0.2, "eval_steps": 4}
    straight, broken = (make_run(tmp_path / name, model, **settings) for name in ("straight", "broken"))
    assert train_together(straight, 2) == [0, 0]
    assert train_together(broken, 2, fault=partial(pause_at, 15))[0] == 75
    assert 0 < broken.steps_reported < 10
    assert train_together(broken, 2) == [0, 0]
    assert not broken.named("warning")
    assert broken.adapter() == straight.adapter()


def test_with_dropout_another_number_of_processes_says_that_streams_differ(tmp_path: Path, model: Path) -> None:
    folder = make_run(tmp_path / "run", model, lora_dropout=0.2)
    assert attempt(folder, at_poll={18: Command("pause")}) == 75
    assert train_together(folder, 2) == [0, 0]
    (warning,) = folder.named("warning")
    assert "dropout" in warning["message"]


def test_rule_8_memory_that_runs_out_in_one_process_halves_the_pass_in_all(tmp_path: Path, model: Path) -> None:
    alone, together = (make_run(tmp_path / name, model, batch_size=8, packing="off") for name in ("alone", "together"))
    assert attempt(alone) == 0
    assert train_together(together, 2, fault=partial(change_passes, hold_one_row)) == [0, 0]
    assert [event["code"] for event in together.named("warning")] == ["micro_batch_halved"] * 3
    assert_same(together, alone)


def test_rule_7_what_is_no_number_in_one_process_is_none_in_all(tmp_path: Path, model: Path) -> None:
    folder = make_run(tmp_path / "run", model, save_steps=2, eval_steps=4, num_epochs=4)
    assert train_together(folder, 2, fault=partial(change_passes, break_three)) == [0, 0]
    assert [event["step"] for event in folder.named("metrics") if event.get("non_finite")] == [11, 12, 13]
    (warning,) = folder.named("warning")
    assert warning["code"] == "rate_halved"
    assert "step 10" in warning["message"]
    assert folder.named("completed")[0]["last_step"] == 20


def test_a_process_that_is_killed_ends_the_run_which_goes_on_from_its_checkpoint(tmp_path: Path, model: Path) -> None:
    straight, broken = (make_run(tmp_path / name, model, save_steps=3) for name in ("straight", "broken"))
    assert train_together(straight, 2) == [0, 0]
    assert train_together(broken, 2, fault=partial(change_passes, die)) == [1, -signal.SIGKILL]
    assert broken.events()[-1]["code"] == "process_lost"
    assert train_together(broken, 2) == [0, 0]
    assert broken.named("hello")[-1]["from_checkpoint"] == "checkpoints/step-000006"
    assert broken.adapter() == straight.adapter()


def test_a_budget_ends_all_by_the_clock_of_the_first(tmp_path: Path, model: Path) -> None:
    folder = make_run(tmp_path / "run", model, max_hours=4.5)
    assert train_together(folder, 2, fault=spend_all) == [0, 0]
    (completed,) = folder.named("completed")
    assert completed["ended_by"] == "time_budget"
    assert 0 < completed["last_step"] < 10


def test_an_energy_budget_is_refused_where_several_cards_would_use_it(tmp_path: Path) -> None:
    settings = make_run(tmp_path / "run", make_model(tmp_path / "model"), max_energy_kwh=1.0).job.settings
    card = Compute(torch.device("cuda", 0), "a card", "bf16")
    with pytest.raises(TrainerError, match="2 cards") as refused:
        budget.refuse_unmeasured_energy(settings, card, 2)
    assert refused.value.code == "energy_not_measured"


def test_a_process_that_answers_no_more_is_lost_and_not_waited_for(tmp_path: Path) -> None:
    def wait(team: Processes) -> None:
        if team.leads:
            team.sum(torch.zeros(1))

    first, _ = as_processes(tmp_path, wait, patience=timedelta(seconds=1))
    assert isinstance(first, TrainerError)
    assert first.code == "process_lost"


def test_who_has_ended_after_the_last_step_is_not_missed(tmp_path: Path) -> None:
    def part(team: Processes) -> None:
        if team.leads:
            team.part()

    assert as_processes(tmp_path, part, patience=timedelta(seconds=1)) == [None, None]


def test_who_gives_up_ends_the_sum_of_all(tmp_path: Path) -> None:
    first, second = as_processes(tmp_path, lambda team: team.give_up() if team.leads else team.sum(torch.zeros(1)))
    assert first is None
    assert isinstance(second, OutOfMemoryElsewhereError)


def test_processes_that_are_not_the_same_run_refuse_to_train(tmp_path: Path) -> None:
    found = as_processes(tmp_path, lambda team: team.meet({"step": 3, "adapter": team.rank}))
    assert [getattr(error, "code", None) for error in found] == ["processes_differ"] * 2
    assert "differ in: adapter." in str(found[0])


def test_gradients_are_summed_and_what_has_none_keeps_none(tmp_path: Path) -> None:
    made: dict[int, list[Any]] = {}

    def add(team: Processes) -> None:
        parameters = [torch.nn.Parameter(torch.zeros(2, 3)) for _ in range(3)]
        parameters[0].grad = torch.full((2, 3), float(team.rank + 1))
        if not team.leads:
            parameters[1].grad = torch.ones(2, 3)
        team.sum_gradients(parameters)
        made[team.rank] = [None if each.grad is None else each.grad.tolist() for each in parameters]

    assert as_processes(tmp_path, add) == [None, None]
    assert made[0] == made[1] == [[[3.0] * 3] * 2, [[1.0] * 3] * 2, None]


def test_fewer_cards_than_processes_are_refused_by_all(tmp_path: Path) -> None:
    def come(team: Processes) -> None:
        place = Place(team.rank, 2, 2, tmp_path / "cards")
        join(place, device="cpu" if team.rank else "cuda")

    found = as_processes(tmp_path, come)
    assert [getattr(error, "code", None) for error in found] == ["too_few_cards"] * 2
    assert "2 processes need a card each, and 1 can be used" in str(found[1])
    assert "Set Cards (--processes) to 1" in str(getattr(found[1], "hint", None))


def test_processes_of_several_machines_are_refused() -> None:
    with pytest.raises(TrainerError, match="one machine") as refused:
        join(Place(0, 4, 2), device="cpu")
    assert refused.value.code == "several_machines"


def test_a_place_is_that_of_torchrun_and_of_no_stray_variable() -> None:
    torchrun = {"RANK": "1", "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2"}
    assert place_of(torchrun) == ONE_PROCESS
    assert place_of({**torchrun, TORCHRUN: "none"}) == Place(1, 2, 2)
    assert place_of({**torchrun, MEETING: "/tmp/there"}) == Place(1, 2, 2, Path("/tmp/there"))


@pytest.mark.parametrize(("visible", "seen"), [(None, "1"), ("4,5", "5"), ("GPU-a, GPU-b", "GPU-b"), ("0", ""), ("", "")])
def test_each_process_sees_one_card(visible: str | None, seen: str) -> None:
    environment = {} if visible is None else {"CUDA_VISIBLE_DEVICES": visible}
    take_card(Place(1, 2, 2), environment)
    assert environment["CUDA_VISIBLE_DEVICES"] == seen
    untouched: dict[str, str] = {}
    take_card(ONE_PROCESS, untouched)
    assert not untouched


@given(st.lists(st.integers(1, 500), max_size=40), st.integers(1, 6))
def test_shares_hold_every_row_once_and_like_tokens(lengths: list[int], shares: int) -> None:
    parts = share_out(lengths, shares)
    assert sorted(index for part in parts for index in part) == list(range(len(lengths)))
    assert all(part == sorted(part) for part in parts)
    tokens = [sum(lengths[index] for index in part) for part in parts]
    assert max(tokens) - min(tokens) <= max(lengths, default=0)
