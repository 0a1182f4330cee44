from datetime import UTC, datetime

import pytest

from chalicelib.ledger.row_query import RowQuery
from chalicelib.rendering.format import formats
from chalicelib.web.customer.filters import DateFilter, date_filter, range_in_words

FMT = formats("en-GB", "Europe/London", "GBP")


class At:
    """As much of a request as the date filter reads: an address and a moment."""

    fmt = FMT

    def __init__(self, now: datetime) -> None:
        self.now = now

    def here(self, **changes: object) -> str:
        return "&".join(f"{name}={value}" for name, value in changes.items() if value)


def dates(now: datetime, first: str | None = None, last: str | None = None) -> DateFilter:
    return date_filter(At(now), RowQuery(first=first, last=last))  # type: ignore[arg-type]  # see above


def test_the_presets_are_those_of_the_dealers_today() -> None:
    late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert [(choice.label, choice.link, choice.current) for choice in dates(late).choices] == [
        ("Any date", "", True),
        ("This month", "from=2026-12-01&to=2026-12-31", False),
        ("Last month", "from=2026-11-01&to=2026-11-30", False),
        ("This year", "from=2026-01-01&to=2026-12-31", False),
        ("Last year", "from=2025-01-01&to=2025-12-31", False),
    ]
    assert dates(datetime(2028, 2, 10, tzinfo=UTC)).choices[1].link == "from=2028-02-01&to=2028-02-29"


@pytest.mark.parametrize(
    ("first", "last", "label", "words"),
    [
        (None, None, "Any date", ""),
        ("2026-11-01", "2026-11-30", "Last month", "1 Nov 2026 to 30 Nov 2026"),
        ("2026-11-02", "2026-11-30", "2 Nov 2026 to 30 Nov 2026", "2 Nov 2026 to 30 Nov 2026"),
        ("2026-11-02", None, "From 2 Nov 2026", "From 2 Nov 2026"),
        (None, "2026-11-30", "Until 30 Nov 2026", "Until 30 Nov 2026"),
    ],
)
def test_the_dates_in_force_are_said(first: str | None, last: str | None, label: str, words: str) -> None:
    found = dates(datetime(2026, 12, 5, tzinfo=UTC), first, last)
    assert (found.label, found.first, found.last) == (label, first or "", last or "")
    assert range_in_words(FMT, RowQuery(first=first, last=last)) == words
