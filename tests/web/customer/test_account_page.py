import pytest

from chalicelib.ledger.ageing import Age
from chalicelib.ledger.model import TransactionType
from chalicelib.ledger.row_query import RowQuery, Sort
from chalicelib.ledger.status import LedgerTab
from chalicelib.web.customer.account_page import MAX_PAGE, MAX_SEARCH_LENGTH, row_query


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ({}, RowQuery()),
        ({"status": "all"}, RowQuery(status=None)),
        ({"status": "history", "type": "payment"}, RowQuery(TransactionType.PAYMENT, LedgerTab.HISTORY)),
        ({"status": "history", "age": "2"}, RowQuery(status=LedgerTab.CURRENT, age=Age.TWO)),
        ({"sort": "due"}, RowQuery(sort=Sort.DUE, descending=False)),
        ({"sort": "due", "order": "desc"}, RowQuery(sort=Sort.DUE)),
        ({"sort": "total"}, RowQuery(sort=Sort.TOTAL)),
        ({"page": "3"}, RowQuery(page=3)),
        ({"page": "9" * 30}, RowQuery(page=MAX_PAGE)),
        ({"q": "x" * 999}, RowQuery(text="x" * MAX_SEARCH_LENGTH)),
        ({"status": "?", "type": "?", "age": "?", "sort": "?", "order": "?", "page": "-1"}, RowQuery()),
    ],
)
def test_the_address_is_the_query(address: dict[str, str], expected: RowQuery) -> None:
    assert row_query(address) == expected
