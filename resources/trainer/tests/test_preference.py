"""DPO, ORPO, KTO: the papers' numbers, whatever the cut; each learns, resumes bit for bit and is plain PEFT."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import logsigmoid
from training_builders import Folder, assert_learns_and_goes_on, attempt, make_model, make_run, open_run

from pipeline_trainer import evaluate, probe, step
from pipeline_trainer.data.batches import Row
from pipeline_trainer.data.masks import TokenOverflowError
from pipeline_trainer.data.pairs import tokenize_sides
from pipeline_trainer.data.records import parse_record
from pipeline_trainer.data.templates import load_template
from pipeline_trainer.data.tokens import How
from pipeline_trainer.inspect_record import inspect
from pipeline_trainer.model import without_adapter
from pipeline_trainer.preference import Preference, exchanged
from pipeline_trainer.run_state import Run
from pipeline_trainer.verify import main as verify

BETA = 0.5
METHODS = ("dpo", "orpo", "kto")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("base") / "tiny")


def turn(role: str, content: str) -> dict[str, Any]:
    return {"role": role, "content": content, "trained": role == "assistant"}


def make_comparisons(method: str, count: int) -> list[dict[str, Any]]:
    """A question, a wanted answer and an unwanted one; for KTO one of them, by turns."""
    records = []
    for number in range(count):
        prompt = [turn("user", f"What is {number}?")]
        wanted, unwanted = [turn("assistant", "aye " * (1 + number % 4))], [turn("assistant", "nay " * (1 + number % 3))]
        answers: dict[str, Any] = {"chosen": wanted, "rejected": unwanted}
        if method == "kto":
            answers = {"completion": unwanted if number % 2 else wanted, "label": number % 2 == 0}
        scaffolding = {"topic": "even" if number % 2 == 0 else "odd"}
        records.append(
            {
                "id": f"r{number}",
                "source_line": number + 1,
                "prompt": prompt,
                **answers,
                "scaffolding": scaffolding,
            }
        )
    return records


def make_job(folder: Path, model: Path, method: str, **settings: Any) -> Folder:
    records = make_comparisons(method, 23)
    options = {"records": records, "method": method, "beta": BETA, "eval_steps": 3, "save_steps": 4}
    return make_run(folder, model, **{**options, **settings})


def opened(folder: Path, model: Path, method: str, **settings: Any) -> Run:
    run = open_run(make_job(folder, model, method, **settings))
    for parameter in run.trainable.parameters.values():
        parameter.data.normal_(0, 0.1)
    return run


def answer_log_probability(run: Run, row: Row) -> Tensor:
    """By stock code: one row alone."""
    ids = torch.tensor([row.ids])
    logged = run.trainable.model(input_ids=ids).logits[0, :-1].log_softmax(dim=-1)
    own = logged.gather(1, ids[0, 1:, None]).squeeze(1)
    return own[torch.tensor(row.trained[1:])].sum()


@torch.no_grad()
def expected_losses(run: Run, method: str, rows: list[Row]) -> list[float]:
    """The papers' formulas, a record at a time."""
    run.trainable.model.eval()

    def gain(row: Row) -> Tensor:
        with without_adapter(run.trainable):
            before = answer_log_probability(run, row)
        return answer_log_probability(run, row) - before

    if method == "dpo":
        return [float(-logsigmoid(BETA * (gain(row.pair[0]) - gain(row.pair[1])))) for row in rows]
    if method == "orpo":
        losses = []
        for row in rows:
            means = [answer_log_probability(run, side) / side.trained_tokens for side in row.pair]
            odds = [mean - torch.log(1 - mean.exp()) for mean in means]
            losses.append(float(-means[0] - BETA * logsigmoid(odds[0] - odds[1])))
        return losses
    z = max(0.0, sum(float(gain(row)) for row in exchanged(rows, 128)) / len(rows))
    return [float(1 - torch.sigmoid((1 if row.wanted else -1) * BETA * (gain(row) - z))) for row in rows]


