"""What a group's accounts come to together: nothing is lost, and each row is there once."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.dealers.ageing_setting import AgeingSetting
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.ageing import ORDER, Age, Buckets
from chalicelib.ledger.group_view import group_page, summed_buckets, summed_figures
from chalicelib.ledger.row import Row
from chalicelib.ledger.row_query import RowPage, RowQuery, Sort, page_of
from chalicelib.ledger.rules import LedgerRules
from chalicelib.ledger.snapshot import AccountSnapshot
from tests.ledger.accounts import AS_AT, a_facts, an_account
from tests.ledger.rows import a_row

PLAIN = LedgerRules.of(a_facts(), AgeingSetting(), as_at=AS_AT, today=AS_AT)


def view_of(ref: str, rows: list[Row]) -> AccountView:
    head = replace(an_account(rows).head, facts=a_facts(ref))
    opened = [row for row in rows if row.outstanding]
    nowhere: AccountSnapshot = None  # type: ignore[assignment]  # nothing of it is asked for
    return AccountView(None, nowhere, head, PLAIN, opened, RowPage())  # type: ignore[arg-type]  # nor of the dealer


def rows(ref: str) -> st.SearchStrategy[list[Row]]:
    row = st.builds(
        lambda number, amount, day: a_row(
            f"{number}", total=amount, on=f"2024-05-{day:02d}", due_date=f"2024-06-{day:02d}", description=ref
        ),
        st.integers(0, 5),
        st.integers(1, 9_999),
        st.integers(1, 28),
    )
    return st.lists(row, max_size=6, unique_by=lambda one: one.transaction_id)


@settings(max_examples=30, deadline=None)
@given(st.tuples(rows("a"), rows("b"), rows("c")), st.tuples(st.sampled_from(Sort), st.booleans()))
def test_each_row_is_listed_once_and_ordered_as_one_list_would_be(
    of: tuple[list[Row], ...], order: tuple[Sort, bool]
) -> None:
    sort, descending = order
    views = [(view_of(ref, own), own) for ref, own in zip("abc", of, strict=True)]
    query = RowQuery(sort=sort, descending=descending, page=None)
    page = group_page(views, query)
    assert sorted((one.view.ref, one.row.transaction_id) for one in page.rows) == sorted(
        (view.ref, row.transaction_id) for view, own in views for row in own
    )
    whole = page_of([row for own in of for row in own], query, PLAIN)
    assert (page.count, page.outstanding, page.total) == (whole.count, whole.outstanding, whole.total)
    together = [one.row for one in page.rows]
    assert [_value(row, sort) for row in together] == [_value(row, sort) for row in whole.rows]
    assert group_page(views, replace(query, page=1)).rows == page.rows
    assert summed_figures([view.figures for view, _ in views]).balance == whole.outstanding


def _value(row: Row, sort: Sort) -> object:
    if sort is Sort.AGE:
        return PLAIN.age(row)
    return {Sort.DUE: row.due_date, Sort.DATE: row.transaction_date}.get(sort) or getattr(row, sort.value, None)


def test_buckets_are_added_age_by_age_and_what_has_no_age_apart() -> None:
    aged = Buckets((0, 100, 0, 50, 0, 0), 150, "rows")
    given_ = Buckets((0, 0, 7, 0, 0, -2), 5, "dealer")
    together = summed_buckets([aged, given_, Buckets((), 30, "none")])
    assert together.amounts == (0, 100, 7, 50, 0, -2)
    assert (together.not_aged, together.balance) == (30, 185)
    assert sum(together.amounts) + together.not_aged == together.balance
    assert together.shown[-1] == (Age.UNALLOCATED, -2)
    assert len(summed_buckets([]).amounts) == len(ORDER)


@pytest.mark.parametrize(("days", "expected"), [((7, 7), (7, 300, 2)), ((9, 8), (8, 200, 1))])
def test_what_falls_due_next_is_all_of_the_first_day(days: tuple[int, int], expected: tuple[int, int, int]) -> None:
    parts = [
        view_of(str(day), [a_row("1", total=amount, due_date=f"2024-06-{day:02d}")]).figures
        for day, amount in zip(days, (100, 200), strict=True)
    ]
    due = summed_figures(parts).next_due
    assert due is not None
    assert (due.on, due.amount, due.count) == (date(2024, 6, expected[0]), *expected[1:])
    assert summed_figures([]).next_due is None
