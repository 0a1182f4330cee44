"""Months as a page offers and an address names them: `2026-11`."""

import re
from datetime import date, timedelta

_MONTH = re.compile(r"2\d{3}-(?:0[1-9]|1[0-2])", re.ASCII)


def month_named(text: str) -> str:
    """The month that an address names; empty where it is none."""
    return text if _MONTH.fullmatch(text) else ""


def last_months(today: date, count: int) -> list[date]:
    """The first day of this month and of those before it, `count` in all."""
    found = [today.replace(day=1)]
    while len(found) < count:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found
