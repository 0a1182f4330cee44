from decimal import Decimal

import pytest

from chalicelib.ledger.ageing import Age
from chalicelib.ledger.row import TransactionType
from chalicelib.ledger.row_query import OpenState, RowQuery, Sort
from chalicelib.ledger.status import LedgerTab
from chalicelib.web.customer.account_page import (
    MAX_NUMBER_LENGTH,
    MAX_PAGE,
    MAX_SEARCH_LENGTH,
    list_address,
    list_query,
    row_query,
)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ({}, RowQuery()),
        ({"status": "all"}, RowQuery(status=None)),
        ({"status": "history", "type": "payment"}, RowQuery(TransactionType.PAYMENT, LedgerTab.HISTORY)),
        ({"status": "history", "age": "2"}, RowQuery(status=LedgerTab.HISTORY)),
        ({"status": "all", "age": "2"}, RowQuery(status=None, age=Age.TWO)),
        ({"status": "overdue"}, RowQuery(open_state=OpenState.OVERDUE)),
        ({"status": "credit", "age": "1"}, RowQuery(open_state=OpenState.CREDIT, age=Age.ONE)),
        ({"from": "2026-11-01", "to": "2026-11-30"}, RowQuery(first="2026-11-01", last="2026-11-30")),
        ({"from": "2026-11-30", "to": "2026-11-01"}, RowQuery(first="2026-11-01", last="2026-11-30")),
        ({"from": "2026-11-31", "to": "1 Nov"}, RowQuery()),
        ({"sort": "due"}, RowQuery(sort=Sort.DUE, descending=False)),
        ({"sort": "due", "order": "desc"}, RowQuery(sort=Sort.DUE)),
        ({"sort": "total"}, RowQuery(sort=Sort.TOTAL)),
        ({"page": "3"}, RowQuery(page=3)),
        ({"page": "9" * 9}, RowQuery(page=MAX_PAGE)),
        ({"page": "9" * 30}, RowQuery()),
        ({"q": "x" * 999}, RowQuery(text="x" * MAX_SEARCH_LENGTH)),
        ({"order_no": "SO 1", "advice_no": "9" * 99}, RowQuery(order_no="SO 1", advice_no="9" * MAX_NUMBER_LENGTH)),
        ({"machine": "YX71"}, RowQuery(machine="YX71")),
        ({"least": "£1,046.15", "most": "5"}, RowQuery(least=Decimal(5), most=Decimal("1046.15"))),
        ({"least": "a lot", "most": "9" * 99}, RowQuery()),
        ({"status": "?", "type": "?", "age": "?", "sort": "?", "order": "?", "page": "-1"}, RowQuery()),
    ],
)
def test_the_address_is_the_query(address: dict[str, str], expected: RowQuery) -> None:
    assert row_query(address, "en-GB") == expected


def test_the_way_back_to_a_list_keeps_its_filters_and_nothing_else() -> None:
    asked = list_query({"type": "invoice", "q": "a&b", "age": "", "select": "saving", "at": "1"})
    assert list_address(asked) == "/transactions?type=invoice&q=a%26b"
    assert list_address("x=1&status=history&next=//elsewhere.example") == "/transactions?status=history"
    assert list_address("") == "/transactions"
