"""Rule 3: rows packed into one are computed as if each were alone, and packing changes nothing but how a step is cut."""

import random
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from training_builders import REAL_MODEL, Folder, attempt, make_model, make_records, make_rows, make_run, open_run
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from pipeline_trainer import attention, step
from pipeline_trainer import layout as layout_module
from pipeline_trainer.data.batches import Document, Row, collate
from pipeline_trainer.data.packing import pack, split_packed
from pipeline_trainer.evaluate import held_out_groups
from pipeline_trainer.layout import Layout
from pipeline_trainer.loss import LossHead
from pipeline_trainer.protocol import Command
from pipeline_trainer.run_state import Run
from pipeline_trainer.verify import main as verify

LENGTHS = [17, 5, 40, 9, 26]
TOLERANCE = 1e-6


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("base") / "tiny")


def opened(folder: Path, model: Path, **settings: Any) -> Run:
    run = open_run(make_run(folder, model, packing="on", **settings))
    for parameter in run.trainable.parameters.values():
        parameter.data.normal_(0, 0.1)
    return run


def logits_of(run: Run, row: Row) -> Tensor:
    """Logits of one row that stands alone, by stock code, (seq, vocab)."""
    return run.trainable.model(input_ids=torch.tensor([row.ids]), use_cache=False).logits[0]


def packed_logits(run: Run, rows: list[Row]) -> list[Tensor]:
    """Logits of each row of a pack."""
    batch = pack(rows)
    with attention.within_documents(run.trainable.model, batch):
        made = run.trainable.model(**attention.inputs_of(batch)).logits[0]
    return list(made.split([len(row.ids) for row in rows]))


def assert_packed_is_separate(run: Run, rows: list[Row]) -> None:
    run.trainable.model.eval()
    with torch.no_grad():
        together = packed_logits(run, rows)
        alone = [logits_of(run, row) for row in rows]
        losses = run.head.token_losses(pack(rows))
        expected = torch.cat([run.head.token_losses(collate([row], pad_id=0)) for row in rows])
    largest = max(float(logits.abs().max()) for logits in alone)
    for found, wanted in zip(together, alone, strict=True):
        assert float((found - wanted).abs().max()) <= TOLERANCE * largest
    assert float(losses.mean()) == pytest.approx(float(expected.mean()), rel=TOLERANCE)


def test_rule_3_packed_rows_have_the_logits_and_losses_of_separate_ones(tmp_path: Path, model: Path) -> None:
    assert_packed_is_separate(opened(tmp_path / "run", model), make_rows(LENGTHS))


@pytest.mark.real
def test_rule_3_on_the_bundled_model(tmp_path: Path) -> None:
    run = open_run(make_run(tmp_path / "run", REAL_MODEL, packing="on"))
    assert run.layout.packed
    assert_packed_is_separate(run, make_rows([29, 11, 16], vocabulary=40_000))


def test_rule_3_without_isolation_the_logits_would_differ(tmp_path: Path, model: Path) -> None:
    """The comparison above can fail: the same tokens in one row, as one document, are something else."""
    run = opened(tmp_path / "run", model)
    first, second = rows = make_rows([17, 30])
    run.trainable.model.eval()
    together = logits_of(run, Row("both", first.ids + second.ids, first.trained + second.trained))[17:]
    assert float((together - packed_logits(run, rows)[1]).detach().abs().max()) > 1e-3


def test_rule_3_the_gradient_of_a_packed_step_is_that_of_a_padded_one(tmp_path: Path, model: Path) -> None:
    run = opened(tmp_path / "run", model)
    rows = make_rows(LENGTHS)
    found = []
    for layout in (run.layout, Layout(packed=False, reason="", pad_id=0, budget=0)):
        run.layout, run.progress.micro_batch = layout, 2
        run.optimizer.drop_gradients()
        loss = step.gradient(run, rows)
        flat = torch.cat([value.grad.flatten() for value in run.trainable.parameters.values() if value.grad is not None])
        found.append((loss, flat))
    (packed_loss, packed), (padded_loss, padded) = found
    assert packed_loss == pytest.approx(padded_loss, rel=TOLERANCE)
    assert float((packed - padded).norm()) <= TOLERANCE * float(padded.norm())


def test_rule_3_held_out_rows_are_packed_with_the_same_losses(tmp_path: Path, model: Path) -> None:
    run = opened(tmp_path / "run", model)
    rows = [Row(row.record_id, row.ids, row.trained, (f"topic: {len(row.ids) % 2}",)) for row in make_rows(LENGTHS)]
    run.trainable.model.eval()
    packed, padded = (
        held_out_groups(run.head, rows, layout=layout, device=run.compute.device, check=lambda: None)
        for layout in (run.layout, Layout(packed=False, reason="", pad_id=0, budget=0))
    )
    assert packed.keys() == padded.keys() == {"all", "topic: 0", "topic: 1"}
    for name, part in packed.items():
        assert (part.tokens, part.records) == (padded[name].tokens, padded[name].records)
        assert part.loss == pytest.approx(padded[name].loss, rel=TOLERANCE)


def test_packs_hold_every_row_once_within_their_budget_whatever_the_order() -> None:
    stream = random.Random(5)
    rows = make_rows([stream.randint(3, 90) for _ in range(60)])
    packs = split_packed(rows, 100)
    assert sorted(row.record_id for part in packs for row in part) == sorted(row.record_id for row in rows)
    assert all(sum(len(row.ids) for row in part) <= 100 for part in packs)
    assert len(packs) <= 1.1 * sum(len(row.ids) for row in rows) / 100 + 1
    stream.shuffle(rows)
    assert split_packed(rows, 100) == packs


