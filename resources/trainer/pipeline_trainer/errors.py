"""The one error type that reaches a person, and what other people's errors mean."""

from typing import Final

# What torch, cuBLAS, cuDNN, Triton and the C library say of memory that is used up.
OUT_OF_MEMORY: Final = ("out of memory", "STATUS_ALLOC_FAILED", "can't allocate memory", "not enough memory")
# What CUDA says once nothing more can be computed in a process: its own code, a driver or the card is at fault.
CARD_FAILED: Final = (
    "illegal memory access",
    "unspecified launch failure",
    "misaligned address",
    "device-side assert",
    "uncorrectable ECC error",
    "hardware stack error",
    "illegal instruction",
    "launch timed out",
)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a card or the processor ran out of memory."""
    # Torch's own, which is not imported for its name.
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and any(mark in str(error) for mark in OUT_OF_MEMORY)


def is_failed_card(error: BaseException) -> bool:
    """Whether a card has stopped computing for this process."""
    return isinstance(error, RuntimeError) and any(mark in str(error) for mark in CARD_FAILED)


class TrainerError(Exception):
    """A failure whose meaning is known: ends an attempt as `failed{code, message, hint}`.

    `code` is snake_case and stable, `message` says what happened, `hint` what to do about it.
    """

    def __init__(self, code: str, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
