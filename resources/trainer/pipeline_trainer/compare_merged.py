"""Whether a merged model computes what its base model does with the adapter, in float32 on the processor.

Rounding to 16 bit moves logits, so equality is not asked for there: the loss of held-out records may differ
by half a percent, and the greedy answers must agree up to the first token that rounding alone could decide.
Where the weights are float32, logits must agree as well. What a short run changed may be smaller than 16 bit
can tell (four steps in the bundled model: 40 % of the gain was lost); then the merged model has to be wider.
"""

import gc
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import functional

from . import generate
from .compare import DIALOGUES, attach_stored, observe
from .config import Quantization, load_job
from .data.batches import Row
from .data.templates import ChatTemplate, load_tokenizer
from .errors import TrainerError
from .merge import rounded_to
from .model import load_base
from .reading import cpu_float32
from .run_data import read_data

LOSS_TOLERANCE: Final = 0.005
FLOAT32_TOLERANCE: Final = 1e-5
ANSWER_TOKENS: Final = 16
# Enough for the fourth digit of a loss, little beside loading the models.
MOST_TOKENS: Final = 16_384


@dataclass(frozen=True, slots=True)
class HeldOutLoss:
    """Mean cross-entropy per trained token of the same texts: held-out records, windows or sides of them.

    0 of them where the run's data is gone: then it is that of the dialogues' answers.
    """

    texts: int
    adapter: float
    merged: float


@dataclass(frozen=True, slots=True)
class Widened:
    """The base model's own type, and the loss that its rounding would have left of `HeldOutLoss.adapter`."""

    dtype: str
    merged: float


@dataclass(frozen=True, slots=True)
class MergedVerification:
    """`max_abs_diff`: the largest difference of two logits over a few dialogues; `prompts` were answered by both.

    `trained_on`: how many bits the base model had in training; both sides stand on it as it is. `widened`: the
    merged weights are float32 although the base model's are not.
    """

    ok: bool
    max_abs_diff: float
    greedy_equal: bool
    prompts: int
    held_out_loss: HeldOutLoss
    trained_on: Quantization = "none"
    widened: Widened | None = None


@dataclass(frozen=True, slots=True)
class Observed:
    """What one of both models computes: logits (seq, vocab), answers, and how clearly each token was chosen."""

    logits: list[Tensor]
    answers: list[list[int]]
    margins: list[list[float]]
    loss: float


@dataclass(frozen=True, slots=True)
class Reference:
    """What the base model computes with the adapter, and how it was asked; `held_out` of `texts` come from the run."""

    template: ChatTemplate
    texts: Sequence[Row]
    held_out: int
    observed: Observed


def reference_of(base_model: Path, *, adapter: Path, run_dir: Path | None) -> Reference:
    """Load the base model with the adapter and look at it once. Raises what `attach_stored` raises."""
    template = ChatTemplate(load_tokenizer(base_model))
    held_out = held_out_texts(run_dir, base_model)
    texts = held_out or dialogues(template)
    compute = cpu_float32()
    trained = attach_stored(load_base(base_model, dtype=compute.dtype, device=compute.device), adapter).model
    observed = look_at(trained.eval(), template, texts)
    del trained
    gc.collect()
    return Reference(template, texts, len(held_out), observed)


def compare_merged(reference: Reference, merged: Path, *, trained_on: Quantization = "none") -> MergedVerification:
    """Load the merged model and put the same questions to it."""
    compute = cpu_float32()
    model = load_base(merged, dtype=compute.dtype, device=compute.device).eval()
    again = look_at(model, reference.template, reference.texts)
    del model
    gc.collect()
    return judged(reference, again, in_float32=rounded_to(merged) is None, trained_on=trained_on)


