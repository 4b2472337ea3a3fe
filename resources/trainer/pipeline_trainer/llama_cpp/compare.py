"""Whether a GGUF file computes in llama.cpp what the base model does with the adapter, by the rule of merged models."""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import torch
from safetensors.torch import load_file

from .. import compare_merged as merged
from ..compare import DIALOGUES
from ..compare_merged import HeldOutLoss, Observed, Reference, Widened, dialogues, judged
from ..config import Quantization
from ..data.records import Message
from ..data.tokenizer import encode
from ..errors import TrainerError

# What tokenizers cut in different ways: digits, blanks, lines, letters that are not of English, contractions.
PROBE: Final = "Don't wait: it's 2024, 1234567.\n\n\tdef f(x):\n        return x  + 1\nÄpfel, Привет, 東京 🙂 "
PROGRAM: Final = [sys.executable, "-m", __package__.partition(".")[0], "--attended", "ask-llama-cpp"]
NO_CODE: Final = -signal.SIGILL
KILLED: Final = -signal.SIGKILL


@dataclass(frozen=True, slots=True)
class Written:
    """Files to load: a model, and the adapter to put on it. `tensors` of the export were read back.

    `exact`: llama.cpp computes all of it in float32.
    """

    model: Path
    tensors: int
    exact: bool
    adapter: Path | None = None


@dataclass(frozen=True, slots=True)
class Gguf:
    """`tensors` were read back as they should be. `llama_cpp`: the release that has loaded the file, or `reason`."""

    tensors: int
    llama_cpp: str | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class GgufVerification:
    """As of a merged model; without llama.cpp there are no figures, and `ok` is what reading back has shown."""

    ok: bool
    max_abs_diff: float | None
    greedy_equal: bool | None
    prompts: int
    held_out_loss: HeldOutLoss | None
    gguf: Gguf
    trained_on: Quantization = "none"
    widened: Widened | None = None


def missing() -> str | None:
    """Why llama.cpp cannot be used on this machine; None where it can."""
    answer = _run([])
    return answer if isinstance(answer, str) else None


def unchecked(tensors: int, reason: str, *, trained_on: Quantization) -> GgufVerification:
    """Of a file that was read back and no more."""
    return GgufVerification(
        ok=True,
        max_abs_diff=None,
        greedy_equal=None,
        prompts=0,
        held_out_loss=None,
        gguf=Gguf(tensors, None, reason),
        trained_on=trained_on,
    )


def compare_gguf(reference: Reference, written: Written, *, trained_on: Quantization) -> GgufVerification:
    """Load the files in llama.cpp and put the questions of `reference` to them. Raises `export_unverified`."""
    words = [PROBE, *(rendered(reference, dialogue) for dialogue in DIALOGUES)]
    with TemporaryDirectory(dir=written.model.parent, prefix=".asked-") as folder:
        questions, logits = Path(folder) / "questions.json", Path(folder) / "logits.safetensors"
        questions.write_text(json.dumps(_questions(reference, words)))
        adapter = [] if written.adapter is None else ["--adapter", str(written.adapter)]
        files = [str(questions), "--model", str(written.model), *adapter, "--logits", str(logits)]
        answer = _run([*files, "--threads", str(torch.get_num_threads())])
        if isinstance(answer, str):
            return unchecked(written.tensors, answer, trained_on=trained_on)
        again = Observed(list(load_file(logits).values()), answer["answers"], [], answer["loss"])
    for text, ids in zip(words, answer["ids"], strict=True):
        if ids != encode(reference.template.tokenizer, text):
            raise _unverified("llama.cpp cuts text into other tokens than the model's own tokenizer does")
    found = judged(reference, again, in_float32=written.exact, trained_on=trained_on)
    return GgufVerification(
        found.ok,
        found.max_abs_diff,
        found.greedy_equal,
        found.prompts,
        found.held_out_loss,
        Gguf(written.tensors, answer["build"]),
        trained_on,
    )


def rendered(reference: Reference, dialogue: tuple[str, str]) -> str:
    """A dialogue as the model sees it."""
    question, answer = dialogue
    return reference.template.render([Message("user", question), Message("assistant", answer)])


def outcome(status: int, output: Sequence[str]) -> dict[str, Any] | str:
    """What the process has said, or why llama.cpp cannot be used here. Raises `export_unverified`."""
    documents = [json.loads(line) for line in output]
    last = documents[-1] if documents else {}
    error = last.get("error", {})
    if status == 0:
        return dict(last)
    if status == NO_CODE:
        return "this machine's processor lacks instructions that it was built with"
    if error.get("code") == "llama_cpp_missing":
        return str(error["message"])
    if status == KILLED:
        return "its process was killed, most likely because the memory does not hold the model"
    if not documents:
        return f"its process ended with status {status} before it was ready"
    said = error.get("message", f"its process ended with status {status}")
    raise _unverified(f"llama.cpp does not compute with it: {said}")


def _questions(reference: Reference, words: Sequence[str]) -> dict[str, Any]:
    template = reference.template
    return {
        "words": words,
        "dialogues": [row.ids for row in dialogues(template)],
        "prompts": [template.prompt_ids(question) for question, _ in DIALOGUES],
        "answer_tokens": merged.ANSWER_TOKENS,
        "texts": [{"ids": row.ids, "trained": row.trained} for row in reference.texts],
    }


def _run(arguments: Sequence[str]) -> dict[str, Any] | str:
    # It ends when its stdin does, so that it outlives nobody.
    with subprocess.Popen([*PROGRAM, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        output = list(process.stdout or ())
        return outcome(process.wait(), output)


def _unverified(what: str) -> TrainerError:
    return TrainerError("export_unverified", f"{what}.", hint="Export the adapter or the merged model instead.")