@pytest.mark.parametrize("packing", ["on", "off"])
@pytest.mark.parametrize("method", METHODS)
def test_losses_are_those_of_the_paper(tmp_path: Path, model: Path, method: str, packing: str) -> None:
    run = opened(tmp_path / "run", model, method, packing=packing)
    rows = list(run.train_rows[:5])
    expected = expected_losses(run, method, rows)
    assert step.gradient(run, rows) == pytest.approx(sum(expected) / len(rows), rel=1e-5)
    assert run.preference is not None
    run.trainable.model.eval()
    held_out = run.preference.held_out(run.parts, rows, check=lambda: None)
    assert held_out["all"].loss == pytest.approx(sum(expected) / len(rows), rel=1e-5)
    assert held_out["all"].records == 5


@pytest.mark.parametrize("method", METHODS)
def test_rule_1_cutting_a_step_of_comparisons_leaves_the_gradient(tmp_path: Path, model: Path, method: str) -> None:
    run = opened(tmp_path / "run", model, method)
    rows = list(run.train_rows[:6])
    found = []
    for micro_batch in (6, 2, 1):
        run.progress.micro_batch = micro_batch
        run.optimizer.drop_gradients()
        step.gradient(run, rows)
        found.append(torch.cat([value.grad.flatten() for value in run.trainable.parameters.values()]))
    for other in found[1:]:
        assert float((other - found[0]).norm()) <= 2e-6 * float(found[0].norm())


@pytest.mark.parametrize("method", METHODS)
def test_each_learns_goes_on_bit_for_bit_and_loads_in_plain_peft(
    tmp_path: Path, model: Path, method: str, capsys: pytest.CaptureFixture[str]
) -> None:
    straight, stopped = (make_job(tmp_path / name, model, method, lora_dropout=0.1) for name in ("straight", "stopped"))
    assert_learns_and_goes_on(straight, stopped, gain=0.03, poll=13)
    if method == "dpo":
        assert straight.named("completed")[0]["base_validation_loss"] == pytest.approx(math.log(2))
    assert method.upper() in straight.named("evaluation")[0]["method"]
    assert verify(["--adapter", str(straight.path / "adapter"), "--base-model", str(model)]) == 0
    assert json.loads(capsys.readouterr().out)["ok"]


@pytest.mark.parametrize("method", METHODS)
def test_the_wanted_answer_gains_on_the_unwanted_one(tmp_path: Path, model: Path, method: str) -> None:
    folder = make_job(tmp_path / "run", model, method, num_epochs=6)
    assert attempt(folder) == 0
    run = open_run(folder)
    run.resume(max((folder.path / "checkpoints").glob("step-*")))
    run.trainable.model.eval()
    with torch.no_grad():
        sides = [side for row in run.train_rows[:8] for side in row.sides]
        after = [float(answer_log_probability(run, side)) for side in sides]
        with without_adapter(run.trainable):
            before = [float(answer_log_probability(run, side)) for side in sides]
    gains = [left - right for left, right in zip(after, before, strict=True)]
    wanted = [row.wanted for row in run.train_rows[:8]] if method == "kto" else [True, False] * 8
    good = [gain for gain, on in zip(gains, wanted, strict=True) if on]
    bad = [gain for gain, on in zip(gains, wanted, strict=True) if not on]
    assert sum(good) / len(good) > sum(bad) / len(bad) + 0.5


def test_too_long_pairs_lose_the_same_old_turns_on_both_sides(model: Path) -> None:
    template = load_template(model)
    prompt = [turn("user", "one " * 9), turn("assistant", "two"), turn("user", "three")]
    record = parse_record(
        {
            "id": "r",
            "source_line": 3,
            "prompt": prompt,
            "chosen": [turn("assistant", "yes")],
            "rejected": [turn("assistant", "no, never")],
        }
    )
    whole = tokenize_sides(record, template, max_length=200)
    cut = tokenize_sides(record, template, max_length=40)
    assert (whole.dropped_turns, cut.dropped_turns) == (0, 2)
    assert [row.text for row in cut.rows] == [
        f"<|user|>three<|end|><|assistant|>{said}<|end|>" for said in ("yes", "no, never")
    ]
    assert [row.trained_tokens for row in whole.rows] == [4, 10]
    with pytest.raises(TokenOverflowError) as caught:
        tokenize_sides(record, template, max_length=8)
    assert caught.value.code == "token_overflow"
    needed = caught.value.needed_tokens
    assert max(len(row.ids) for row in tokenize_sides(record, template, max_length=needed).rows) == needed


