from datetime import date
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.dealers.ageing_setting import AgeingSetting
from chalicelib.dealers.model import Dealer
from chalicelib.dealers.publication import Published
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.allocations import Allocation, joined
from chalicelib.ledger.proof import figures_of, proof_of, proof_of_row
from chalicelib.ledger.row import Row
from chalicelib.ledger.row_query import RowPage
from chalicelib.ledger.snapshot import AccountSnapshot
from tests.ledger.accounts import AS_AT, an_account, rules_at
from tests.ledger.rows import ROWS, a_row


def a_view(rows: list[Row], **facts: Any) -> AccountView:
    head = an_account(rows).head
    open_rows = [row for row in rows if row.outstanding]
    rules = rules_at(setting=AgeingSetting(), **facts).over(open_rows)
    dealer = cast("Dealer", None)  # no figure asks for it
    return AccountView(dealer, AccountSnapshot(head, Published(), None), head, rules, open_rows, RowPage())


@given(st.lists(ROWS, max_size=12, unique_by=lambda row: row.key))
def test_every_figure_is_the_sum_of_its_rows(rows: list[Row]) -> None:
    view = a_view(rows)
    for figure in figures_of(view):
        found = proof_of(view, figure)
        assert found
        assert (found.total, found.difference) == (found.amount, 0)
    assert proof_of(view, "age-9") is None


def test_ages_that_the_dealer_gives_have_no_rows() -> None:
    rows = [a_row("BF", total=500, type="brought_forward"), a_row("1", total=100)]
    view = a_view(rows, aged=(0, 600, 0, 0, 0, 0))
    found = proof_of(view, "age-0")
    assert found
    assert (found.amount, found.itemised, found.parts, found.difference) == (600, False, (), 0)


@pytest.mark.parametrize(("amount", "difference"), [(600, 0), (500, -100)])
def test_what_is_left_of_a_row(amount: int, difference: int) -> None:
    invoice = a_row("1", total=1000, on="2024-05-01", outstanding=400)
    receipt = a_row("R1", total=-600, on="2024-06-03", type="payment", outstanding=0)
    paid = joined([Allocation("R1", "1", amount, "2024-06-03")], [invoice, receipt])
    found = proof_of_row(invoice, paid)
    assert [(part.row.reference, part.amount) for part in found.parts] == [("1", 1000), ("R1", -amount)]
    assert found.difference == difference
    assert date.fromisoformat(found.parts[1].on) < AS_AT
