"""What stands around each page of a customer: whom they deal with, where help is, and no way to change to nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib import services
from chalicelib.dealers.model import Dealer, HelpLink
from chalicelib.identity.model import Session
from chalicelib.kernel.scopes import TenantScope
from tests.fixtures.cast import Cast
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.web.client import Visitor
from tests.web.customer.barlow import ROWS

HOME = "/transactions"


@pytest.fixture
def account(cast: Cast, customer: Visitor) -> Visitor:
    publish(cast.ours.import_scope, [an_account(ROWS)])
    return customer


@pytest.fixture
def helpful(account: Visitor, cast: Cast) -> Iterator[Visitor]:
    """A visitor of a dealer that has said how it helps."""
    dealer = replace(
        cast.ours.dealer,
        support_email="help@moorbeck.example",
        help_text="Press option 1 for <parts>.",
        help_links=(
            HelpLink("Order parts", "https://parts.example/order"),
            HelpLink("Sales", "mailto:sales@m.example"),
        ),
    )

    def dealer_of(_: TenantScope) -> Dealer:
        return dealer

    with services.use(replace(services.current(), dealer_of=dealer_of)):
        yield account


def test_each_page_says_whom_to_ring(account: Visitor, cast: Cast) -> None:
    for path in (HOME, "/invoices/MTIwMA/invoice/MTI3MDcw", "/invoices/MTIwMA/invoice/none"):
        foot = account.get(path).html.partition('<footer class="site-foot">')[2]
        assert 'href="tel:01632960014">01632 960 014</a>' in foot
        assert "Beck Lane, Castleton, Whitby YO21 6XX" in foot
        assert "Help" not in foot
        assert cast.ours.dealer.contact_email not in account.get(path).html


def test_a_dealers_help_is_shown_as_it_wrote_it(helpful: Visitor) -> None:
    page = helpful.get(HOME)
    assert "Press option 1 for &lt;parts&gt;." in page.html
    assert page.links["Order parts"] == "https://parts.example/order"
    assert page.links["Sales"] == "mailto:sales@m.example"
    assert page.links["help@moorbeck.example"] == "mailto:help@moorbeck.example"


def test_with_one_account_there_is_nothing_to_change_to(account: Visitor, cast: Cast) -> None:
    one = account.get(HOME)
    assert "/accounts" not in one.links.values()
    assert cast.ours.customer.membership.account_name in one.html
    session_of = services.current().session_of

    def with_others(secret: str, now: datetime) -> Session | None:
        found = session_of(secret, now)
        return found and replace(found, only_membership=False)

    with services.use(replace(services.current(), session_of=with_others)):
        several = account.get(HOME)
    assert several.links["Change account"] == "/accounts"
