"""Nothing leaves the machine: offline settings, and a guard on sockets that denies, counts and reports.

The guard is an audit hook (PEP 578): it sees every connect and look-up that goes through Python, cannot be
taken out again, and does not depend on which module opens the socket. Native code that opens sockets by
itself is beyond it.
"""

import ipaddress
import os
import sys
from collections.abc import Callable, MutableMapping
from typing import Any, Final

OFFLINE: Final = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
    "DO_NOT_TRACK": "1",
    "DISABLE_TELEMETRY": "1",
    "WANDB_MODE": "disabled",
    "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
# Read by libraries: keys of services, and detours around the guard.
SCRUBBED: Final = (
    "HF_TOKEN",
    "HF_ENDPOINT",
    "HUGGING_FACE_HUB_TOKEN",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "WANDB_API_KEY",
    "COMET_API_KEY",
    "MLFLOW_TRACKING_URI",
    "OPENAI_API_KEY",
    "TORCH_HOME",
)
REMOTE_EVENTS: Final = frozenset(
    {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"}
)
REPORTS_MOST: Final = 20


class NetworkGuard:
    """Denies what is not local. `denied` counts every attempt; each target is reported once."""

    def __init__(self, report: Callable[[str], None]) -> None:
        """`report` gets the target of a denied attempt."""
        self.denied = 0
        self._report = report
        self._reported: set[str] = set()

    def install(self) -> None:
        """From here on, for the life of the process."""
        sys.addaudithook(self._on_event)

    def _on_event(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in REMOTE_EVENTS or _is_local(event, arguments):
            return
        self.denied += 1
        target = _target(event, arguments)
        if target not in self._reported and len(self._reported) < REPORTS_MOST:
            self._reported.add(target)
            self._report(target)
        raise PermissionError(f"network access is denied: {target}")


def deny_network(report: Callable[[str], None]) -> NetworkGuard:
    """Scrub the environment and install the guard. Call before torch or transformers is imported."""
    scrub(os.environ)
    guard = NetworkGuard(report)
    guard.install()
    return guard


def scrub(environment: MutableMapping[str, str]) -> None:
    """Set the offline variables; take out keys and proxies, in either case of letters."""
    for name in [name for name in environment if name.upper() in SCRUBBED]:
        del environment[name]
    environment.update(OFFLINE)


def _is_local(event: str, arguments: tuple[Any, ...]) -> bool:
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        return arguments[0] is None or _is_loopback(arguments[0])
    address = arguments[1]
    # A path or bytes belongs to AF_UNIX; without an address the socket was connected, and checked, before.
    return not isinstance(address, tuple) or _is_loopback(address[0])


def _is_loopback(host: Any) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    if name in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(name.split("%")[0]).is_loopback
    except ValueError:
        return False


def _target(event: str, arguments: tuple[Any, ...]) -> str:
    if event == "socket.gethostbyname":
        return str(arguments[0])
    address = arguments[:2] if event == "socket.getaddrinfo" else arguments[1][:2]
    return ":".join(str(part) for part in address)
