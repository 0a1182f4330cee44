"""A made-up case as the account that its document is drawn from."""

from datetime import date

from chalicelib.dealers.publication import Published
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.row_query import RowPage
from chalicelib.ledger.snapshot import AccountSnapshot
from chalicelib.rendering.format import formats
from chalicelib.web.presenters.transactions import RowFormatter
from tests.einvoices.made import Case
from tests.ledger.accounts import an_account, rules_at

AS_AT = date(2024, 6, 30)


def view_of(one: Case) -> AccountView:
    """The account with the case's row alone."""
    head = an_account([one.row], facts=one.facts, as_at=AS_AT).head
    published = Published(run=1, as_at=AS_AT)
    return AccountView(
        one.dealer,
        AccountSnapshot(head, published, None),
        head,
        rules_at(AS_AT, currency=one.facts.currency),
        (one.row,),
        RowPage(),
    )


def formatter_of(view: AccountView) -> RowFormatter:
    """In English, as a British dealer reads."""
    return RowFormatter.of(view, formats("en-GB", "Europe/London", "GBP"))
