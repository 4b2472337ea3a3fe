"""The warm helper: tokenizers stay loaded, weights never are. One JSON object a line, in and out.

`{id, method, params}` → `{id, result}` or `{id, error{code, message, hint}}`, with `{id, progress{done, total}}`
between. `ping` and `cancel {id}` are answered at once, the methods of `WORKED` one after the other by a worker.
"""

import json
import os
import queue
import threading
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from .commands import filled_lines
from .data.records import parse_record
from .data.split import read_split
from .data.templates import ChatTemplate, load_template
from .data.tokens import How, folder_of
from .errors import TrainerError
from .events import claim_stdout, write_all
from .hidden import without_torch
from .inspect_record import inspect, record_at
from .pack_view import PackPlans, settings_of
from .stats import dataset_stats, over_limit

PROGRESS_EVERY: Final = 250
TEMPLATES_MOST: Final = 4
# An inspected record travels in its request, so a line is as long as a record may be.
LINE_LIMIT_BYTES: Final = 32 * 1024 * 1024
WORKED: Final = frozenset({"inspect", "over_limit", "packs", "stats", "survey"})
LOSS_SCOPES: Final = frozenset({"auto", "final", "all"})
PACKAGES: Final = ("transformers", "tokenizers", "numpy", "jinja2")

Send = Callable[[Mapping[str, Any]], None]


class Helper:
    """Answers requests; `answer` is called by the reader, the work is done by a thread of its own."""

    def __init__(self, send: Send) -> None:
        """`send` writes one object to the app, from any thread."""
        self._send = send
        self._packs = PackPlans()
        self._templates: dict[tuple[str, int], ChatTemplate] = {}
        self._work: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._waiting: set[Any] = set()
        self._cancelled: set[Any] = set()
        self._worker = threading.Thread(target=self._run, name="worker", daemon=True)
        self._worker.start()

    def answer(self, line: bytes) -> None:
        """Take one request line; a fault of any kind becomes an error answer."""
        request_id: Any = None
        try:
            request = json.loads(line)
            request_id = request["id"]
            method, params = request["method"], dict(request.get("params") or {})
            if method == "ping":
                self._send({"id": request_id, "result": {"pid": os.getpid()}})
            elif method == "cancel":
                self._send({"id": request_id, "result": {"cancelled": self._cancel(params["id"])}})
            elif method in WORKED:
                self._waiting.add(request_id)
                self._work.put({"id": request_id, "method": method, "params": params})
            else:
                self._fail(request_id, TrainerError("invalid_request", f"There is no method {method!r}."))
        except (KeyError, ValueError, TypeError, RecursionError) as error:
            self._fail(request_id, _malformed(error))

    def finish(self) -> None:
        """Answer what is still waiting, then end."""
        self._work.put(None)
        self._worker.join()

    def _cancel(self, request_id: Any) -> bool:
        if request_id not in self._waiting:
            return False
        self._cancelled.add(request_id)
        return True

    def _run(self) -> None:
        while (request := self._work.get()) is not None:
            request_id = request["id"]
            try:
                self._refuse_cancelled(request_id)
                result = self._call(request_id, request["method"], request["params"])
                self._send({"id": request_id, "result": result})
            except TrainerError as error:
                self._fail(request_id, error)
            except (KeyError, ValueError, TypeError) as error:
                self._fail(request_id, _malformed(error))
            except Exception as error:  # noqa: BLE001 (one bad request must not end the helper)
                self._fail(request_id, TrainerError("unexpected", f"{type(error).__name__}: {error}"[:500]))
            finally:
                self._waiting.discard(request_id)
                self._cancelled.discard(request_id)

    def _call(self, request_id: Any, method: str, params: Mapping[str, Any]) -> Any:
        def report(done: int, total: int) -> None:
            self._refuse_cancelled(request_id)
            if done % PROGRESS_EVERY == 0 or done == total:
                self._send({"id": request_id, "progress": {"done": done, "total": total}})

        if method == "survey":
            from .survey import dataset_survey  # noqa: PLC0415 (scipy: three seconds that previews need not wait for)

            split = read_split(Path(params["split"]))
            return dataset_survey(Path(params["dataset"]), split, sha256=params.get("sha256"), progress=report)
        how = how_of(params)
        template = self._template(Path(params["base_model"]))
        if method == "inspect":
            record = params.get("record")
            found = record_at(Path(params["dataset"]), int(params["index"])) if record is None else parse_record(record)
            return inspect(found, template, how)
        if method == "packs":
            kept = folder_of(Path(params["cache_dir"]), str(params["sha256"]), template=template, how=how)
            return self._packs.plan(kept, Path(params["split"]), settings_of(params)).packs_of(int(params["index"]))

        cache_dir = params.get("cache_dir")
        kept_in: dict[str, Any] = {
            "sha256": params.get("sha256"),
            "cache_dir": None if cache_dir is None else Path(cache_dir),
            "progress": report,
        }
        if method == "over_limit":
            return over_limit(Path(params["dataset"]), template, how, most=int(params["most"]), **kept_in)
        return dataset_stats(Path(params["dataset"]), template, how, **kept_in)

    def _refuse_cancelled(self, request_id: Any) -> None:
        if request_id in self._cancelled:
            raise TrainerError("cancelled", "The request was cancelled.")

    def _template(self, folder: Path) -> ChatTemplate:
        key = (str(folder), _changed_at(folder))
        if key not in self._templates:
            while len(self._templates) >= TEMPLATES_MOST:
                del self._templates[next(iter(self._templates))]
            self._templates[key] = load_template(folder)
        return self._templates[key]

    def _fail(self, request_id: Any, error: TrainerError) -> None:
        self._send({"id": request_id, "error": {"code": error.code, "message": error.message, "hint": error.hint}})


def how_of(params: Mapping[str, Any]) -> How:
    """What a request says about length, scope and format. Raises ValueError or KeyError."""
    scope = params.get("loss_scope", "auto")
    length = int(params["max_length"])
    if scope not in LOSS_SCOPES or length < 1:
        raise ValueError(f"loss_scope {scope!r} or max_length {length} is out of range")
    return How(length, scope, str(params.get("format", "chat")))


def main(argv: list[str]) -> int:
    """Serve until stdin ends."""
    del argv
    without_torch()
    protocol_fd = claim_stdout()
    gate = threading.Lock()

    def send(document: Mapping[str, Any]) -> None:
        line = json.dumps(document, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace") + b"\n"
        try:
            with gate:
                write_all(protocol_fd, line)
        except OSError:
            # The app has gone: nobody waits for an answer.
            os._exit(0)

    helper = Helper(send)
    send({"ready": True, "pid": os.getpid(), "versions": {name: version(name) for name in PACKAGES}})
    for line in filled_lines(0, LINE_LIMIT_BYTES):
        helper.answer(line)
    helper.finish()
    return 0


def _changed_at(folder: Path) -> int:
    names = ("tokenizer", "chat_template", "special_tokens", "added_tokens", "generation_config", "vocab", "merges")
    try:
        return max((path.stat().st_mtime_ns for path in folder.iterdir() if path.name.startswith(names)), default=0)
    except OSError as error:
        raise TrainerError(
            "base_model_missing",
            f"The base model {folder.name} cannot be read: {error.strerror}.",
            hint="Put the folder back, or choose another base model.",
        ) from error


def _malformed(error: Exception) -> TrainerError:
    return TrainerError("invalid_request", f"The request is not of its form: {error!r}"[:500])
