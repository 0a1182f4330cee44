from datetime import date

import pytest

from chalicelib.statements.model import Period, StatementStyle
from chalicelib.web.customer.statement_query import OWN, PARTS, months_offered, statement_query

TODAY = date(2024, 6, 5)
MAY = Period(date(2024, 5, 1), date(2024, 5, 31))


@pytest.mark.parametrize(
    ("query", "period"),
    [
        ({}, MAY),
        ({"period": "2024-02"}, Period(date(2024, 2, 1), date(2024, 2, 29))),
        ({"period": "2024-06"}, Period(date(2024, 6, 1), TODAY)),
        ({"period": "2024-07"}, MAY),
        ({"period": "2024-13"}, MAY),
        ({"period": "x", "style": "x"}, MAY),
        ({"period": OWN, "from": "2024-01-15", "to": "2024-02-14"}, Period(date(2024, 1, 15), date(2024, 2, 14))),
    ],
)
def test_what_an_address_asks_for(query: dict[str, str], period: Period) -> None:
    found = statement_query(query, [], today=TODAY)
    assert (found.period, found.style, found.errors) == (period, None, {})
    assert found.parts == frozenset(PARTS)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("", "2024-06-01", "from"),
        ("2024-06-01", "1/6/24", "to"),
        ("2024-06-02", "2024-06-01", "from"),
        ("9" * 99, "", "to"),
    ],
)
def test_days_that_cannot_be_are_named_and_kept(first: str, last: str, field: str) -> None:
    found = statement_query({"period": OWN, "from": first, "to": last}, [], today=TODAY)
    assert field in found.errors
    assert (found.choice, found.period, found.typed) == (OWN, MAY, (first[:10], last[:10]))


def test_parts_are_left_out_only_where_they_were_asked_about() -> None:
    found = statement_query({"asked": "1", "style": "open_item"}, ["ageing", "x"], today=TODAY)
    assert (found.parts, found.style) == (frozenset({"ageing"}), StatementStyle.OPEN_ITEM)


@pytest.mark.parametrize("choice", ["2024-02", OWN])
def test_its_own_address_asks_for_the_same(choice: str) -> None:
    asked = {"period": choice, "from": "2024-02-03", "to": "2024-02-05", "asked": "1", "style": "open_item"}
    found = statement_query(asked, ["payments"], today=TODAY)
    address = found.address()
    again = statement_query(dict(address), [value for name, value in address if name == "with"], today=TODAY)
    assert again == found._replace(typed=again.typed)


def test_months_go_back_to_the_oldest_transaction_and_three_years_at_most() -> None:
    may, april = date(2024, 5, 1), date(2024, 4, 17)
    assert months_offered(TODAY, april, shown=may) == [date(2024, month, 1) for month in (6, 5, 4)]
    assert len(months_offered(TODAY, date(2001, 1, 1), shown=may)) == len(months_offered(TODAY, None, shown=may)) == 36
    assert months_offered(TODAY, date(2024, 6, 3), shown=may) == [date(2024, 6, 1), may], "what is shown is chosen"
