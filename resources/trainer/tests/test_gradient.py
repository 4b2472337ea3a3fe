"""Rule 1: the loss of a step is a mean over its trained tokens, however the step is cut."""

from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional
from training_builders import REAL_MODEL, attempt, make_model, make_rows, make_run, open_run

from pipeline_trainer import step
from pipeline_trainer.data.batches import Row, collate
from pipeline_trainer.loss import LossHead
from pipeline_trainer.run_state import Run


def gradients_of(run: Run, rows: list[Row], micro_batch: int) -> tuple[float, dict[str, Tensor]]:
    run.progress.micro_batch = micro_batch
    run.optimizer.drop_gradients()
    loss = step.gradient(run, rows)
    return loss, {name: value.grad.clone() for name, value in run.trainable.parameters.items() if value.grad is not None}


def assert_same(left: dict[str, Tensor], right: dict[str, Tensor]) -> None:
    """The gradient to 1e-6 of itself, and each part of it, which may be a small sum of large numbers, to 1e-5."""
    for name, tensor in left.items():
        assert float((tensor - right[name]).norm()) <= 1e-5 * float(tensor.norm()), name
    whole, other = (torch.cat([tensor.flatten() for tensor in each.values()]) for each in (left, right))
    assert float((whole - other).norm()) <= 1e-6 * float(whole.norm())


@pytest.fixture
def run(tmp_path: Path) -> Run:
    model = make_model(tmp_path / "model")
    opened = open_run(make_run(tmp_path / "run", model))
    for parameter in opened.trainable.parameters.values():
        parameter.data.normal_(0, 0.1)
    return opened


@pytest.mark.parametrize("micro_batch", [1, 2, 3, 5])
def test_rule_1_cutting_a_step_leaves_the_gradient(run: Run, micro_batch: int) -> None:
    rows = make_rows([9, 30, 14, 22, 6])
    loss, whole = gradients_of(run, rows, 5)
    cut_loss, cut = gradients_of(run, rows, micro_batch)
    assert cut_loss == pytest.approx(loss, rel=1e-6)
    assert_same(whole, cut)


def test_rule_1_the_loss_is_the_mean_over_trained_tokens_of_the_whole_step(run: Run) -> None:
    rows = [*make_rows([20], trained=3), *make_rows([12], trained=9)]
    loss, _ = gradients_of(run, rows, 1)
    total, count = 0.0, 0
    for row in rows:
        ids = torch.tensor([row.ids])
        with torch.no_grad():
            logits = run.trainable.model(input_ids=ids).logits[0, :-1].float()
        marked = torch.tensor(row.trained[1:])
        total += float(functional.cross_entropy(logits[marked], ids[0, 1:][marked], reduction="sum"))
        count += int(marked.sum())
    assert loss == pytest.approx(total / count, rel=1e-6)


def test_rule_1_projecting_trained_rows_only_changes_neither_loss_nor_gradient(run: Run) -> None:
    rows = make_rows([9, 30, 14])
    assert run.head.selects_rows
    loss, chosen = gradients_of(run, rows, 3)
    assert run.head.selects_rows
    run.head = LossHead(run.trainable.model, select_rows=False)
    plain_loss, plain = gradients_of(run, rows, 3)
    assert loss == pytest.approx(plain_loss, rel=1e-6)
    assert_same(plain, chosen)


def test_rule_1_an_architecture_without_a_known_projection_takes_the_plain_path(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = collate(make_rows([9, 12]), pad_id=0)
    expected = run.head.token_losses(batch)
    monkeypatch.setattr(run.trainable.model.get_base_model(), "get_output_embeddings", lambda: None)
    head = LossHead(run.trainable.model)
    assert not head.selects_rows
    assert torch.allclose(head.token_losses(batch), expected, rtol=1e-6)


def test_rule_1_an_architecture_whose_projection_is_not_last_takes_the_plain_path(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = collate(make_rows([9, 12]), pad_id=0)
    run.trainable.model.eval()
    base = run.trainable.model.get_base_model()
    forward = base.forward

    def reshaped(*inputs: object, **options: object) -> object:
        made = forward(*inputs, **options)
        made.logits = made.logits if made.logits.shape[0] == 2 else made.logits.squeeze(0)
        return made

    expected = LossHead(run.trainable.model, select_rows=False).token_losses(batch)
    monkeypatch.setattr(base, "forward", reshaped)
    head = LossHead(run.trainable.model)
    assert head.selects_rows
    assert torch.allclose(head.token_losses(batch), expected, rtol=1e-6)
    assert not head.selects_rows


def test_rule_1_padding_is_neither_seen_nor_trained(run: Run) -> None:
    short, long = make_rows([8, 40])
    run.trainable.model.eval()
    alone = run.head.token_losses(collate([short], pad_id=0))
    beside = run.head.token_losses(collate([short, long], pad_id=0))[: alone.numel()]
    other_padding = run.head.token_losses(collate([short, long], pad_id=3))[: alone.numel()]
    assert torch.allclose(alone, beside, rtol=1e-6)
    assert torch.equal(beside, other_padding)


def test_rule_1_accumulation_is_one_larger_batch(tmp_path: Path) -> None:
    model = make_model(tmp_path / "model")
    one = make_run(tmp_path / "one", model, batch_size=8, max_steps=3)
    two = make_run(tmp_path / "two", model, batch_size=4, gradient_accumulation_steps=2, max_steps=3)
    assert attempt(one) == attempt(two) == 0
    assert one.adapter() == two.adapter()


@pytest.mark.real
def test_rule_1_on_the_bundled_model(tmp_path: Path) -> None:
    """Two layers hold the rule's 1e-6 in float32, above; thirty round by more than that, however they are cut.

    A processor rounds a product by its shape, which a cut changes: measured in float32 were 1.6e-6 and 1.9e-6 of
    the gradient for two sets of rows, and 2.6e-6 and 9e-6 where all rows are projected. In float64 a cut moves it by
    3e-16: nothing but rounding does.
    """
    run = open_run(make_run(tmp_path / "run", REAL_MODEL))
    rows = make_rows([20, 31], vocabulary=40_000)
    head = run.head
    loss, whole = gradients_of(run, rows, 2)
    cut_loss, cut = gradients_of(run, rows, 1)
    run.head = LossHead(run.trainable.model, select_rows=False)
    plain_loss, plain = gradients_of(run, rows, 1)
    assert [cut_loss, plain_loss] == pytest.approx([loss, loss], rel=1e-6)
    assert distance(whole, cut) <= 4e-6
    assert distance(whole, plain) <= 1e-5
    run.head = head
    run.trainable.model.double()
    assert distance(gradients_of(run, rows, 2)[1], gradients_of(run, rows, 1)[1]) <= 1e-12


def distance(left: dict[str, Tensor], right: dict[str, Tensor]) -> float:
    """Of two gradients, relative to the first."""
    one, other = (torch.cat([tensor.flatten().double() for tensor in tensors.values()]) for tensors in (left, right))
    return float((one - other).norm() / one.norm())
