from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.errors import InvalidError
from chalicelib.ledger.allocations import Allocation, joined
from chalicelib.ledger.row import Row
from chalicelib.statements.model import (
    Effect,
    Period,
    Source,
    check_period,
    kind_of,
    month_period,
    open_items,
    statement_of,
)
from tests.ledger.rows import a_row, account_rows
from tests.statements.ledgers import AS_AT, DAYS, JUNE, PART_PAID, ROWS, balance_of, settled_ledgers

TODAY = date(2024, 6, 5)


def test_the_worked_example() -> None:
    """Account 1200, June 2024: 93.50 and 39.96 less 19.70 are 113.76, of which 20.26 are current."""
    found = statement_of(ROWS, balance=balance_of(ROWS), as_at=AS_AT, period=JUNE)
    assert (found.opening, found.debits, found.credits, found.closing) == (9350, 3996, -1970, 11376)
    assert [(one.reference, one.amount) for one in found.movements] == [
        ("127070", 770),
        ("127072", 398),
        ("127073", 2578),
        ("R28044", -732),
        ("D01021", -38),
        ("C19877", -1200),
        ("J00412", 250),
    ]
    assert found.balances == [10120, 10518, 13096, 12364, 12326, 11126, 11376]
    assert found.items is not None
    assert [(row.reference, row.outstanding) for row in found.items] == [
        ("126950", 9350),
        ("127072", 398),
        ("127073", 2578),
        ("C19877", -1200),
        ("J00412", 250),
    ]
    assert ([one.reference for one in found.later], found.later_sum) == (["127204", "R28114"], -4490)
    assert found.closing + found.later_sum == balance_of(ROWS) == 6886
    assert (found.source, found.known_from, found.unallocated) == (Source.RECEIPTS, date(2024, 4, 17), 0)


@given(rows=account_rows(12), days=st.lists(DAYS, min_size=3, max_size=3), forward=st.booleans())
def test_statements_always_add_up_and_follow_each_other(rows: list[Row], days: list[date], forward: bool) -> None:  # noqa: FBT001
    """Whatever an export leaves out: closing is the next opening, and what came later leads to the balance now."""
    first, middle, last = sorted(days)
    balance = balance_of(rows)
    periods = (Period(first, middle), Period(middle + timedelta(days=1), last + timedelta(days=1)))
    found = [
        statement_of(rows, balance=balance, as_at=last, period=period, balance_forward=forward) for period in periods
    ]
    for one in found:
        assert one.opening + one.debits + one.credits == one.closing
        assert (one.balances or [one.opening])[-1] == one.closing
        assert one.closing + one.later_sum == balance
        assert one.items is None or sum(row.outstanding for row in one.items) == one.closing
    assert found[0].closing == found[1].opening


@given(ledger=settled_ledgers(), day=DAYS)
def test_without_receipts_settled_dates_say_what_was_owed_on_every_day(
    ledger: tuple[list[Row], date], day: date
) -> None:
    rows, as_at = ledger
    found = statement_of(rows, balance=balance_of(rows), as_at=as_at, period=Period(day, day))
    assert found.items == open_items(rows, last=day.isoformat())
    assert found.closing == sum(row.outstanding for row in found.items or ())


def test_what_was_settled_without_a_receipt_is_taken_off_on_its_day() -> None:
    rows = [
        a_row("1", total=100, on="2024-06-01", outstanding=0, settled_date="2024-06-10", settled_reason="paid"),
        a_row("2", total=50, on="2024-06-02", outstanding=20),
        a_row("3", total=70, on="2024-06-03", outstanding=0, settled_date="2024-06-20", vanished=True),
        a_row("4", total=5, on="2024-06-04", outstanding=0),
    ]
    found = statement_of(rows, balance=20, as_at=date(2024, 6, 30), period=JUNE)
    taken = {(one.reference, one.effect, one.on): one.amount for one in found.movements if one.effect != "entered"}
    assert taken == {
        ("1", Effect.SETTLED, "2024-06-10"): -100,
        ("2", Effect.UNDATED, "2024-06-02"): -30,
        ("3", Effect.REMOVED, "2024-06-20"): -70,
        ("4", Effect.UNDATED, "2024-06-04"): -5,
    }
    assert (found.opening, found.closing, found.source) == (0, 20, Source.SETTLED_DATES)


def test_where_receipts_are_sent_only_rows_that_vanish_are_taken_off() -> None:
    rows = [
        a_row("1", total=100, on="2024-06-01", outstanding=0, settled_date="2024-06-10"),
        a_row("R", total=-100, on="2024-06-10", type="payment", outstanding=0, settled_date="2024-06-10"),
        a_row("3", total=70, on="2024-06-03", outstanding=0, settled_date="2024-06-20", vanished=True),
    ]
    found = statement_of(rows, balance=0, as_at=date(2024, 6, 30), period=JUNE)
    assert [one.amount for one in found.movements] == [100, 70, -100, -70]
    assert (found.opening, found.source) == (0, Source.RECEIPTS)


