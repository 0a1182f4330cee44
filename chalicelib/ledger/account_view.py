"""One account as a page, a download, a statement or a checkout reads it: its rows, the rules for them, its figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from chalicelib.customers.model import AccountFacts
from chalicelib.dealers.model import Dealer
from chalicelib.dealers.publication import Published
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.ledger.ageing import Buckets
from chalicelib.ledger.figures import Figures
from chalicelib.ledger.model import AccountHead
from chalicelib.ledger.row import Row, RowKey
from chalicelib.ledger.row_query import RowPage
from chalicelib.ledger.rules import LedgerRules
from chalicelib.ledger.settlement import Saving
from chalicelib.ledger.snapshot import AccountSnapshot


class NoFiguresError(NotFoundError):
    """No export has named this account yet. `published` is the run that does not."""

    def __init__(self, published: Published) -> None:
        super().__init__(lazy_gettext("There are no figures for this account yet"))
        self.published = published


@dataclass(frozen=True)
class AccountView:
    """An account of `dealer` as of one run. Nothing more is read through it.

    `is_late`: a newer export should have come by now.
    `open_rows` are all that is outstanding, newest first. `page` holds the rows that were asked for, none if none were;
    `new` are those of them that the reader has not opened yet, where a reader was named.
    """

    dealer: Dealer
    snapshot: AccountSnapshot
    head: AccountHead
    rules: LedgerRules
    open_rows: Sequence[Row]
    page: RowPage
    is_late: bool = False
    new: frozenset[RowKey] = frozenset()

    @property
    def facts(self) -> AccountFacts:
        """What the export says of the customer."""
        return self.head.facts

    @property
    def ref(self) -> str:
        """The account's number."""
        return self.head.facts.account_ref

    @property
    def as_at(self) -> date:
        """The date the figures are true for."""
        return self.rules.as_at

    @property
    def row_count(self) -> int:
        """How many rows there are, open and settled."""
        return self.head.open_count + self.head.settled_count

    @property
    def credit_available(self) -> int | None:
        """Limit less balance less what is on order, in minor units; None where the export gives no limit."""
        facts = self.facts
        return (
            None
            if facts.credit_limit is None
            else facts.credit_limit - self.head.balance - (facts.on_order_amount or 0)
        )

    @cached_property
    def figures(self) -> Figures:
        """The account's figures."""
        return self.rules.figures(self.open_rows)

    @cached_property
    def buckets(self) -> Buckets:
        """The balance by age."""
        return self.rules.buckets(self.open_rows)

    @cached_property
    def saving(self) -> Saving | None:
        """What paying every discounted invoice today would save."""
        return self.rules.saving(self.open_rows)
