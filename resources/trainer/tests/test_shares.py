"""A base model shared out over processes: no number changes, and each holds its part alone."""

import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from team_builders import as_processes, train_together
from test_cards import assert_same, change_passes, die, hold_one_row, pause_at
from test_preference import make_job as make_comparisons
from training_builders import Folder, attempt, make_model, make_run

from pipeline_trainer.config import MemoryPlan
from pipeline_trainer.held import held_count
from pipeline_trainer.model import load_base
from pipeline_trainer.protocol import Command, Commands
from pipeline_trainer.stores import keep_for
from pipeline_trainer.team import OutOfMemoryElsewhereError, Processes

CPU = torch.device("cpu")
SHARDED = {"micro_batch": 8, "recompute_mlps": 0, "recompute_layers": 0, "base": "sharded"}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("base") / "tiny")


def make_sharded(folder: Path, model: Path, *, plan: dict[str, Any] | None = None, **settings: Any) -> Folder:
    made = make_run(folder, model, **settings)
    made.change(memory=SHARDED | (plan or {}))
    return made


def ask_at(poll: int, rank: int) -> None:
    """The first process is asked for a sample at that poll."""
    polls = iter(range(1, poll + 1))
    plain = Commands.poll

    def answer(self: Commands) -> Command | None:
        return Command("sample", prompt="What is 7?") if rank == 0 and next(polls, 0) == poll else plain(self)

    Commands.poll = answer  # type: ignore[method-assign]


def samples_of(folder: Folder) -> list[tuple[int, str]]:
    return [(event["step"], event["text"]) for event in folder.named("sample")]


@pytest.mark.parametrize(
    ("processes", "settings"),
    [
        pytest.param(2, {"packing": "on"}, id="packed"),
        pytest.param(3, {"packing": "off"}, id="three"),
        pytest.param(2, {"batch_size": 1, "num_epochs": 1}, id="a-share-of-no-rows"),
        pytest.param(2, {"variant": "dora", "quantization": "nf4"}, id="dora-nf4"),
        pytest.param(2, {"quantization": "int8", "variant": "pissa"}, id="pissa-int8"),
    ],
)
def test_the_losses_of_a_shared_out_base_are_those_of_one_process(
    tmp_path: Path, model: Path, processes: int, settings: dict[str, Any]
) -> None:
    usual: dict[str, Any] = {"num_epochs": 2, "eval_steps": 4, "prompts": ["What is 3?"]}
    alone = make_run(tmp_path / "alone", model, **{**usual, **settings})
    together = make_sharded(tmp_path / "together", model, **{**usual, **settings})
    assert attempt(alone) == 0
    assert train_together(together, processes) == [0] * processes
    assert len(together.named("metrics")) >= 10
    assert together.named("plan")[0]["base"] == "sharded"
    assert f"a part of each in {processes} processes" in together.named("stage")[1]["detail"]
    assert_same(together, alone)
    assert samples_of(together) == samples_of(alone)
    assert not together.named("warning")


def test_passes_of_unlike_number_give_the_bits_of_a_base_that_each_process_keeps(tmp_path: Path, model: Path) -> None:
    """Three rows a step, one a pass: two passes in one process, one in the other; with dropout, and all recomputed."""
    settings: dict[str, Any] = {"batch_size": 3, "lora_dropout": 0.2, "eval_steps": 4, "packing": "off"}
    plan = {"micro_batch": 1, "recompute_layers": 2}
    kept = make_sharded(tmp_path / "kept", model, plan={**plan, "base": "kept"}, max_length=40, **settings)
    sharded = make_sharded(tmp_path / "sharded", model, plan=plan, max_length=40, **settings)
    assert train_together(kept, 2) == train_together(sharded, 2) == [0, 0]
    assert sharded.named("plan")[0]["micro_batch"] == 1
    assert sharded.adapter() == kept.adapter()


@pytest.mark.parametrize("method", ["dpo", "kto"])
def test_comparisons_too_are_those_of_one(tmp_path: Path, model: Path, method: str) -> None:
    alone, together = (make_comparisons(tmp_path / name, model, method, num_epochs=2) for name in ("alone", "together"))
    together.change(memory=SHARDED)
    assert attempt(alone) == 0
    assert train_together(together, 2) == [0, 0]
    assert len(together.named("metrics")) == 10
    # A loss is a difference of log-probabilities of whole answers, fifty times as large and as roughly rounded.
    assert_same(together, alone, rel=1e-5)


