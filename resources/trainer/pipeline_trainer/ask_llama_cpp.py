"""`ask-llama-cpp`: what llama.cpp makes of a GGUF file, for `llama_cpp.compare`.

In a process of its own: where something is wrong, llama.cpp ends the process that it is in.
"""

import argparse
import ctypes
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from safetensors.numpy import save_file

from .errors import TrainerError
from .llama_cpp.library import LogCallback, build_name, open_library

Rows = np.ndarray[Any, np.dtype[np.float32]]

# More at once only takes memory for logits.
BATCH_TOKENS: Final = 512
ERROR_LEVEL: Final = 4
FLOAT32: Final = 0  # of ggml's types
NO_FLASH: Final = 0
SPARE_TOKENS: Final = 8


def main(argv: list[str]) -> int:
    """Print `{event: ready}` where llama.cpp runs at all, then `{build, ids, answers, loss}`; logits go to a file.

    Without questions the first is all. Raises `llama_cpp_missing` or `llama_cpp_refused`.
    """
    parser = argparse.ArgumentParser(prog="pipeline_trainer ask-llama-cpp")
    parser.add_argument("questions", type=Path, nargs="?", help="JSON as `llama_cpp.compare` writes it")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--adapter", type=Path)
    parser.add_argument("--logits", type=Path, help="safetensors to write, an entry a dialogue")
    parser.add_argument("--threads", type=int)
    options = parser.parse_args(argv)
    try:
        library = Library()
    except OSError as error:
        raise TrainerError("llama_cpp_missing", str(error)) from error
    _print({"event": "ready"})
    if options.questions is not None:
        _print(answers_to(json.loads(options.questions.read_bytes()), library, options))
    return 0


def answers_to(questions: dict[str, Any], library: "Library", options: argparse.Namespace) -> dict[str, Any]:
    """The document that ends the output."""
    texts = [*questions["dialogues"], *(text["ids"] for text in questions["texts"])]
    longest = max(map(len, [*texts, *questions["prompts"]])) + questions["answer_tokens"]
    loaded = library.load(options.model, adapter=options.adapter, tokens=longest, threads=options.threads)
    logits = {f"{index:04}": np.concatenate(list(loaded.read(ids))) for index, ids in enumerate(questions["dialogues"])}
    save_file(logits, options.logits)
    return {
        "build": build_name(),
        "ids": [loaded.tokenize(text) for text in questions["words"]],
        "answers": [loaded.answer(ids, questions["answer_tokens"]) for ids in questions["prompts"]],
        "loss": loaded.loss(questions["texts"]),
    }


class Library:
    """llama.cpp; what it says is kept where it is an error."""

    def __init__(self) -> None:
        """Raises OSError where it cannot be used."""
        self.functions: Any = open_library()
        self.errors: list[str] = []
        # Kept, or it is collected while llama.cpp still calls it.
        self._log = LogCallback(self._heard)
        self.functions.llama_log_set(self._log, None)
        self.functions.llama_backend_init()

    def load(self, model: Path, *, adapter: Path | None, tokens: int, threads: int) -> "Loaded":
        """On the processor, with room for `tokens`. Raises `llama_cpp_refused`."""
        functions = self.functions
        wishes = functions.llama_model_default_params()
        wishes.n_gpu_layers = 0
        opened = self._there(functions.llama_model_load_from_file(str(model).encode(), wishes))
        room = functions.llama_context_default_params()
        room.n_ctx, room.n_batch, room.n_ubatch = tokens, BATCH_TOKENS, BATCH_TOKENS
        room.n_threads = room.n_threads_batch = threads
        room.type_k = room.type_v = FLOAT32
        room.flash_attn_type = NO_FLASH
        context = self._there(functions.llama_init_from_model(opened, room))
        if adapter is not None:
            added = ctypes.c_void_p(self._there(functions.llama_adapter_lora_init(opened, str(adapter).encode())))
            scale = ctypes.c_float(1)
            if functions.llama_set_adapters_lora(context, ctypes.byref(added), 1, ctypes.byref(scale)) != 0:
                raise self.refused()
        return Loaded(self, opened, context)

    def refused(self) -> TrainerError:
        """With what llama.cpp said first, which is the cause of the rest."""
        return TrainerError("llama_cpp_refused", (self.errors or ["without a reason"])[0])

    def _there(self, pointer: int | None) -> int:
        if pointer is None:
            raise self.refused()
        return pointer

    def _heard(self, level: int, text: bytes, _user: int | None) -> None:
        if level == ERROR_LEVEL:
            self.errors.append(text.decode(errors="replace").strip())


class Loaded:
    """A model in llama.cpp, with room for one text."""

    def __init__(self, library: Library, model: int, context: int) -> None:
        self._library, self._functions, self._context = library, library.functions, context
        self._vocabulary = self._functions.llama_model_get_vocab(model)
        self._width: int = self._functions.llama_vocab_n_tokens(self._vocabulary)
        self._batch = self._functions.llama_batch_init(BATCH_TOKENS, 0, 1)

    def read(self, ids: Sequence[int]) -> Iterator[Rows]:
        """Logits of every position of a new text, a few positions at a time: (part, vocab)."""
        self._functions.llama_memory_clear(self._functions.llama_get_memory(self._context), 1)
        for start in range(0, len(ids), BATCH_TOKENS):
            yield self._go_on(ids[start : start + BATCH_TOKENS], start)

    def answer(self, ids: Sequence[int], count: int) -> list[int]:
        """The `count` most probable next tokens, one after the other."""
        (*_, last) = self.read(ids)
        written = [int(last[-1].argmax())]
        while len(written) < count:
            row = self._go_on(written[-1:], len(ids) + len(written) - 1)
            written.append(int(row[-1].argmax()))
        return written

    def loss(self, texts: Sequence[dict[str, Any]]) -> float:
        """Mean cross-entropy per trained token."""
        total, count = 0.0, 0
        for text in texts:
            ids, trained, start = np.array(text["ids"]), np.array(text["trained"]), 1
            for rows in self.read(text["ids"][:-1]):
                part = slice(start, start + len(rows))
                losses = _cross_entropy(rows[trained[part]].astype(np.float64), ids[part][trained[part]])
                total, count, start = total + float(losses.sum()), count + len(losses), start + len(rows)
        return total / count

    def tokenize(self, text: str) -> list[int]:
        """Ids of `text`, whose special tokens mean themselves; none are added."""
        encoded = text.encode()
        ids = (ctypes.c_int32 * (len(encoded) + SPARE_TOKENS))()
        found = self._functions.llama_tokenize(self._vocabulary, encoded, len(encoded), ids, len(ids), 0, 1)
        return list(ids[:found])

    def _go_on(self, ids: Sequence[int], position: int) -> Rows:
        batch = self._batch
        batch.n_tokens = len(ids)
        for index, token in enumerate(ids):
            batch.token[index], batch.pos[index] = token, position + index
            batch.n_seq_id[index], batch.seq_id[index][0], batch.logits[index] = 1, 0, 1
        if self._functions.llama_decode(self._context, batch) != 0:
            raise self._library.refused()
        logits = self._functions.llama_get_logits(self._context)
        return np.ctypeslib.as_array(logits, shape=(len(ids), self._width)).copy()


def _cross_entropy(rows: np.ndarray[Any, Any], targets: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    largest = rows.max(axis=1, initial=-np.inf)
    sums = np.log(np.exp(rows - largest[:, None]).sum(axis=1)) + largest
    return np.asarray(sums - rows[np.arange(len(rows)), targets])


def _print(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()
