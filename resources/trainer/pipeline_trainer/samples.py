"""Answers of the model in training: at the start, at planned checkpoints, at the end, and when a person asks."""

from collections.abc import Sequence
from typing import Final

from . import rng
from .data.order import derive_seed
from .evaluate import evaluating
from .generate import answers
from .model import first_line
from .out_of_memory import free_memory
from .run_state import Run, StoppedError

ASKED: Final = "asked"
SHOWN_CHARACTERS: Final = 60


def sample_if_due(run: Run) -> None:
    """Answers at each checkpoint that the plan knows; those by time, and of a new best, have none."""
    step = run.progress.step
    planned = step > 0 and step % run.intervals.save_every == 0
    # At the end the result answers, which need not be the last step.
    if planned and not run.finished and run.progress.sampled_step != step:
        sample(run)


def sample(run: Run) -> None:
    """Ask the job's prompts, all at once, and remember that it was done."""
    ask(run, [(prompt.id, prompt.text) for prompt in run.job.sample_prompts] if run.team.leads else [])
    run.progress.sampled_step = run.progress.step


def ask(run: Run, prompts: Sequence[tuple[str, str]]) -> None:
    """Report greedy answers to `prompts`, each (id, text), of the model as it stands, on generators of their own.

    An answer is no reason to end a training: prompts that fail together are asked one by one, and of each that fails
    alone there is a warning. Raises StoppedError.
    """
    if not prompts:
        return
    try:
        with rng.isolated(derive_seed(run.job.settings.seed, "sampling")), evaluating(run.trainable.model):
            texts = answers(
                run.trainable.model,
                run.template,
                [text for _, text in prompts],
                max_new_tokens=run.job.sample_max_new_tokens,
                check=run.check,
            )
    except StoppedError:
        raise
    except Exception as error:  # noqa: BLE001 (a template, a tokenizer, memory, positions: whatever it is)
        fault = first_line(error) or type(error).__name__
    else:
        for (prompt_id, prompt), text in zip(prompts, texts, strict=True):
            emit_sample(run, prompt_id, prompt, text=text)
        return
    # Outside of the handler, whose frames hold the tensors of what failed.
    free_memory(run.compute.device)
    if len(prompts) > 1:
        for one in prompts:
            ask(run, [one])
    else:
        run.log.warn(
            "sample_failed", f"The model gave no answer to “{shortened(prompts[0][1])}”: {fault}. Training goes on."
        )


def shortened(text: str) -> str:
    """The beginning of a prompt, as UTF-8 can hold it."""
    return text[:SHOWN_CHARACTERS].encode(errors="replace").decode() + ("…" if len(text) > SHOWN_CHARACTERS else "")


def emit_sample(run: Run, prompt_id: str, prompt: str, *, text: str) -> None:
    """Report one answer."""
    seed, step = run.job.settings.seed, run.progress.step
    run.log.emit("sample", step=step, prompt_id=prompt_id, prompt=prompt, seed=seed, text=text)
