"""How the program ends."""

APPLIED, REFUSED, HELD, NOT_SENT, WRONG_USE = range(5)
"""Exit codes."""


class Stop(Exception):  # noqa: N818 - it is the way out, not a failure
    """Ends the program with this code and message."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
