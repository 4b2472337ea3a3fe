"""The warm helper: tokenizers stay loaded, weights never are. One JSON object a line, in and out."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .data.records import parse_record
from .data.templates import ChatTemplate, load_tokenizer
from .errors import TrainerError
from .events import claim_stdout, write_all
from .inspect_record import inspect, record_at
from .stats import dataset_stats

PROGRESS_EVERY = 250


class Helper:
    """Answers `inspect`, `stats` and `ping`, one after the other."""

    def __init__(self, send: Callable[[Mapping[str, Any]], None]) -> None:
        """`send` writes one object to the app."""
        self._send = send
        self._templates: dict[tuple[str, float], ChatTemplate] = {}

    def answer(self, line: str) -> None:
        """Answer one request line; a fault of any kind becomes an error answer."""
        request_id: Any = None
        try:
            request = json.loads(line)
            request_id = request["id"]
            self._send({"id": request_id, "result": self._call(request_id, request["method"], request.get("params", {}))})
        except TrainerError as error:
            self._fail(request_id, error.code, error.message, hint=error.hint)
        except (KeyError, ValueError, TypeError) as error:
            self._fail(request_id, "invalid_request", f"The request is not of its form: {error!r}")

    def _call(self, request_id: Any, method: str, params: dict[str, Any]) -> Any:
        if method == "ping":
            return {"pid": os.getpid()}
        if method not in {"inspect", "stats"}:
            raise ValueError(method)
        template = self._template(Path(params["base_model"]))
        how = {
            "max_length": int(params["max_length"]),
            "loss_scope": params.get("loss_scope", "auto"),
            "dataset_format": params.get("format", "chat"),
        }
        if method == "inspect":
            record = params.get("record")
            found = record_at(Path(params["dataset"]), int(params["index"])) if record is None else parse_record(record)
            return inspect(found, template, **how)

        def report(done: int) -> None:
            if done % PROGRESS_EVERY == 0:
                self._send({"id": request_id, "progress": {"done": done}})

        return dataset_stats(Path(params["dataset"]), template, progress=report, **how)

    def _template(self, folder: Path) -> ChatTemplate:
        files = [path for path in folder.iterdir() if path.name.startswith(("tokenizer", "chat_template"))]
        key = (str(folder), max((path.stat().st_mtime for path in files), default=0.0))
        if key not in self._templates:
            self._templates[key] = ChatTemplate(load_tokenizer(folder))
        return self._templates[key]

    def _fail(self, request_id: Any, code: str, message: str, *, hint: str = "") -> None:
        self._send({"id": request_id, "error": {"code": code, "message": message, "hint": hint}})


def main(argv: list[str]) -> int:
    """Serve until stdin ends."""
    del argv
    protocol_fd = claim_stdout()

    def send(document: Mapping[str, Any]) -> None:
        write_all(protocol_fd, json.dumps(document, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace") + b"\n")

    helper = Helper(send)
    send({"ready": True, "pid": os.getpid()})
    for line in sys.stdin:
        if line.strip():
            helper.answer(line)
    return 0
