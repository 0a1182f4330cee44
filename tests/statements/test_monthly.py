from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.ledger.row import Row
from chalicelib.statements import monthly
from chalicelib.statements.model import Effect, Period, month_period
from chalicelib.statements.monthly import Chain, due_month, monthly_statement, pack_known, unpack_known
from tests.ledger.rows import a_row
from tests.statements.ledgers import balance_of

MONTHS = 24


def months() -> list[Period]:
    found = [month_period(date(2023, 1, 1))]
    while len(found) < MONTHS:
        found.append(month_period(found[-1].last + timedelta(days=1)))
    return found


@st.composite
def nights(draw: st.DrawFn) -> list[list[Row]]:
    """What an export has at the end of each month: new rows, some with an earlier date, some changed, some gone."""
    rows: list[Row] = []
    found: list[list[Row]] = []
    for period in months():
        for _ in range(draw(st.integers(0, 3))):
            back = draw(st.sampled_from([0, 0, 0, 20, 50, 400]))
            on = max(period.last - timedelta(days=back + draw(st.integers(0, 27))), date(2022, 6, 1))
            kind, sign = draw(st.sampled_from([("invoice", 1), ("payment", -1), ("credit_note", -1), ("journal", 1)]))
            total = sign * draw(st.integers(1, 10**6))
            rows.append(a_row(f"{len(found)}-{len(rows)}", total=total, on=on.isoformat(), type=kind))
        if rows and draw(st.integers(0, 5)) == 0:
            at = draw(st.integers(0, len(rows) - 1))
            rows[at] = rows[at]._replace(total=rows[at].total * 2, outstanding=rows[at].total * 2)
        if rows and draw(st.integers(0, 7)) == 0:
            rows.pop(draw(st.integers(0, len(rows) - 1)))
        found.append(list(rows))
    return found


@settings(max_examples=40)
@given(nights=nights())
def test_over_24_months_each_statement_begins_where_the_last_ended(nights: list[list[Row]]) -> None:
    """And every row stands on one statement: on that of its month, or late on the next one that was made."""
    before: Chain | None = None
    listed: Counter[tuple[str, str, str]] = Counter()
    for period, rows in zip(months(), nights, strict=True):
        balance = balance_of(rows)
        made, after = monthly_statement(rows, balance=balance, as_at=period.last, period=period, before=before)
        if before:
            assert made.opening == before.closing
        assert made.opening + sum(one.amount for one in made.movements) == made.closing == after.closing
        assert made.closing == sum(row.total for row in rows if row.transaction_date <= period.last.isoformat())
        for one in made.movements:
            is_earlier = one.on < period.first.isoformat()
            assert one.late == is_earlier
        listed.update(one.key for one in made.movements if one.effect == Effect.ENTERED)
        before = after
    assert set(listed.values()) <= {1}


def statement(rows: list[Row], month: int, before: Chain | None) -> tuple[list[tuple[str, int, bool]], Chain]:
    period = month_period(date(2024, month, 1))
    made, after = monthly_statement(rows, balance=balance_of(rows), as_at=period.last, period=period, before=before)
    return [(one.reference or one.effect, one.amount, one.late) for one in made.movements], after


def test_what_comes_with_an_earlier_date_is_late_and_what_changes_is_one_line() -> None:
    rows = [a_row("1", total=100, on="2024-05-10")]
    may, after = statement(rows, 5, None)
    assert may == [("1", 100, False)]
    rows = [rows[0]._replace(total=90, outstanding=90), a_row("2", total=7, on="2024-05-20"), a_row("3", total=5)]
    june, after = statement(rows, 6, after)
    assert june == [("2", 7, True), ("changed", -10, False), ("3", 5, False)]
    assert after.closing == 102
    assert statement(rows, 7, after)[0] == []


def test_of_very_many_movements_the_oldest_count_as_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monthly, "MAX_KNOWN", 2)
    rows = [a_row(f"{day}", total=1, on=f"2024-05-{day}") for day in (10, 11, 12)]
    _, after = statement(rows, 5, None)
    assert (after.since, len(after.known)) == ("2024-05-11", 2)
    later = [*rows, a_row("old", total=4, on="2024-05-01"), a_row("late", total=8, on="2024-05-30")]
    assert statement(later, 6, after)[0] == [("late", 8, True), ("changed", 4, False)]


def test_what_is_known_is_stored_and_read() -> None:
    known = frozenset({b"12345678", b"abcdefgh"})
    assert unpack_known(pack_known(known)) == known
    assert unpack_known(b"") == frozenset()


@pytest.mark.parametrize(
    ("today", "day", "begun", "month"),
    [
        (date(2024, 7, 1), 1, "2024-05", "2024-06"),
        (date(2024, 7, 1), 1, "2024-06", None),
        (date(2024, 7, 5), 5, "", "2024-06"),
        (date(2024, 7, 4), 5, "2024-04", "2024-05"),
        (date(2024, 7, 4), 5, "2024-05", None),
        (date(2024, 7, 15), 28, "", None),
        (date(2024, 7, 15), 28, "2023-02", None),
        (date(2024, 7, 28), 28, "", "2024-06"),
        (date(2024, 1, 31), 28, "2023-11", "2023-12"),
        (date(2024, 1, 27), 28, "2023-10", "2023-11"),
    ],
)
def test_the_month_that_is_due(today: date, day: int, begun: str, month: str | None) -> None:
    """Where its day has not come, the month before last is for those alone who have had the one before it."""
    found = due_month(today, day, begun=begun)
    assert (found.month if found else None) == month
