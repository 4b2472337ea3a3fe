"""The trainer's half of the protocol in one place: events out, commands in, exit codes."""

from .commands import Command, CommandKind, Commands, StopKind
from .events import (
    EXIT_CANCELLED,
    EXIT_COMPLETED,
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    TERMINAL_EVENTS,
    EventLog,
    claim_stdout,
)

__all__ = [
    "EXIT_CANCELLED",
    "EXIT_COMPLETED",
    "EXIT_FAILED",
    "EXIT_INTERRUPTED",
    "TERMINAL_EVENTS",
    "Command",
    "CommandKind",
    "Commands",
    "EventLog",
    "StopKind",
    "claim_stdout",
]