def test_a_balance_brought_forward_is_no_movement_and_what_it_leaves_unsaid_is_one() -> None:
    rows = [
        a_row("BF-2024-04", total=100, on="2024-04-30", type="brought_forward", outstanding=0, settled_reason="rolled"),
        a_row("1", total=40, on="2024-05-10", outstanding=0, settled_reason="rolled"),
        a_row("BF-2024-05", total=60, on="2024-05-31", type="brought_forward", outstanding=60),
        a_row("2", total=30, on="2024-06-02"),
    ]
    found = statement_of(
        rows,
        balance=90,
        as_at=date(2024, 6, 30),
        period=Period(date(2024, 5, 1), date(2024, 6, 30)),
        balance_forward=True,
    )
    assert [(one.on, one.amount, one.effect) for one in found.movements] == [
        ("2024-05-10", 40, "entered"),
        ("2024-05-31", -80, "unlisted"),
        ("2024-06-02", 30, "entered"),
    ]
    assert (found.opening, found.closing, found.source) == (100, 90, Source.CARRIED)


def test_what_has_moved_since_the_last_balance_is_said_too() -> None:
    rows = [a_row("BF", total=100, on="2024-05-31", type="brought_forward", outstanding=70)]
    found = statement_of(rows, balance=70, as_at=date(2024, 6, 12), period=JUNE, balance_forward=True)
    assert [(one.on, one.amount, one.row_key) for one in found.movements] == [("2024-06-12", -30, None)]
    assert found.opening == 100


def test_several_open_balances_are_debts_of_their_own() -> None:
    rows = [a_row(f"BF{n}", total=10, on=f"2024-0{n}-28", type="brought_forward") for n in (3, 4)]
    found = statement_of(
        rows, balance=20, as_at=AS_AT, period=Period(date(2024, 4, 1), date(2024, 4, 30)), balance_forward=True
    )
    assert (found.opening, found.closing) == (10, 20)


def test_open_items_of_a_past_day_are_left_out_where_they_do_not_make_the_balance() -> None:
    april, june, july = (
        statement_of(PART_PAID, balance=68, as_at=AS_AT, period=month_period(date(2024, month, 1)))
        for month in (4, 6, 7)
    )
    assert [row.outstanding for row in april.items or ()] == [9]
    assert (june.closing, june.items) == (108, None)
    assert [row.outstanding for row in july.items or ()] == [8, 60]


def test_payments_that_no_invoice_has() -> None:
    rows = [a_row("1", total=100), a_row("R", total=-30, type="payment")]
    found = statement_of(rows, balance=70, as_at=AS_AT, period=JUNE)
    assert found.unallocated == -30


@pytest.mark.parametrize(
    ("effect", "kind", "found"),
    [
        ("entered", "payment", "payment"),
        ("entered", "discount", "payment"),
        ("entered", "credit_note", "credit"),
        ("entered", "invoice", ""),
        ("settled", "invoice", "payment"),
        ("removed", "invoice", ""),
        ("unlisted", "", "payment"),
    ],
)
def test_what_can_be_added_up_instead_of_listed(effect: str, kind: str, found: str) -> None:
    assert kind_of(effect, kind) == found


def test_months_follow_each_other_without_a_gap() -> None:
    months = [month_period(date(2023, 1 + n, 15)) for n in range(12)]
    assert all(one.last + timedelta(days=1) == other.first for one, other in pairwise(months))
    assert (JUNE.month, Period(JUNE.first, date(2024, 6, 29)).month) == ("2024-06", "")


@pytest.mark.parametrize(
    ("first", "last", "fields"),
    [
        (None, TODAY, ["from"]),
        (TODAY, None, ["to"]),
        (TODAY, TODAY + timedelta(days=1), ["to"]),
        (TODAY, TODAY - timedelta(days=1), ["from"]),
        (TODAY - timedelta(days=1096), TODAY, ["from"]),
    ],
)
def test_a_range_that_cannot_be_is_refused_at_its_field(
    first: date | None, last: date | None, fields: list[str]
) -> None:
    with pytest.raises(InvalidError) as refused:
        check_period(first, last, today=TODAY)
    assert list(refused.value.fields) == fields


def test_three_years_are_allowed() -> None:
    first = TODAY - timedelta(days=1095)
    assert check_period(first, TODAY, today=TODAY) == Period(first, TODAY)


def test_allocations_say_which_part_payment_was_later() -> None:
    """Settled dates do not carry it: one of two part payments was of May, and one of July."""
    period = Period(date(2024, 6, 1), date(2024, 6, 30))
    balance = balance_of(PART_PAID)
    without = statement_of(PART_PAID, balance=balance, as_at=AS_AT, period=period)
    assert (without.items, without.by_allocations) == (None, False)
    paid = joined([Allocation("R0", "0", 1, "2024-05-15"), Allocation("R1", "1", 40, "2024-07-01")], PART_PAID)
    found = statement_of(PART_PAID, balance=balance, as_at=AS_AT, period=period, allocated=paid)
    assert found.items
    assert [(row.reference, row.outstanding) for row in found.items] == [("0", 8), ("1", 100)]
    assert (found.by_allocations, found.closing) == (True, 108)


def test_allocations_that_do_not_add_up_are_not_believed() -> None:
    paid = joined([Allocation("R28114", "126950", 9350, "2024-06-01")], ROWS)
    found = statement_of(ROWS, balance=balance_of(ROWS), as_at=AS_AT, period=JUNE, allocated=paid)
    assert (found.closing, found.by_allocations) == (11376, False), "it names a day before the receipt"
    assert found.items
    assert sum(row.outstanding for row in found.items) == 11376
