"""Rule 1 again: the loss in chunks of rows is torch's own cross-entropy, and so is its gradient."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional
from training_builders import make_model, make_rows, make_run, open_run

from pipeline_trainer import projection
from pipeline_trainer.data.batches import collate
from pipeline_trainer.loss import LossHead
from pipeline_trainer.run_state import Run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return open_run(make_run(tmp_path / "run", make_model(tmp_path / "model")))


def both(dtype: torch.dtype, marked: int, rows: int) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    torch.manual_seed(marked)
    hidden = torch.randn(marked, 24).to(dtype)
    weight = torch.randn(97, 24).to(dtype)
    targets = torch.randint(97, (marked,))
    scale = torch.rand(marked)

    def worked(losses_of: Callable[[Tensor], Tensor]) -> tuple[Tensor, Tensor]:
        leaf = hidden.clone().requires_grad_()
        losses = losses_of(leaf)
        (losses * scale).sum().backward()
        assert leaf.grad is not None
        return losses.detach(), leaf.grad

    plain = worked(lambda leaf: functional.cross_entropy((leaf @ weight.T).float(), targets, reduction="none"))
    return plain, worked(lambda leaf: projection.token_losses(leaf, weight, targets, rows=rows))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 30), st.integers(1, 31))
def test_rule_1_chunks_have_the_losses_and_the_gradient_of_the_whole(marked: int, rows: int) -> None:
    (losses, gradient), (own_losses, own_gradient) = both(torch.float32, marked, rows)
    # A loss is a difference of logits: it is as exact as the largest of them.
    assert float((own_losses - losses).abs().max()) <= 1e-6 * float(losses.abs().max())
    assert float((own_gradient - gradient).norm()) <= 1e-6 * float(gradient.norm())


def test_in_bfloat16_the_gradient_differs_by_its_rounding_alone() -> None:
    (losses, gradient), (own_losses, own_gradient) = both(torch.bfloat16, 30, 7)
    assert torch.allclose(own_losses, losses, rtol=1e-5)
    assert float((own_gradient - gradient).float().norm()) <= 1e-2 * float(gradient.float().norm())


def test_a_plain_projection_is_taken_in_chunks_and_keeps_the_mode_of_the_model(run: Run) -> None:
    for mode in (True, False):
        run.trainable.model.train(mode)
        assert LossHead(run.trainable.model).chunked
        assert run.trainable.model.training is mode


@pytest.mark.parametrize("afterwards", [lambda logits: logits * 2, lambda logits: 30 * torch.tanh(logits / 30)])
def test_what_follows_the_projection_still_happens(
    run: Run, monkeypatch: pytest.MonkeyPatch, afterwards: Callable[[Tensor], Tensor]
) -> None:
    base = run.trainable.model.get_base_model()
    forward = base.forward
    monkeypatch.setattr(base, "forward", lambda **inputs: SimpleNamespace(logits=afterwards(forward(**inputs).logits)))
    run.trainable.model.eval()
    batch = collate(make_rows([9, 14]), pad_id=0)
    head = LossHead(run.trainable.model)
    assert not head.chunked
    expected = LossHead(run.trainable.model, select_rows=False).token_losses(batch)
    assert torch.allclose(head.token_losses(batch), expected, rtol=1e-6)


def test_a_projection_that_learns_or_has_a_bias_is_left_to_the_model(run: Run) -> None:
    model = run.trainable.model
    head = model.get_base_model().get_output_embeddings()
    assert projection.projection_of(model, head) is head.weight
    assert projection.projection_of(model, None) is None
    head.bias = torch.nn.Parameter(torch.zeros(head.out_features))
    assert projection.projection_of(model, head) is None
    head.bias = None
    head.weight.requires_grad = True
    assert projection.projection_of(model, head) is None
