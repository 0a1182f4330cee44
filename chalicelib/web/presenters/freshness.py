"""How old the figures of a page are, and whether a newer export should have come."""

from datetime import date, datetime
from typing import Literal, NamedTuple

from chalicelib.dealers.publication import Published, TotalsState
from chalicelib.ledger.account_view import AccountView


class Freshness(NamedTuple):
    """`as_at`: the date of the figures, None before the first export. `received_at` is left out of older figures.

    `dealer` names the sender to customers. `totals` says how the control totals came out: to customers in their own
    account's currency, and nothing where it is not known.
    """

    today: date
    as_at: date | None = None
    received_at: datetime | None = None
    dealer: str = ""
    totals: Literal["", "agree", "differ", "unknown"] = ""
    late: bool = False
    replaced: bool = False

    @property
    def state(self) -> Literal["", "none", "late"]:
        """How the line looks."""
        if self.as_at is None:
            return "none"
        return "late" if self.late or self.replaced or self.totals == "differ" else ""


def account_freshness(view: AccountView) -> Freshness:
    """For a customer. An archived account keeps its last figures; paging keeps those of the first page."""
    published, today = view.snapshot.published, view.rules.today
    if view.head.archived or view.snapshot.is_older:
        return Freshness(today, view.as_at, dealer=view.dealer.name, replaced=view.snapshot.is_older)
    totals = totals_of(view)
    return Freshness(
        today,
        view.as_at,
        published.received_at,
        view.dealer.name,
        "" if totals == "unknown" else totals,
        late=view.is_late,
    )


def totals_of(view: AccountView) -> TotalsState:
    """How the control totals of the newest export came out in the account's currency."""
    return view.snapshot.published.totals_in(view.facts.currency)


def dealer_freshness(published: Published, today: date, *, missing: bool = False) -> Freshness:
    """For staff. `missing`: an export that the dealer's schedule expects has not come."""
    totals: Literal["agree", "differ", "unknown"] = "agree" if published.totals_known else "unknown"
    return Freshness(
        today,
        published.as_at,
        published.received_at,
        totals=totals if published.totals_agree else "differ",
        late=missing or published.is_late(today),
    )