def test_a_run_goes_on_with_another_number_of_processes(tmp_path: Path, model: Path) -> None:
    settings: dict[str, Any] = {"num_epochs": 5, "eval_steps": 10}
    straight = make_run(tmp_path / "straight", model, **settings)
    moved = make_sharded(tmp_path / "moved", model, **settings)
    assert attempt(straight) == 0
    assert attempt(moved, at_poll={18: Command("pause")}) == 75
    assert train_together(moved, 2, fault=partial(pause_at, 18))[0] == 75
    assert moved.steps_reported < 25
    assert train_together(moved, 3) == [0, 0, 0]
    assert [event["base"] for event in moved.named("plan")] == ["offloaded", "sharded", "sharded"]
    assert [event["code"] for event in moved.named("warning")] == ["not_bit_exact"] * 2
    assert_same(moved, straight)


def test_an_answer_that_is_asked_for_while_training_needs_the_parts_of_all(tmp_path: Path, model: Path) -> None:
    plain, sharded = make_run(tmp_path / "plain", model), make_sharded(tmp_path / "sharded", model)
    for folder in (plain, sharded):
        assert train_together(folder, 2, fault=partial(ask_at, 12)) == [0, 0]
    asked = [event for event in sharded.named("sample") if event["prompt_id"] == "asked"]
    assert len(asked) == 1
    assert samples_of(sharded) == samples_of(plain)
    assert sharded.adapter() == plain.adapter()


def test_rule_8_memory_that_runs_out_in_one_process_halves_the_pass_in_all(tmp_path: Path, model: Path) -> None:
    alone = make_run(tmp_path / "alone", model, batch_size=8, packing="off")
    together = make_sharded(tmp_path / "together", model, batch_size=8, packing="off")
    assert attempt(alone) == 0
    assert train_together(together, 2, fault=partial(change_passes, hold_one_row)) == [0, 0]
    assert [event["code"] for event in together.named("warning")] == ["micro_batch_halved"] * 3
    assert_same(together, alone)


def test_a_process_that_is_killed_ends_the_run_which_goes_on_from_its_checkpoint(tmp_path: Path, model: Path) -> None:
    straight, broken = (make_sharded(tmp_path / name, model, save_steps=3) for name in ("straight", "broken"))
    assert train_together(straight, 2) == [0, 0]
    assert train_together(broken, 2, fault=partial(change_passes, die)) == [1, -9]
    assert broken.events()[-1]["code"] == "process_lost"
    assert train_together(broken, 2) == [0, 0]
    assert broken.adapter() == straight.adapter()


def test_each_process_holds_half_of_the_layers_and_computes_what_one_does(tmp_path: Path, model: Path) -> None:
    ids = torch.tensor([[5, 6, 7, 8, 9, 10, 11]])
    held: dict[int, int] = {}
    moved: dict[int, torch.Tensor] = {}
    count: list[int] = []

    # What stands for processes here are threads, and transformers loads in one at a time.
    loading = threading.Lock()

    @torch.no_grad()
    def load(team: Processes) -> None:
        keep = keep_for(MemoryPlan(1, base="sharded"), CPU, team)
        with loading:
            base = load_base(model, dtype=torch.float32, device=CPU, keep=keep)
        held[team.rank] = sum(part.nbytes for part in team._parts)
        moved[team.rank] = base.eval()(input_ids=ids).logits
        count.append(held_count(base))
        team.wait()

    assert as_processes(tmp_path, load) == [None, None]
    plain = load_base(model, dtype=torch.float32, device=CPU).eval()
    with torch.no_grad():
        wanted = plain(input_ids=ids).logits
    assert all(torch.equal(logits, wanted) for logits in moved.values())
    assert held == dict.fromkeys(range(2), 4 * count[0] // 2)


def test_who_needs_other_weights_at_other_times_gets_them_all(tmp_path: Path) -> None:
    """One goes through the weights once, the other three times and backwards: none waits for what never comes."""
    weights = [torch.arange(start, start + 7 + start, dtype=torch.bfloat16) for start in range(4)]
    got: dict[int, list[bool]] = {}

    def work(team: Processes) -> None:
        numbers = [team.hold(weight) for weight in weights]
        order = numbers if team.leads else numbers[::-1] * 3
        got[team.rank] = [_is(team.whole(number), weights[number - 1]) for number in order]
        total = torch.ones(1)
        team.sum(total)
        got[team.rank].append(total.item() == 2)

    assert as_processes(tmp_path, work) == [None, None]
    assert [len(got[0]), len(got[1])] == [5, 13]
    assert all(got[0] + got[1])


def _is(found: torch.Tensor, wanted: torch.Tensor) -> bool:
    return torch.equal(found[: wanted.nbytes].view(wanted.dtype), wanted)


def test_who_gives_up_ends_the_wait_for_a_weight(tmp_path: Path) -> None:
    def work(team: Processes) -> None:
        number = team.hold(torch.ones(8))
        if team.leads:
            team.give_up()
        else:
            team.whole(number)

    first, second = as_processes(tmp_path, work)
    assert first is None
    assert isinstance(second, OutOfMemoryElsewhereError)
