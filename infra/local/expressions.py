"""Schedule expressions of EventBridge: `rate(5 minutes)` and `cron(0 6 ? * MON-FRI *)`, in UTC."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

Expression = Callable[[datetime], datetime]
"""Gives the first time after a time at which the schedule is due."""

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
_HORIZON_DAYS = 366 * 4


def parse(text: str) -> Expression:
    """A schedule from its text. Raises ValueError for what EventBridge, or this reader, does not know (L, W and #)."""
    if rate := _RATE.fullmatch(text):
        step = timedelta(**{f"{rate[2]}s": int(rate[1])})
        if not step:
            raise ValueError(f"a rate of nothing: {text}")
        return lambda after: after + step
    if cron := _CRON.fullmatch(text):
        return Cron.of(*cron.groups()).after
    raise ValueError(f"not a schedule: {text}")


@dataclass(frozen=True, slots=True)
class Cron:
    """The values each field allows. Sunday is 1. One of the two day fields is `?`, which allows every day."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    years: frozenset[int]

    @classmethod
    def of(cls, minutes: str, hours: str, days: str, months: str, weekdays: str, years: str) -> "Cron":
        """Raises ValueError for a field out of range."""
        if "?" not in {days, weekdays}:
            raise ValueError("one of day of month and day of week must be ?")
        return cls(
            _values(minutes, 0, 59),
            _values(hours, 0, 23),
            _values(days, 1, 31),
            _values(months, 1, 12, _MONTHS),
            _values(weekdays, 1, 7, _DAYS),
            _values(years, 1970, 2199),
        )

    def after(self, moment: datetime) -> datetime:
        """The first whole minute after `moment` that fits. Raises ValueError if there is none within four years."""
        candidate = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
        end = candidate + timedelta(days=_HORIZON_DAYS)
        while candidate < end:
            if not self._fits_day(candidate):
                candidate = (candidate + timedelta(days=1)).replace(hour=0, minute=0)
            elif candidate.hour not in self.hours:
                candidate = (candidate + timedelta(hours=1)).replace(minute=0)
            elif candidate.minute not in self.minutes:
                candidate += timedelta(minutes=1)
            else:
                return candidate
        raise ValueError("the schedule is never due again")

    def _fits_day(self, day: datetime) -> bool:
        return (
            day.day in self.days
            and day.month in self.months
            and day.isoweekday() % 7 + 1 in self.weekdays
            and day.year in self.years
        )


def _values(text: str, low: int, high: int, names: list[str] | None = None) -> frozenset[int]:
    numbers = {name: str(low + i) for i, name in enumerate(names or [])}
    found: set[int] = set()
    for part in text.upper().split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        start = low if first in {"*", "?"} else int(numbers.get(first, first))
        open_end = first in {"*", "?"} or step
        stop = int(numbers.get(last, last)) if last else (high if open_end else start)
        found |= set(range(start, stop + 1, int(step or 1)))
    if not found or min(found) < low or max(found) > high:
        raise ValueError(f"{text!r} is not within {low} to {high}")
    return frozenset(found)
