from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ledger.ageing import Age
from chalicelib.ledger.row import Row, TransactionType
from chalicelib.ledger.row_query import OpenState, RowQuery, Sort, page_of
from chalicelib.ledger.status import LedgerTab
from tests.ledger.accounts import history, rules_at
from tests.ledger.rows import a_row, account_rows

RULES = rules_at()
EVERYTHING = RowQuery(status=None)
ROWS = [
    a_row("127070", total=770, discount_date="2024-06-06", settlement=732, due_date="2024-07-05", description="Parts"),
    a_row("127072", total=398, on="2024-06-04", description="Straße", customer_order_ref="SDA 9", advice_no="122588"),
    a_row(
        "126950", total=9350, on="2024-04-17", due_date="2024-05-17", description="workshop", machine="6155R, YX71 KTE"
    ),
    a_row("C1", total=-64218, on="2024-06-01", type="credit_note", order_no="SO 1642"),
    a_row("126867", total=72820, on="2019-10-31", outstanding=0, description="Parts, old"),
]


def shown(**query: Any) -> list[str]:
    return [row.reference for row in page_of(ROWS, RowQuery(**{"status": None, **query}), RULES).rows]


def test_first_look_is_what_is_open_newest_first() -> None:
    page = page_of(ROWS, RowQuery(), RULES)
    assert [row.reference for row in page.rows] == ["127070", "127072", "C1", "126950"]
    assert (page.count, page.outstanding, page.total, page.pages) == (4, -53700, -53700, 1)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"status": LedgerTab.HISTORY}, ["126867"]),
        ({"type": TransactionType.CREDIT_NOTE}, ["C1"]),
        ({"age": Age.TWO}, ["126950"]),
        ({"open_state": OpenState.OVERDUE}, ["126950"]),
        ({"open_state": OpenState.NOT_DUE}, ["127070", "127072"]),
        ({"open_state": OpenState.CREDIT}, ["C1"]),
        ({"first": "2024-06-04"}, ["127070", "127072"]),
        ({"last": "2024-04-17"}, ["126950", "126867"]),
        ({"first": "2024-06-01", "last": "2024-06-01"}, ["C1"]),
        ({"text": "31 October"}, ["126867"]),
        ({"text": "127"}, ["127070", "127072"]),
        ({"text": "parts 127"}, ["127070"]),
        ({"text": "STRASSE"}, ["127072"]),
        ({"text": "sda"}, ["127072"]),
        ({"text": "122588"}, ["127072"]),
        ({"text": "7.70"}, ["127070"]),
        ({"text": "642"}, ["C1"]),
        ({"text": "−£642.18"}, ["C1"]),
        ({"text": "£728,20"}, ["126867"]),
        ({"text": "728.2"}, ["126867"]),
        ({"order_no": " 164"}, ["C1"]),
        ({"order_no": "sda 9"}, ["127072"]),
        ({"order_no": "164", "advice_no": "122588"}, []),
        ({"advice_no": "122588"}, ["127072"]),
        ({"machine": "kte 6155r"}, ["126950"]),
        ({"machine": "workshop yx71"}, ["126950"]),
        ({"text": "yx71"}, ["126950"]),
        ({"least": Decimal("93.5"), "most": Decimal(700)}, ["C1", "126950"]),
        ({"least": Decimal("93.501")}, ["C1", "126867"]),
        ({"most": Decimal("7.69")}, ["127072"]),
        ({"text": "nothing like it"}, []),
        ({"text": "   "}, ["127070", "127072", "C1", "126950", "126867"]),
    ],
)
def test_filters(query: dict[str, Any], expected: list[str]) -> None:
    assert shown(**query) == expected


@pytest.mark.parametrize(
    ("sort", "up"),
    [
        (Sort.DATE, ["126867", "126950", "C1", "127072", "127070"]),
        (Sort.REFERENCE, ["126867", "126950", "127070", "127072", "C1"]),
        (Sort.TYPE, ["C1", "127070", "127072", "126950", "126867"]),
        (Sort.DESCRIPTION, ["127070", "126867", "127072", "126950", "C1"]),
        (Sort.AGE, ["127070", "127072", "C1", "126950", "126867"]),
        (Sort.DUE, ["126950", "127070", "127072", "C1", "126867"]),
        (Sort.TOTAL, ["C1", "127072", "127070", "126950", "126867"]),
        (Sort.OUTSTANDING, ["C1", "126867", "127072", "127070", "126950"]),
        (Sort.DISC, ["127070", "127072", "C1", "126950", "126867"]),
        (Sort.SETTLEMENT, ["127070", "127072", "C1", "126950", "126867"]),
    ],
)
def test_every_column_sorts(sort: Sort, up: list[str]) -> None:
    assert shown(sort=sort, descending=False) == up


@given(
    rows=account_rows(), sort=st.sampled_from(Sort), down=st.booleans(), status=st.none() | st.sampled_from(LedgerTab)
)
def test_sorting_keeps_every_row(rows: list[Row], sort: Sort, down: bool, status: LedgerTab | None) -> None:  # noqa: FBT001
    found = page_of(rows, RowQuery(status=status, sort=sort, descending=down), RULES).rows
    wanted = [row for row in rows if status is None or (row.outstanding == 0) == (status is LedgerTab.HISTORY)]
    assert sorted(found, key=repr) == sorted(wanted, key=repr)


def test_rows_without_a_value_come_last_both_ways() -> None:
    assert shown(sort=Sort.DUE, descending=True)[:2] == ["127070", "126950"]


def test_pages_hold_a_hundred_and_totals_all() -> None:
    rows = history(250)
    first, last = (page_of(rows, RowQuery(status=None, page=page), RULES) for page in (1, 99))
    assert (len(first.rows), first.count, first.pages, first.page) == (100, 250, 3, 1)
    assert (len(last.rows), last.page, last.total) == (50, 3, sum(row.total for row in rows))
    assert page_of([], EVERYTHING, RULES).pages == 1


def test_without_a_page_number_all_rows_are_on_one() -> None:
    page = page_of(history(250), RowQuery(status=None, page=None), RULES)
    assert (len(page.rows), page.count, page.page) == (250, 250, 1)


def test_only_the_stored_order_without_a_filter_can_be_picked_unseen() -> None:
    assert EVERYTHING.in_stored_order
    assert not RowQuery(text="x").in_stored_order
    assert not RowQuery(sort=Sort.TOTAL).in_stored_order
    assert not RowQuery(descending=False).in_stored_order
