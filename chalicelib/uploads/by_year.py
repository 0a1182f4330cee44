"""A dealer's lists of what came to or from customers, which are kept by year."""

from collections.abc import Callable
from datetime import UTC, datetime

SHOWN = 50
FIRST_YEAR = 2022
"""Nothing is kept of the years before."""
Keys = list[tuple[str, str]]
"""Account and id of each."""


def newest_keys(read: Callable[[int, int], Keys], *, now: datetime) -> tuple[Keys, str]:
    """A page of the newest, and the id under which the next one begins, or an empty text.

    `read` gives at most so many of a year (UTC). One year after the other is read until the page is full, back to the
    first.
    """
    keys: Keys = []
    for year in range(now.astimezone(UTC).year, FIRST_YEAR - 1, -1):
        keys += read(year, SHOWN + 1 - len(keys))
        if len(keys) > SHOWN:
            break
    return keys[:SHOWN], keys[SHOWN - 1][1] if len(keys) > SHOWN else ""