def judged(reference: Reference, again: Observed, *, in_float32: bool, trained_on: Quantization) -> MergedVerification:
    """Whether what was loaded again, whose weights are all `in_float32` or not, computes the same."""
    own = reference.observed
    difference = max(float((one - other).abs().max()) for one, other in zip(own.logits, again.logits, strict=True))
    largest = max(float(logits.abs().max()) for logits in own.logits)
    equal = all(
        agree_until_doubt(first, second, margins, doubt=2 * difference)
        for first, second, margins in zip(own.answers, again.answers, own.margins, strict=True)
    )
    close = abs(again.loss - own.loss) <= LOSS_TOLERANCE * own.loss
    exact = not in_float32 or difference <= FLOAT32_TOLERANCE * largest
    loss = HeldOutLoss(reference.held_out, own.loss, again.loss)
    return MergedVerification(equal and close and exact, difference, equal, len(DIALOGUES), loss, trained_on)


def held_out_texts(run_dir: Path | None, base_model: Path) -> list[Row]:
    """What the run held out, as much as makes a figure; nothing where its folder or its data is gone."""
    if run_dir is None:
        return []
    try:
        rows = read_data(run_dir, job=load_job(run_dir, dataset=None, base_model=base_model)).rows.held_out
    except (TrainerError, OSError):
        return []
    texts = [piece for row in rows for side in row.sides for piece in side.pieces if piece.trained_tokens > 0]
    lengths = accumulate(len(text.ids) for text in texts)
    return [text for text, tokens in zip(texts, lengths, strict=True) if tokens <= MOST_TOKENS] or texts[:1]


def dialogues(template: ChatTemplate) -> list[Row]:
    """The questions of the comparison with their given answers, which are trained."""
    encoded = [(template.prompt_ids(question), template.encode(answer).ids) for question, answer in DIALOGUES]
    return [Row("", [*asked, *answer], [False] * len(asked) + [True] * len(answer)) for asked, answer in encoded]


def look_at(model: Any, template: ChatTemplate, texts: Sequence[Row]) -> Observed:
    """Logits and loss of given texts, and answers of its own."""
    logits = observe(model, template)
    answers, margins = [], []
    for question, _ in DIALOGUES:
        answer, clear = answer_of(model, template, question)
        answers.append(answer)
        margins.append(clear)
    return Observed(logits, answers, margins, loss_of(model, texts))


def answer_of(model: Any, template: ChatTemplate, question: str) -> tuple[list[int], list[float]]:
    """Greedy tokens, and the distance of the two largest logits at each."""
    margins: list[float] = []

    def choose(logits: Tensor) -> Tensor:  # (1, vocab)
        first, second = torch.topk(logits, 2).values[0].tolist()
        margins.append(first - second)
        return generate.greedy(logits)

    inputs = generate.lay_out([template.prompt_ids(question)], pad_id=template.pad_id, device=torch.device("cpu"))
    turns = generate.tokens(model, inputs, stop_ids=set(), max_new_tokens=ANSWER_TOKENS, choose=choose)
    return [token for turn in turns for token in turn if token is not None], margins


def agree_until_doubt(first: Sequence[int], second: Sequence[int], margins: Sequence[float], *, doubt: float) -> bool:
    """Whether the tokens are the same up to the first that was chosen by at most `doubt`."""
    for one, other, margin in zip(first, second, margins, strict=True):
        if margin <= doubt:
            return True
        if one != other:
            return False
    return True


@torch.no_grad()
def loss_of(model: Any, texts: Sequence[Row]) -> float:
    """Mean cross-entropy per trained token, one text a pass and from all its logits."""
    total, count = 0.0, 0
    for text in texts:
        targets = torch.tensor(text.ids[1:])[torch.tensor(text.trained[1:])]  # (marked,)
        logits = model(input_ids=torch.tensor([text.ids]), use_cache=False).logits[0, :-1]  # (seq - 1, vocab)
        marked = logits[torch.tensor(text.trained[1:])].float()
        total += float(functional.cross_entropy(marked, targets, reduction="sum"))
        count += len(targets)
    return total / count
