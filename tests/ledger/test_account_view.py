from typing import Any

import pytest

from chalicelib.dealers.model import Dealer
from chalicelib.dealers.publication import Published
from chalicelib.kernel.ids import Ids
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.ageing import Age
from chalicelib.ledger.layout import Account
from chalicelib.ledger.overlays import RowOverlay
from chalicelib.ledger.row_query import RowPage
from chalicelib.ledger.rules import LedgerRules
from chalicelib.ledger.snapshot import AccountSnapshot
from tests.dealers.profiles import a_profile
from tests.ledger.accounts import AS_AT, a_facts, an_account, rules_at
from tests.ledger.rows import a_row

DISCOUNTED = a_row("127070", total=770, discount_date="2024-06-06", settlement=732, due_date="2024-07-05")
ROWS = [
    DISCOUNTED,
    a_row("126950", total=9350, on="2024-04-17", due_date="2024-05-17"),
    a_row("C1", total=-4820, on="2024-05-30", type="credit_note"),
    a_row("126828", total=109350, on="2019-09-30", outstanding=0),
]


def view_of(account: Account, rules: LedgerRules | None = None) -> AccountView:
    head = account.head
    return AccountView(
        dealer=Dealer.of("aaaaaaaaaa", a_profile(Ids())),
        snapshot=AccountSnapshot(head, Published(), None),
        head=head,
        rules=rules or rules_at(),
        open_rows=head.open,
        page=RowPage(),
    )


def test_its_figures_are_those_of_the_open_rows() -> None:
    view = view_of(an_account(ROWS))
    assert (view.ref, view.as_at, view.row_count, len(view.open_rows)) == ("1200", AS_AT, 4, 3)
    assert (view.figures.balance, view.figures.overdue, view.figures.credits) == (5300, 9350, -4820)
    assert dict(view.buckets.shown) == {Age.CURRENT: 770, Age.ONE: -4820, Age.TWO: 9350, Age.THREE: 0}
    assert view.saving
    assert (view.saving.amount, view.saving.saved) == (732, 38)
    assert view.figures is view.figures
    assert view.saving is view.saving


def test_overlays_reach_every_figure_that_they_bear_on() -> None:
    overlays = {DISCOUNTED.key: RowOverlay(pending=732), ROWS[1].key: RowOverlay(disputed=True)}
    view = view_of(an_account(ROWS), rules_at(overlays=overlays))
    assert [view.rules.payable(row) for row in view.open_rows] == [38, -4820, 9350]
    assert (view.saving, view.figures.overdue_disputed, view.figures.balance) == (None, 1, 5300)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, None),
        ({"credit_limit": 0}, -5300),
        ({"credit_limit": 100_000}, 94_700),
        ({"credit_limit": 100_000, "on_order_amount": 4_700}, 90_000),
    ],
)
def test_credit_available(facts: dict[str, Any], expected: int | None) -> None:
    account = an_account(ROWS, facts=a_facts(balance=5300, **facts))
    assert view_of(account).credit_available == expected