def test_switching_the_adapter_off_twice_leaves_it_off_until_the_outer_end(tmp_path: Path, model: Path) -> None:
    run = opened(tmp_path / "run", model, "dpo")
    run.trainable.model.eval()
    row = run.train_rows[0].pair[0]
    with torch.no_grad():
        own = float(answer_log_probability(run, row))
        with without_adapter(run.trainable):
            base = float(answer_log_probability(run, row))
            with without_adapter(run.trainable):
                pass
            assert float(answer_log_probability(run, row)) == base
        assert float(answer_log_probability(run, row)) == own != base


def test_both_sides_of_a_comparison_are_shown(model: Path) -> None:
    record = parse_record(make_comparisons("dpo", 2)[1])
    view = inspect(record, load_template(model), How(64, "auto", "preference"))
    assert [(turn["role"], turn["trained_tokens"]) for turn in view["turns"]] == [("chosen", 9), ("rejected", 9)]
    assert "".join(token["text"] for token in view["tokens"]) == view["text"]
    assert [message["content"] for message in view["messages"]] == ["What is 1?", "aye aye ", "nay nay "]


@pytest.mark.parametrize("method", METHODS)
def test_evaluate_and_probe_know_the_method(
    tmp_path: Path, model: Path, method: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_job(tmp_path / "run", model, method)
    assert attempt(folder) == 0
    capsys.readouterr()
    assert evaluate.main([str(folder.path)]) == 0
    measured = json.loads(capsys.readouterr().out)
    completed = folder.named("completed")[0]
    assert measured["adapter"]["all"]["loss"] == pytest.approx(completed["final_validation_loss"], rel=1e-5)
    assert measured["base"]["all"]["loss"] == pytest.approx(completed["base_validation_loss"], rel=1e-5)
    assert probe.main([str(folder.path)]) == 0
    assert json.loads(capsys.readouterr().out)["step_ms"] > 0


def test_kto_exchanges_no_more_than_a_row_may_have(tmp_path: Path) -> None:
    """A long prompt with another record's long answer goes through a model with as many places as `max_length`."""
    base = make_model(tmp_path / "model", family="gpt2", n_positions=128, n_embd=32, n_head=4, n_layer=2)
    records = [
        {
            **record,
            "prompt": [turn("user", "q" * (100 if number % 2 else 5))],
            "completion": [turn("assistant", "a" * length)],
        }
        for number, record in enumerate(make_comparisons("kto", 16))
        for length in (5 if number % 2 else 100,)
    ]
    folder = make_run(tmp_path / "run", base, records=records, method="kto", max_length=128, num_epochs=1)
    assert attempt(folder) == 0
    long, short = Row("a", list(range(100)), [False] * 99 + [True]), Row("b", list(range(100)), [False] + [True] * 99)
    cut, whole = exchanged([long, short], 128)
    assert (len(cut.ids), cut.ids[:2], sum(cut.trained)) == (128, [70, 71], 99)
    assert len(whole.ids) == 2


def test_orpo_s_gradient_is_a_number_also_where_the_wanted_answer_is_certain() -> None:
    rows = [Row("a/chosen", [1, 2], [False, True]), Row("a/rejected", [1, 3], [False, True])]
    policy = torch.tensor([0.0, -3.0], requires_grad=True)
    loss = Preference("orpo", BETA, 128)._orpo(policy, rows).sum()
    (gradient,) = torch.autograd.grad(loss, policy)
    assert math.isfinite(float(loss.detach()))
    assert bool(gradient.isfinite().all())
