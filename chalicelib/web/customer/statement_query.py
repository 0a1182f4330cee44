"""Which statement an address asks for, and what a form offers to ask for. Customers and staff have the same."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from chalicelib.kernel.errors import InvalidError
from chalicelib.statements.model import Period, StatementStyle, check_period, month_period
from chalicelib.web.presenters.months import last_months, month_named

OWN = "own"
MONTHS = 36
FIELDS = ("period", "from", "to", "style", "with", "asked")
"""What of an address says which statement it is."""
PARTS = ("ageing", "payments", "credits")
_MAX_DATE = 10


class StatementQuery(NamedTuple):
    """What was asked for. `choice` is a month or OWN; without a `style` it is the usual one.

    `errors` and the typed days are those of the two date fields.
    """

    period: Period
    choice: str
    style: StatementStyle | None = None
    parts: frozenset[str] = frozenset(PARTS)
    errors: Mapping[str, str] = {}
    typed: tuple[str, str] = ("", "")

    def address(self) -> list[tuple[str, str]]:
        """The fields of an address that asks for the same."""
        own = [("from", self.period.first.isoformat()), ("to", self.period.last.isoformat())]
        return [
            ("period", self.choice),
            *(own if self.choice == OWN else []),
            *([("style", self.style.value)] if self.style else []),
            ("asked", "1"),
            *(("with", part) for part in PARTS if part in self.parts),
        ]


def statement_query(query: Mapping[str, str], parts: list[str], *, today: date) -> StatementQuery:
    """What an address asks for; the last whole month where it says nothing. `parts` are all its values of `with`.

    Days that cannot be are named in `errors`, and the statement is then that of the last whole month.
    """
    style = _style(query.get("style", ""))
    chosen = frozenset(PARTS).intersection(parts) if query.get("asked") else frozenset(PARTS)
    newest = month_period(today.replace(day=1) - timedelta(days=1))
    choice = query.get("period", "")
    if choice == OWN:
        typed = (query.get("from", "")[:_MAX_DATE], query.get("to", "")[:_MAX_DATE])
        try:
            period = check_period(*map(_day, typed), today=today)
        except InvalidError as error:
            errors = {field: str(text) for field, text in error.fields.items()}
            return StatementQuery(newest, OWN, style, chosen, errors, typed)
        return StatementQuery(period, OWN, style, chosen, typed=typed)
    month = _month(choice, today) or newest
    return StatementQuery(month, f"{month.first:%Y-%m}", style, chosen)


def months_offered(today: date, known_from: date | None, *, shown: date) -> list[date]:
    """The first days of the months to choose from, newest first: from this one back to that of the oldest row.

    The month of the day `shown` is among them also where it is before the oldest row.
    """
    return [
        month
        for month in last_months(today, MONTHS)
        if known_from is None or month_period(month).last >= min(known_from, shown)
    ]


def _month(text: str, today: date) -> Period | None:
    """A month that has begun, as far as it has come."""
    if not month_named(text):
        return None
    period = month_period(date.fromisoformat(f"{text}-01"))
    return Period(period.first, min(period.last, today)) if period.first <= today else None


def _style(text: str) -> StatementStyle | None:
    return next((style for style in StatementStyle if style == text), None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == _MAX_DATE else None
    except ValueError:
        return None
