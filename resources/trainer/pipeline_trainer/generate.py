"""Answers of a model: greedy unless asked otherwise, on generators that training never sees."""

import argparse
import inspect
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from .config import QUANTIZATIONS
from .data.templates import ChatTemplate

Choose = Callable[[Tensor], Tensor]  # (batch, vocab) → (batch,)
UNFINISHED_CHARACTER: Final = "\ufffd"


@dataclass(frozen=True, slots=True)
class Inputs:
    """Prompts side by side, padded on the left; `mask` and `positions` are None where none is padded."""

    ids: Tensor  # (batch, seq)
    mask: Tensor | None  # (batch, seq)
    positions: Tensor | None  # (batch, seq)

    def then(self, tokens: Tensor) -> "Inputs":
        """The next call's inputs after `tokens` (batch,) were chosen; the cache holds what came before."""
        if self.mask is None or self.positions is None:
            return Inputs(tokens[:, None], None, None)
        mask = torch.cat([self.mask, torch.ones_like(self.mask[:, :1])], dim=1)
        return Inputs(tokens[:, None], mask, self.positions[:, -1:] + 1)

    def keywords(self) -> dict[str, Tensor]:
        """As a model's keyword arguments."""
        named = {"input_ids": self.ids, "attention_mask": self.mask, "position_ids": self.positions}
        return {name: value for name, value in named.items() if value is not None}


def greedy(logits: Tensor) -> Tensor:
    """The most probable token of each row."""
    return logits.argmax(dim=-1)


def drawing(temperature: float, seed: int) -> Choose:
    """Draws from the softmax at `temperature`, from a generator of its own."""
    stream = torch.Generator().manual_seed(seed)

    def choose(logits: Tensor) -> Tensor:
        probabilities = torch.softmax(logits.cpu() / temperature, dim=-1)
        return torch.multinomial(probabilities, 1, generator=stream).squeeze(1).to(logits.device)

    return choose


def lay_out(prompts: Sequence[Sequence[int]], *, pad_id: int, device: torch.device) -> Inputs:
    """Prompts of token ids, padded on the left to one width."""
    width = max(len(prompt) for prompt in prompts)
    ids = torch.tensor([[pad_id] * (width - len(prompt)) + list(prompt) for prompt in prompts], device=device)
    if all(len(prompt) == width for prompt in prompts):
        return Inputs(ids, None, None)
    mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts], device=device)
    return Inputs(ids, mask, (mask.cumsum(dim=1) - 1).clamp(min=0))


@torch.no_grad()
def tokens(
    model: Any, inputs: Inputs, *, stop_ids: set[int], max_new_tokens: int, choose: Choose
) -> Iterator[list[int | None]]:
    """New tokens of every row, one position a turn; None for rows that have ended."""
    cache = None
    alive = [True] * len(inputs.ids)
    # Those of every token of a long prompt may be gigabytes.
    last = {"logits_to_keep": 1} if takes(model, "logits_to_keep") else {}
    for _ in range(max_new_tokens):
        output = model(**inputs.keywords(), past_key_values=cache, use_cache=True, **last)
        chosen = choose(output.logits[:, -1].float())  # (batch,)
        row_tokens: list[int] = chosen.tolist()
        alive = [living and token not in stop_ids for living, token in zip(alive, row_tokens, strict=True)]
        if not any(alive):
            return
        yield [token if living else None for living, token in zip(alive, row_tokens, strict=True)]
        cache, inputs = output.past_key_values, inputs.then(chosen)


def answers(
    model: Any,
    template: ChatTemplate,
    prompts: Sequence[str],
    *,
    max_new_tokens: int,
    check: Callable[[], None] = lambda: None,
) -> list[str]:
    """Greedy answers to user messages, side by side where the architecture takes positions.

    `check` is called at each token and may raise to stop. The model should be in evaluation mode.
    """
    encoded, max_new_tokens = fitting(model, [template.prompt_ids(prompt) for prompt in prompts], max_new_tokens)
    together = [encoded] if takes(model, "position_ids") else [[prompt] for prompt in encoded]
    results: list[list[int]] = []
    for part in together:
        inputs = lay_out(part, pad_id=template.pad_id, device=model.device)
        written: list[list[int]] = [[] for _ in part]
        for turn in tokens(model, inputs, stop_ids=template.stop_ids, max_new_tokens=max_new_tokens, choose=greedy):
            check()
            for row, token in zip(written, turn, strict=True):
                row.extend([] if token is None else [token])
        results += written
    return [template.decode(row).strip() for row in results]


