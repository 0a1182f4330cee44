from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.dealers.model import AgeingSetting
from chalicelib.ledger.ageing import Age, Ager
from chalicelib.ledger.model import Row, TransactionType
from chalicelib.ledger.search import amounts
from chalicelib.ledger.status import Status
from chalicelib.ledger.view import Lens, Sort, ViewQuery, apply, select
from tests.ledger.accounts import AS_AT, history
from tests.ledger.rows import a_row, account_rows

LENS = Lens(Ager(as_at=AS_AT, setting=AgeingSetting(), balance_forward=False), today=AS_AT, on_stop=False, digits=2)
EVERYTHING = ViewQuery(status=None)
ROWS = [
    a_row("127070", total=770, discount_date="2024-06-06", settlement=732, due_date="2024-07-05", description="Parts"),
    a_row("127072", total=398, on="2024-06-04", description="Straße", customer_order_ref="SDA 9", advice_no="122588"),
    a_row("126950", total=9350, on="2024-04-17", due_date="2024-05-17", description="workshop"),
    a_row("C1", total=-64218, on="2024-06-01", type="credit_note"),
    a_row("126867", total=72820, on="2019-10-31", outstanding=0, description="Parts, old"),
]


def shown(**query: Any) -> list[str]:
    return [row.reference for row in select(ROWS, ViewQuery(**{"status": None, **query}), LENS)]


def test_first_look_is_what_is_open_newest_first() -> None:
    view = apply(ROWS, ViewQuery(), LENS)
    assert [row.reference for row in view.rows] == ["127070", "127072", "C1", "126950"]
    assert (view.count, view.outstanding, view.total, view.pages) == (4, -53700, -53700, 1)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"status": Status.HISTORY}, ["126867"]),
        ({"type": TransactionType.CREDIT_NOTE}, ["C1"]),
        ({"age": Age.TWO}, ["126950"]),
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


@given(rows=account_rows(), sort=st.sampled_from(Sort), down=st.booleans(), status=st.none() | st.sampled_from(Status))
def test_sorting_keeps_every_row(rows: list[Row], sort: Sort, down: bool, status: Status | None) -> None:  # noqa: FBT001
    found = select(rows, ViewQuery(status=status, sort=sort, descending=down), LENS)
    wanted = [row for row in rows if status is None or (row.outstanding == 0) == (status is Status.HISTORY)]
    assert sorted(found, key=repr) == sorted(wanted, key=repr)


def test_rows_without_a_value_come_last_both_ways() -> None:
    assert shown(sort=Sort.DUE, descending=True)[:2] == ["127070", "126950"]


def test_pages_hold_a_hundred_and_totals_all() -> None:
    rows = history(250)
    first, last = (apply(rows, ViewQuery(status=None, page=page), LENS) for page in (1, 99))
    assert (len(first.rows), first.count, first.pages, first.page) == (100, 250, 3, 1)
    assert (len(last.rows), last.page, last.total) == (50, 3, sum(row.total for row in rows))
    assert apply([], EVERYTHING, LENS).pages == 1


@pytest.mark.parametrize(
    ("word", "digits", "expected"),
    [
        ("642", 2, range(64200, 64300)),
        ("642.1", 2, range(64210, 64220)),
        ("642.", 2, range(64200, 64300)),
        ("£1,093.50", 2, range(109350, 109351)),
        ("1.093,50", 2, range(109350, 109351)),
        ("1,093", 2, range(109300, 109400)),
        ("EUR12.00", 2, range(1200, 1201)),
        ("1234", 0, range(1234, 1235)),
        ("1.235", 3, range(1235, 1236)),
        ("PO42", 2, range(4200, 4300)),
        ("abc", 2, None),
        ("12-34", 2, None),
        (".", 2, None),
        ("£٣٤", 2, None),
    ],
)
def test_amounts_as_people_type_them(word: str, digits: int, expected: range | None) -> None:
    assert amounts(word, digits=digits) == expected


def test_only_the_stored_order_without_a_filter_can_be_picked_unseen() -> None:
    assert EVERYTHING.in_stored_order
    assert not ViewQuery(text="x").in_stored_order
    assert not ViewQuery(sort=Sort.TOTAL).in_stored_order
    assert not ViewQuery(descending=False).in_stored_order
