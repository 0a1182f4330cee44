"""How long a call may still take."""

from collections.abc import Callable

MIN_SECONDS_LEFT = 30.0
"""With less nothing new is begun: what is in hand waits for slow answers, and is then to be stored."""

Remaining = Callable[[], float]
"""The seconds until the call is ended from outside."""


def no_deadline() -> float:
    """For callers that nobody ends."""
    return 600.0