def fitting(model: Any, prompts: Sequence[list[int]], max_new_tokens: int) -> tuple[list[list[int]], int]:
    """The last tokens of each prompt, and how many new ones, so that together they have places in the model.

    An answer gets at least half of them where it wants as many.
    """
    places = getattr(model.config, "max_position_embeddings", None)
    if not isinstance(places, int):
        return list(prompts), max_new_tokens
    new = min(max_new_tokens, max(1, places // 2))
    return [prompt[-max(1, places - new) :] for prompt in prompts], new


def takes(model: Any, argument: str) -> bool:
    """Whether the architecture knows that argument: with `position_ids` rows of different length go side by side."""
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    return argument in inspect.signature(base.forward).parameters


def stream(model: Any, template: ChatTemplate, prompt: str, *, max_new_tokens: int, choose: Choose) -> Iterator[str]:
    """One answer in pieces of whole characters."""
    prompts, max_new_tokens = fitting(model, [template.prompt_ids(prompt)], max_new_tokens)
    inputs = lay_out(prompts, pad_id=template.pad_id, device=model.device)
    ids: list[int] = []
    shown = ""
    for (token,) in tokens(model, inputs, stop_ids=template.stop_ids, max_new_tokens=max_new_tokens, choose=choose):
        ids.extend([] if token is None else [token])
        text = template.decode(ids)
        if len(text) > len(shown) and not text.endswith(UNFINISHED_CHARACTER):
            yield text[len(shown) :]
            shown = text
    rest = template.decode(ids)[len(shown) :]
    if rest:
        yield rest


def main(argv: list[str]) -> int:
    """`generate`: streams `{"event": "text", subject, text}` and ends with `{"event": "done", answers}`.

    An adapter answers alone, with `--compare` after its base model; without an adapter the base model does.
    """
    options = _parse(argv)
    from .hardware import resolve  # noqa: PLC0415 (seconds to import, after the arguments were checked)
    from .reading import open_model  # noqa: PLC0415 (the same)

    opened = open_model(
        options.base_model,
        compute=resolve(options.device, "auto"),
        adapter=options.adapter,
        quantization=options.quantization,
    )
    written: dict[str, str] = {}
    for subject in subjects(has_adapter=options.adapter is not None, compare=options.compare):
        choose = drawing(options.temperature, options.seed) if options.temperature > 0 else greedy
        with opened.subject(subject) as model:
            pieces = stream(model, opened.template, options.prompt, max_new_tokens=options.max_new_tokens, choose=choose)
            written[subject] = "".join(_shown(pieces, subject)).strip()
    _print({"event": "done", "answers": written})
    return 0


def subjects(*, has_adapter: bool, compare: bool) -> tuple[str, ...]:
    """Who answers, in this order."""
    if not has_adapter:
        return ("base",)
    return ("base", "adapter") if compare else ("adapter",)


def _shown(pieces: Iterator[str], subject: str) -> Iterator[str]:
    for piece in pieces:
        _print({"event": "text", "subject": subject, "text": piece})
        yield piece


def _print(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="pipeline_trainer generate")
    parser.add_argument("--base-model", type=Path, required=True)
    parser.add_argument("--adapter", type=Path)
    parser.add_argument(
        "--quantization", choices=QUANTIZATIONS, default="none", help="of the base model, as it was in training"
    )
    parser.add_argument("--prompt", required=True)
    parser.add_argument("--compare", action="store_true", help="with an adapter: ask its base model too")
    parser.add_argument("--max-new-tokens", type=int, default=200)
    parser.add_argument("--temperature", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    return parser.parse_args(argv)
