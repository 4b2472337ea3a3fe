"""What rows begin with alike goes through the model once, and changes nothing but that."""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from test_preference import make_comparisons
from torch import Tensor
from torch.nn import functional
from training_builders import make_model, make_run, open_run

from pipeline_trainer import attention, step
from pipeline_trainer.attention import Documents, by_products
from pipeline_trainer.data.batches import Document, Row
from pipeline_trainer.data.beginnings import LEAST, Family, families_of
from pipeline_trainer.data.packing import pack
from pipeline_trainer.layout import beginnings_suit
from pipeline_trainer.run_state import Run

TOLERANCE = 1e-6


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("base") / "tiny")


def row(name: str, ids: Sequence[int], answer: int) -> Row:
    """The last `answer` tokens are trained."""
    return Row(name, list(ids), [False] * (len(ids) - answer) + [True] * answer)


def tokens(count: int, seed: int, *, most: int = 90) -> list[int]:
    stream = random.Random(seed)
    return [stream.randint(6, most) for _ in range(count)]


SYSTEM = tokens(20, 1)


def told(count: int) -> list[Row]:
    """Rows with one system text, questions and answers of their own."""
    return [row(f"told-{number}", [*SYSTEM, *tokens(9 + 3 * number, 10 + number)], 4) for number in range(count)]


def compared(count: int) -> list[Row]:
    """Both sides of comparisons: a prompt, and two answers that begin with the same token."""
    sides = []
    for number in range(count):
        prompt = [*SYSTEM, *tokens(30, 50 + number)]
        sides += [row(f"{number}/{side}", [*prompt, 7, *tokens(8, 90 + 2 * number + side)], 9) for side in range(2)]
    return sides


def test_rows_with_one_system_text_are_a_family() -> None:
    assert families_of(told(4)) == [Family((0, 1, 2, 3), len(SYSTEM))]


def test_sides_of_a_comparison_share_their_prompt_but_not_the_token_that_predicts_their_answers() -> None:
    assert families_of(compared(3)) == [Family((0, 1), 49), Family((2, 3), 49), Family((4, 5), 49)]


def test_little_that_is_alike_is_not_shared() -> None:
    rows = [row(str(number), [*SYSTEM[: LEAST - 1], *tokens(9, number)], 2) for number in range(2)]
    assert families_of(rows) == [Family((0,), 0), Family((1,), 0)]
    assert families_of(rows[:1]) == [Family((0,), 0)]


def test_any_rows_are_in_a_pack_as_they_are_alone() -> None:
    stream = random.Random(3)
    for _ in range(300):
        stems = [tokens(stream.randint(0, 40), stream.randint(0, 3), most=7) for _ in range(3)]
        rows = [
            row(str(number), [*stream.choice(stems), *tokens(stream.randint(1, 12), stream.randint(0, 10**6))], 1)
            for number in range(stream.randint(1, 9))
        ]
        plain, shared = pack(rows), pack(rows, shares=True, multiple=8)
        assert shared.documents is not None
        assert shared.targets.tolist() == plain.targets.tolist()
        assert sorted(seen_by(shared.documents, shared.input_ids[0].tolist())) == sorted(each.ids for each in rows)
        saved = sum(family.saved for family in families_of(rows))
        assert 0 <= shared.input_ids.numel() - (plain.input_ids.numel() - saved) < 8


def seen_by(documents: Sequence[Document], ids: list[int]) -> list[list[int]]:
    """The tokens of every document that is a row: none goes on from it, and it is no padding."""
    begun = {document.behind for document in documents}
    found, start = [], 0
    for document in documents:
        end = start + document.length
        own = ids[start:end]
        if (start, end) not in begun and any(own):
            found.append((ids[slice(*document.behind)] if document.behind else []) + own)
        start = end
    return found


FAMILY = (Document(30), Document(11, (0, 30)), Document(20, (0, 30)), Document(9))


def alone(tensors: Sequence[Tensor]) -> Tensor:
    """Attention over `FAMILY` by torch: each row with its beginning, of which the first one's is kept."""
    beginning, *own = zip(*(each.split([document.length for document in FAMILY], dim=2) for each in tensors), strict=True)
    outputs = [attend_alone(beginning)]
    for document, parts in zip(FAMILY[1:], own, strict=True):
        whole = parts if document.behind is None else [torch.cat(both, dim=2) for both in zip(beginning, parts, strict=True)]
        outputs.append(attend_alone(whole)[:, :, -document.length :])
    return torch.cat(outputs, dim=2)


