"""What counts as viewed, what as new. Pure."""

from datetime import date, datetime, timedelta

import pytest

from chalicelib.ledger.viewed.model import (
    KEPT,
    MAX_ROWS,
    Seen,
    Viewing,
    Viewings,
    is_new,
    is_noted,
    months_of_new,
    noted,
)
from tests.ledger.rows import a_row

TODAY = date(2024, 6, 5)
ROW = a_row("127070", total=770, on="2024-06-04")


def test_the_first_time_stays_and_the_last_is_noted_once_a_day(now: datetime) -> None:
    first = noted({}, [ROW.key], now=now)
    assert first == {ROW.key: Seen(int(now.timestamp()), int(now.timestamp()))}
    for seconds in range(0, 86_400, 864):
        assert noted(first, [ROW.key], now=now + timedelta(seconds=seconds)) is None
    later = now + timedelta(days=1)
    assert noted(first, [ROW.key], now=later) == {ROW.key: Seen(int(now.timestamp()), int(later.timestamp()))}


def test_there_is_an_end_to_the_documents_of_a_month(now: datetime) -> None:
    many = noted({}, [("invoice", str(n)) for n in range(MAX_ROWS + 5)], now=now)
    assert many is not None
    assert len(many) == MAX_ROWS
    assert noted(many, [ROW.key], now=now) is None


@pytest.mark.parametrize(
    ("day", "joined", "expected"),
    [
        ("2024-06-04", date(2024, 6, 3), True),
        ("2024-06-04", date(2024, 6, 4), False),  # it may have been there before them
        ("2024-05-06", date(2024, 1, 1), True),
        ("2024-05-05", date(2024, 1, 1), False),  # of more than 30 days ago
        ("2024-06-06", date(2024, 1, 1), False),
    ],
)
def test_only_what_came_of_late_and_after_somebody_joined_is_new(day: str, joined: date, *, expected: bool) -> None:
    row = a_row("1", total=1, on=day)
    assert is_new(row, frozenset(), joined=joined, today=TODAY) is expected
    assert not is_new(row, frozenset({row.key}), joined=joined, today=TODAY)
    assert not is_new(row._replace(type="payment"), frozenset(), joined=joined, today=TODAY)


def test_every_month_of_what_may_be_new_is_read() -> None:
    assert months_of_new(TODAY) == ("2024-06", "2024-05")
    assert months_of_new(date(2023, 3, 1)) == ("2023-03", "2023-02", "2023-01")


def test_of_an_old_document_nothing_is_said() -> None:
    nobody = Viewings({})
    assert nobody.is_missing(ROW, today=TODAY)
    assert not Viewings({ROW.key: (Viewing("Ann", Seen(1, 1)),)}).is_missing(ROW, today=TODAY)
    old = ROW._replace(transaction_date=(TODAY - KEPT - timedelta(days=1)).isoformat())
    assert not is_noted(old, today=TODAY)
    assert not nobody.is_missing(old, today=TODAY)
    assert not nobody.is_missing(ROW._replace(type="payment"), today=TODAY)
