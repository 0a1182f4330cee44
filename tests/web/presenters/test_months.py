"""Months of a list and of an address."""

from datetime import date

import pytest

from chalicelib.web.presenters.months import last_months, month_named


def test_the_last_months_begin_with_this_one() -> None:
    assert last_months(date(2024, 1, 31), 3) == [date(2024, 1, 1), date(2023, 12, 1), date(2023, 11, 1)]


@pytest.mark.parametrize(
    ("text", "named"),
    [("2026-11", "2026-11"), ("2026-13", ""), ("2026-11-01", ""), ("1999-01", ""), ("2026-11\n", ""), ("", "")],
)
def test_what_is_no_month_names_none(text: str, named: str) -> None:
    assert month_named(text) == named
