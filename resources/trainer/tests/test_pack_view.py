"""The borders that are shown are those that training puts."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from template_builders import make_record, make_template, write_dataset
from training_builders import make_model, make_run, open_run

from pipeline_trainer.data.batches import Batch, Row
from pipeline_trainer.data.order import window_starts
from pipeline_trainer.data.split import Split
from pipeline_trainer.data.tokens import How, TokenSet, tokenize_dataset
from pipeline_trainer.errors import TrainerError
from pipeline_trainer.pack_view import PackPlans, PackSettings, plan_packs

CUDA = PackSettings(max_length=64, records_per_step=8, seed=42, where="cuda")


def make_tokens(folder: Path, count: int) -> TokenSet:
    records = [
        make_record("Who?", "aye " * (1 + number % 9), record_id=f"r{number}", line=number + 1) for number in range(count)
    ]
    return tokenize_dataset(
        write_dataset(folder / "dataset.jsonl", records), make_template("chatml"), How(64, "auto", "chat")
    )


def split_of(tokens: TokenSet, held_out: int = 2) -> Split:
    ids = tuple(record_id for record_id, *_rest in tokens.records)
    return Split(42, 0.1, ids[held_out:], ids[:held_out])


def test_the_packs_are_those_of_a_real_run(tmp_path: Path) -> None:
    model = make_model(tmp_path / "base")
    folder = make_run(tmp_path / "run", model, packing="on")
    run = open_run(folder)
    tokens = tokenize_dataset(
        folder.job.dataset.path,
        run.template,
        How(folder.job.settings.max_length, folder.job.settings.loss_scope, folder.job.dataset.format),
    )
    job = folder.job
    split = Split(42, 0.1, tuple(row.record_id for row in run.train_rows), ())
    settings = PackSettings(job.settings.max_length, job.settings.records_per_step, job.settings.seed, "cpu")
    plan = plan_packs(tokens, split, settings)
    places = {record_id: index for index, (record_id, *_rest) in enumerate(tokens.records)}
    for step in range(1, run.sampler.steps_per_epoch + 1):
        rows = [run.train_rows[index] for index in run.sampler.next_step()]
        packs = run.layout.passes([piece for row in rows for piece in row.pieces], run.progress.micro_batch)
        for number, pack in enumerate(packs, start=1):
            for row in pack:
                found = plan.packs_of(places[row.record_id])
                assert (found["step"], found["packs_of_step"]) == (step, len(packs))
                [shown] = found["packs"]
                assert shown["number"] == number
                assert_shown_as_laid(shown["documents"], run.layout.batch(pack), pack)


def assert_shown_as_laid(shown: list[dict[str, Any]], batch: Batch, pack: list[Row]) -> None:
    ids = batch.input_ids[0].tolist()
    begins = [part["behind"] or {"start": 0, "end": 0} for part in shown]
    seen = {
        part["record_id"]: ids[begin["start"] : begin["end"]] + ids[part["start"] : part["end"]]
        for part, begin in zip(shown, begins, strict=True)
    }
    assert seen == {row.record_id: row.ids for row in pack}


def test_rows_that_begin_alike_are_shown_behind_what_they_share(tmp_path: Path) -> None:
    tokens = make_tokens(tmp_path, 40)
    [pack] = plan_packs(tokens, split_of(tokens), CUDA).packs_of(5)["packs"]
    [behind] = {(part["behind"]["start"], part["behind"]["end"]) for part in pack["documents"]}
    assert behind[1] - behind[0] >= 8
    assert pack["documents"][0]["start"] == behind[1]


def test_no_pack_is_over_the_budget_and_every_trained_record_is_in_one(tmp_path: Path) -> None:
    tokens = make_tokens(tmp_path, 40)
    plan = plan_packs(tokens, split_of(tokens), CUDA)
    for index in range(2, 40):
        [pack] = plan.packs_of(index)["packs"]
        assert pack["documents"][-1]["end"] <= plan.budget
        assert [part["index"] for part in pack["documents"]].count(index) == 1
    with pytest.raises(TrainerError) as caught:
        plan.packs_of(0)
    assert caught.value.code == "not_packed"


def test_says_where_the_tokens_are_not_counted(tmp_path: Path) -> None:
    with pytest.raises(TrainerError) as caught:
        PackPlans().plan(tmp_path / "none", tmp_path / "split.json", CUDA)
    assert caught.value.code == "tokens_not_counted"
    assert "counts them" in caught.value.hint


@given(tokens=st.integers(2, 400), length=st.integers(2, 64))
def test_windows_cover_a_text_and_share_a_token(tokens: int, length: int) -> None:
    starts = window_starts(tokens, length)
    ends = [min(start + length, tokens) for start in starts]
    assert starts[0] == 0
    assert ends[-1] == tokens
    assert [end - 1 for end in ends[:-1]] == list(starts[1:])
