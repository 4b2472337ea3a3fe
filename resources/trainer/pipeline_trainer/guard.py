"""Nothing leaves the machine: offline settings, and a guard on sockets that denies and reports."""

import os
import socket
from collections.abc import Callable
from typing import Any, NoReturn

OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "false",
    # Waiting threads that spin starve whatever else runs on a small processor.
    "OMP_WAIT_POLICY": "PASSIVE",
}


def deny_network(report: Callable[[str], None]) -> None:
    """Set the offline variables and deny every connection but local sockets. Call before torch is imported."""
    os.environ.update({name: os.environ.get(name, value) if name.startswith("OMP") else value for name, value in OFFLINE.items()})

    def refuse(target: object) -> NoReturn:
        report(str(target))
        raise OSError(f"network access is denied: {target}")

    def connect(self: socket.socket, address: Any) -> None:
        if self.family == getattr(socket, "AF_UNIX", None):
            _connect(self, address)
            return
        refuse(address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        connect(self, address)
        return 0

    def getaddrinfo(host: Any, port: Any, *_rest: Any, **_options: Any) -> NoReturn:
        refuse(f"{host}:{port}")

    _connect = socket.socket.connect
    socket.socket.connect = connect  # type: ignore[method-assign,assignment]
    socket.socket.connect_ex = connect_ex  # type: ignore[method-assign,assignment]
    socket.getaddrinfo = getaddrinfo