def attend_alone(tensors: Sequence[Tensor]) -> Tensor:
    return functional.scaled_dot_product_attention(*tensors, is_causal=True, enable_gqa=True)


def gradients_of(output: Tensor, inputs: Sequence[Tensor]) -> list[Tensor]:
    weights = torch.linspace(-1, 1, output.numel(), dtype=output.dtype).view(output.shape)
    return [output.detach(), *torch.autograd.grad((output * weights).sum(), inputs)]


def inputs() -> list[Tensor]:
    torch.manual_seed(1)
    return [torch.randn(1, heads, 70, 16, dtype=torch.float64, requires_grad=True) for heads in (6, 2, 2)]


@pytest.mark.parametrize("block", [8, 24, 128])
def test_products_see_a_beginning(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr("pipeline_trainer.causal.BLOCK", block)
    given = inputs()
    own = by_products(*given, scaling=None, documents=FAMILY).transpose(1, 2)
    for mine, theirs in zip(gradients_of(own, given), gradients_of(alone(given), given), strict=True):
        assert float((mine - theirs).abs().max()) <= 1e-12


@pytest.mark.parametrize("window", [None, 7, 35, 100])
def test_the_plain_attention_sees_a_beginning_through_its_window(window: int | None) -> None:
    query, key, value = (each.detach()[:, :2] for each in inputs())
    module = torch.nn.Identity()
    found, _ = attention.attend(module, query, key, value, None, documents=Documents(FAMILY), sliding_window=window)
    start = 0
    for document in FAMILY:
        own = list(range(start, start + document.length))
        seen = [*(range(*document.behind) if document.behind else []), *own]
        places = torch.arange(len(seen))
        distance = places[-len(own) :, None] - places[None, :]
        scores = query[0][:, own] @ key[0][:, seen].transpose(1, 2) / 4
        scores = scores.masked_fill((distance < 0) | (distance >= (window or 1000)), -torch.inf)
        expected = (scores.softmax(dim=-1) @ value[0][:, seen]).transpose(0, 1)
        assert torch.allclose(found[0, own], expected, atol=1e-12)
        start += document.length


def opened(folder: Path, model: Path, **settings: Any) -> Run:
    run = open_run(make_run(folder, model, **settings))
    assert run.layout.shares
    for parameter in run.trainable.parameters.values():
        parameter.data.normal_(0, 0.1)
    return run


def both_ways(run: Run, rows: Sequence[Row]) -> list[tuple[float, Tensor]]:
    """Loss and gradient of a step, with what rows begin with alike once, and in each of them."""
    assert any(family.saved for family in families_of([side for row in rows for side in row.sides]))
    found = []
    for shares in (True, False):
        run.layout = replace(run.layout, shares=shares)
        run.optimizer.drop_gradients()
        loss = step.gradient(run, rows)
        flat = [value.grad.flatten() for value in run.trainable.parameters.values() if value.grad is not None]
        found.append((loss, torch.cat(flat)))
    return found


def assert_same(found: list[tuple[float, Tensor]]) -> None:
    (loss, gradient), (expected_loss, expected) = found
    assert loss == pytest.approx(expected_loss, rel=TOLERANCE)
    assert float((gradient - expected).norm()) <= TOLERANCE * float(expected.norm())


def test_rule_3_the_step_of_rows_that_begin_alike_is_that_of_rows_apart(tmp_path: Path, model: Path) -> None:
    run = opened(tmp_path / "run", model)
    run.progress.micro_batch = 4
    assert_same(both_ways(run, told(7)))


@pytest.mark.parametrize("method", ["dpo", "orpo"])
def test_a_step_of_comparisons_is_the_same_with_each_prompt_once(tmp_path: Path, model: Path, method: str) -> None:
    run = opened(tmp_path / "run", model, method=method, records=make_comparisons(method, 12))
    assert_same(both_ways(run, run.train_rows[:6]))


def test_a_model_with_a_window_keeps_to_it(tmp_path: Path) -> None:
    windowed = make_model(tmp_path / "windowed", family="mistral", sliding_window=10)
    assert_same(both_ways(opened(tmp_path / "run", windowed), told(5)))


def test_where_an_attention_does_not_see_beginnings_nothing_is_shared(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = opened(tmp_path / "run", model)
    own = attention.documents_of
    blind = lambda each, device: own(tuple(replace(document, behind=None) for document in each), device)  # noqa: E731
    device = run.compute.device
    assert beginnings_suit(run.trainable.model, run.train_rows, device=device)
    monkeypatch.setattr(attention, "documents_of", blind)
    assert not beginnings_suit(run.trainable.model, run.train_rows, device=device)
