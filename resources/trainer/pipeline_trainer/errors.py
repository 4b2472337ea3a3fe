"""The one error type that reaches a person."""


class TrainerError(Exception):
    """A failure whose meaning is known: ends an attempt as `failed{code, message, hint}`.

    `code` is snake_case and stable, `message` says what happened, `hint` what to do about it.
    """

    def __init__(self, code: str, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