def test_a_row_over_the_budget_is_a_pack_of_its_own() -> None:
    rows = make_rows([50, 8, 7])
    assert [[len(row.ids) for row in part] for part in split_packed(rows, 20)] == [[50], [8, 7]]


def long_run(folder: Path, model: Path, **settings: Any) -> Folder:
    return make_run(folder, model, records=make_records(43), batch_size=10, eval_steps=3, save_steps=2, **settings)


def test_a_packed_run_takes_the_same_records_a_step_and_learns_the_same(tmp_path: Path, model: Path) -> None:
    runs = {name: long_run(tmp_path / name, model, packing=name) for name in ("on", "off")}
    assert [attempt(folder) for folder in runs.values()] == [0, 0]
    assert [folder.named("plan")[0]["packing"]["packed"] for folder in runs.values()] == [True, False]
    assert runs["on"].curve("tokens") == runs["off"].curve("tokens")
    for figure in ("training_loss", "gradient_norm"):
        assert runs["on"].curve(figure) == pytest.approx(runs["off"].curve(figure), rel=1e-4)
    held_out = [folder.named("completed")[0]["final_validation_loss"] for folder in runs.values()]
    assert held_out[0] == pytest.approx(held_out[1], rel=1e-4)
    assert held_out[0] < runs["on"].named("completed")[0]["base_validation_loss"]


def test_rule_5_a_packed_run_goes_on_bit_for_bit(tmp_path: Path, model: Path) -> None:
    straight = long_run(tmp_path / "straight", model, packing="on", lora_dropout=0.2)
    stopped = long_run(tmp_path / "stopped", model, packing="on", lora_dropout=0.2)
    assert attempt(straight) == 0
    attempts = 1
    while attempt(stopped, at_poll={9: Command("pause")}) == 75:
        attempts += 1
    assert attempts > 2
    assert stopped.adapter() == straight.adapter()


def test_the_adapter_of_a_packed_run_loads_in_plain_peft(
    tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = long_run(tmp_path / "run", model, packing="on")
    assert attempt(folder) == 0
    assert verify(["--adapter", str(folder.path / "adapter"), "--base-model", str(model)]) == 0
    assert '"ok": true' in capsys.readouterr().out


def test_a_run_packs_unless_it_is_asked_not_to_and_says_so(tmp_path: Path, model: Path) -> None:
    for packing, packed in (("auto", True), ("on", True), ("off", False)):
        run = open_run(make_run(tmp_path / packing, model, packing=packing))
        assert run.layout.packed is packed
        plan = next(event for event in Folder(tmp_path / packing, model).named("plan"))
        assert plan["packing"] == {"packed": packed, "reason": run.layout.reason}


def test_a_model_that_does_not_keep_documents_apart_trains_unpacked_with_a_warning(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attention, "attend", sdpa_attention_forward)
    folder = make_run(tmp_path / "run", model, packing="on")
    run = open_run(folder)
    assert not run.layout.packed
    assert [event["code"] for event in folder.named("warning")] == ["packing_unavailable"]


def test_a_model_that_takes_no_documents_trains_unpacked(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_inputs: object, **_options: object) -> None:
        raise TypeError("unexpected keyword")

    monkeypatch.setattr(layout_module, "inputs_of", refuses)
    folder = make_run(tmp_path / "run", model, packing="on")
    assert not open_run(folder).layout.packed


@pytest.mark.parametrize("window", [4, 11, 100])
def test_a_sliding_window_is_kept_within_a_document(window: int) -> None:
    stream = torch.Generator().manual_seed(1)
    query, key, value = (torch.randn(1, 2, 30, 8, generator=stream) for _ in range(3))
    found, _ = attention.attend(
        torch.nn.Identity(),
        query,
        key,
        value,
        None,
        documents=attention.Documents((Document(12), Document(18))),
        sliding_window=window,
    )
    for start, length in ((0, 12), (12, 18)):
        part = slice(start, start + length)
        scores = query[0, :, part] @ key[0, :, part].transpose(1, 2) / 8**0.5
        distance = torch.arange(length)[:, None] - torch.arange(length)[None, :]
        scores = scores.masked_fill((distance < 0) | (distance >= window), float("-inf"))
        expected = (scores.softmax(dim=-1) @ value[0, :, part]).transpose(0, 1)
        assert torch.allclose(found[0, part], expected, atol=1e-6)


def test_losses_of_a_pack_are_those_of_the_plain_projection(tmp_path: Path, model: Path) -> None:
    run = opened(tmp_path / "run", model)
    rows = make_rows(LENGTHS)
    chosen = run.head.token_losses(pack(rows))
    plain = LossHead(run.trainable.model, select_rows=False).token_losses(pack(rows))
    assert torch.allclose(chosen, plain, rtol=1e-6)


def test_a_filled_pack_has_no_position_beyond_those_of_its_rows() -> None:
    batch = pack(make_rows([5, 16]), multiple=8, pad_id=0)
    assert batch.documents == (Document(5), Document(16), Document(3))
    assert batch.positions is not None
    assert batch.positions.tolist() == [[*range(5), *range(16), *range(3)]]
    assert int(batch.predicts.max()) < 21
