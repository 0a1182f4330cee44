"""The account that is read: 50 open rows and as much history as wanted, published as an import publishes it."""

from chalicelib.kernel.scopes import ImportScope
from chalicelib.ledger.row import Row
from tests.ledger.accounts import an_account, history
from tests.ledger.published import a_dealer, publish

OPEN = 50


def open_rows() -> list[Row]:
    """50 invoices of which nothing is paid."""
    return history(OPEN, outstanding=True)


def settled(count: int) -> list[Row]:
    """`count` invoices that are paid, 40 a day."""
    return [row._replace(transaction_id=f"S{row.transaction_id}") for row in history(count)]


def dealer_with(count: int) -> ImportScope:
    """A new dealer whose account 1200 has 50 open rows and `count` settled ones."""
    scope = a_dealer()
    publish(scope, [an_account([*open_rows(), *settled(count)])])
    return scope
