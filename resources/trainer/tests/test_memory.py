"""Rule 8: memory that runs out makes the passes smaller and changes nothing else."""

import json
from pathlib import Path

import pytest
import torch
from torch import Tensor
from training_builders import Folder, attempt, make_model, make_run

from pipeline_trainer.data.batches import Batch
from pipeline_trainer.errors import TrainerError, is_out_of_memory
from pipeline_trainer.loss import LossHead
from pipeline_trainer.pass_size import PassSize
from pipeline_trainer.protocol import Command


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("base") / "tiny")


def hold_only(monkeypatch: pytest.MonkeyPatch, rows: int) -> list[int]:
    """Training passes of more than `rows` rows run out of memory; returns the sizes of those that did not."""
    plain = LossHead.token_losses
    passed: list[int] = []

    def token_losses(self: LossHead, batch: Batch) -> Tensor:
        losses = plain(self, batch)
        if torch.is_grad_enabled():
            if len(batch.input_ids) > rows:
                raise RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory")
            passed.append(len(batch.input_ids))
        return losses

    monkeypatch.setattr(LossHead, "token_losses", token_losses)
    return passed


def losses(folder: Folder) -> list[float]:
    return [event["training_loss"] for event in folder.named("metrics")]


def test_rule_8_the_pass_is_halved_and_the_step_stays_the_same(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roomy = make_run(tmp_path / "roomy", model, batch_size=8, packing="off")
    assert attempt(roomy) == 0
    passed = hold_only(monkeypatch, 2)
    tight = make_run(tmp_path / "tight", model, batch_size=8, packing="off")
    assert attempt(tight) == 0
    assert max(passed) == 2
    assert sum(passed) == 40  # two epochs of twenty
    assert [event["code"] for event in tight.named("warning")] == ["micro_batch_halved"] * 2
    assert losses(tight) == pytest.approx(losses(roomy), rel=1e-5)
    assert [event["tokens"] for event in tight.named("metrics")] == [event["tokens"] for event in roomy.named("metrics")]


def test_rule_8_the_step_is_done_again_from_its_start(tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With dropout: the generators go back too, so that the step is that of a run that began with small passes."""
    hold_only(monkeypatch, 2)
    surprised = make_run(tmp_path / "surprised", model, lora_dropout=0.2, packing="off")
    assert attempt(surprised) == 0
    assert "dropout" in surprised.named("warning")[0]["message"].lower()
    monkeypatch.setattr("pipeline_trainer.pass_size.micro_batch_for", lambda *_anything: 2)
    warned = make_run(tmp_path / "warned", model, lora_dropout=0.2, packing="off")
    assert attempt(warned) == 0
    assert not warned.named("warning")
    assert surprised.adapter() == warned.adapter()


def test_rule_8_a_resumed_run_keeps_the_smaller_pass(tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_run(tmp_path / "run", model, packing="off")
    passed = hold_only(monkeypatch, 2)
    assert attempt(folder, at_poll={30: Command("pause")}) == 75
    state = json.loads(max((folder.path / "checkpoints").glob("step-*/state.json")).read_bytes())
    assert state["progress"]["micro_batch"] == 2
    passed.clear()
    assert attempt(folder) == 0
    assert max(passed) == 2
    assert len(folder.named("warning")) == 1


def test_rule_8_the_next_run_of_the_same_kind_begins_with_the_pass_that_worked(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_only(monkeypatch, 1)
    cache = tmp_path / "cache"
    assert attempt(make_run(tmp_path / "first", model, packing="off"), cache_dir=cache) == 0
    again, other = (
        make_run(tmp_path / "again", model, packing="off"),
        make_run(tmp_path / "other", model, lora_rank=2, packing="off"),
    )
    assert attempt(again, cache_dir=cache) == attempt(other, cache_dir=cache) == 0
    assert not again.named("warning")
    assert again.named("plan")[0]["micro_batch"] == 1
    assert other.named("plan")[0]["micro_batch"] == 4


@pytest.mark.parametrize("content", ["", "none\n", "-3\n", "999\n"])
def test_rule_8_a_remembered_pass_that_makes_no_sense_is_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "size.txt"
    path.write_text(content)
    assert PassSize(4, path).first() in ({1} if content.startswith("-") else {4})
    (tmp_path / "file").write_text("")
    PassSize(4, tmp_path / "file" / "size.txt").remember(2)  # a cache that cannot be written is no failure
    assert PassSize(4, tmp_path / "file" / "size.txt").first() == 4


def test_rule_8_a_single_row_that_does_not_fit_ends_the_run(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_only(monkeypatch, 0)
    with pytest.raises(TrainerError) as ended:
        attempt(make_run(tmp_path / "run", model))
    assert ended.value.code == "out_of_memory"


def test_rule_8_other_failures_are_not_taken_for_it(tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_self: LossHead, _batch: Batch) -> Tensor:
        raise RuntimeError("shapes differ")

    folder = make_run(tmp_path / "run", model, held_out=0, validation_share=0.0)
    monkeypatch.setattr(LossHead, "token_losses", broken)
    with pytest.raises(RuntimeError, match="shapes differ"):
        attempt(folder)
    assert is_out_of_memory(torch.OutOfMemoryError())
    assert is_out_of_memory(MemoryError())
    assert not is_out_of_memory(KeyError("not enough memory"))
