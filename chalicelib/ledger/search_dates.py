"""Dates within a search text, as readers of a locale type them: `23 Nov`, `October 2026`, `23/11/2026`. Pure."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from babel import Locale

_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?,?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMERIC = re.compile(r"(\d{1,4})([/.-])(\d{1,2})(?:\2(\d{4}|\d{2}))?(\.?)|(\d{1,2})[/.-]((?:19|20)\d\d)")
_JOINED = re.compile(r"[-/.]")
_SHORTEST_NAME = 3
_LAST_MONTH, _LAST_DAY = 12, 31
_MAX_WORDS = 3


class DatePattern(NamedTuple):
    """A date or a part of one, as it stands in ISO text (`2026`, `11`, `23`); None fits anything."""

    year: str | None = None
    month: str | None = None
    day: str | None = None

    def fits(self, iso: str | None) -> bool:
        """Whether this ISO date is one of those meant."""
        return (
            iso is not None
            and (self.month is None or iso[5:7] == self.month)
            and (self.day is None or iso[8:] == self.day)
            and (self.year is None or iso[:4] == self.year)
        )


class Calendar(NamedTuple):
    """How a locale writes dates: months by their names, case folded, and whether the day stands before the month."""

    months: Mapping[str, int]
    day_first: bool


@cache
def calendar(locale: str) -> Calendar:
    """The calendar of a locale. English names are known everywhere: untranslated pages write them."""
    names: dict[str, int] = {}
    babel = Locale.parse(locale, sep="-")
    for language in (Locale("en"), babel):
        for forms in language.months.values():
            for width in ("wide", "abbreviated"):
                names |= {name.casefold().rstrip("."): number for number, name in forms[width].items()}
    short = babel.date_formats["short"].pattern
    return Calendar(names, short.find("d") < short.find("M"))


def date_at(words: Sequence[str], calendar: Calendar) -> tuple[DatePattern, int] | None:
    """The date that these case folded words begin with, and how many of them it takes. None if they begin with none."""
    for length in range(_MAX_WORDS, 0, -1):
        if length <= len(words) and (found := _written(words[:length], calendar)):
            return found, length
    joined = _JOINED.split(words[0])
    found = _numeric(words[0], calendar) or (_written(joined, calendar) if 1 < len(joined) <= _MAX_WORDS else None)
    return (found, 1) if found else None


def _written(words: Sequence[str], calendar: Calendar) -> DatePattern | None:
    """`23 nov 2026`, `nov 23 2026`, `23 nov`, `nov 23`, `nov 2026` or `nov`."""
    months = [month for word in words if (month := _month(word, calendar))]
    if len(months) != 1:
        return None
    rest = [word for word in words if not _month(word, calendar)]
    if not rest:
        return _pattern(None, months[0], None)
    year = _YEAR.fullmatch(rest[-1])
    if year and len(rest) == 1 and words[-1] == rest[0]:
        return _pattern(year[0], months[0], None)
    day = _DAY.fullmatch(rest[0])
    if day is None or (len(rest) > 1 and (year is None or words[-1] != rest[-1])):
        return None
    return _pattern(year[0] if year else None, months[0], int(day[1]))


def _month(word: str, calendar: Calendar) -> int | None:
    """The month of this name, or of the only names that begin with these letters."""
    name = word.rstrip(".,")
    if name in calendar.months or len(name) < _SHORTEST_NAME or not name.isalpha():
        return calendar.months.get(name)
    found = {month for known, month in calendar.months.items() if known.startswith(name)}
    return found.pop() if len(found) == 1 else None


def _numeric(word: str, calendar: Calendar) -> DatePattern | None:
    """`23/11/2026`, `23.11.26`, `2026-11-23`, `2026-11`, `11/2026`, `23/11` or `23.11.`; `23.11` is an amount."""
    match = _NUMERIC.fullmatch(word)
    if match is None:
        return None
    first, mark, second, third, stop, month, year = match.groups()
    if year:
        return _pattern(year, int(month), None)
    if _YEAR.fullmatch(first):
        return _pattern(first, int(second), int(third) if third else None)
    if len(first) > len("23") or (third is None and mark != "/" and not stop):
        return None
    day, month_number = (int(first), int(second)) if calendar.day_first else (int(second), int(first))
    if month_number > _LAST_MONTH:
        day, month_number = month_number, day
    return _pattern(third and (third if len(third) == len("2026") else f"20{third}"), month_number, day)


def _pattern(year: str | None, month: int, day: int | None) -> DatePattern | None:
    if not 1 <= month <= _LAST_MONTH or not 1 <= (day or 1) <= _LAST_DAY or day == 0:
        return None
    return DatePattern(year, f"{month:02}", None if day is None else f"{day:02}")
