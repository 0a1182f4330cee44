"""All that somebody may act for on one page, each dealer's in its own frame; and the menu in the header."""

import re
from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib import services
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Dealer
from chalicelib.identity import repo as identity
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.identity.repo import writes
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope, TenantScope
from chalicelib.ledger import repo as ledger
from chalicelib.rendering.brand import brand_version, frame_address
from tests.alerts.made import notified
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import Cast, Dealership
from tests.ledger.accounts import a_facts, an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.web.auth.conftest import LoginPages
from tests.web.client import Page, Visitor

HERE = "/accounts"


@pytest.fixture
def several(cast: Cast, pages: LoginPages, now: datetime) -> Visitor:
    """Acts for 1200 and 1201 in pounds and 1202 in euros of our dealer, and for 1200 of the rival's."""
    ours = cast.ours
    rows = {
        "1200": ("GBP", [a_row("1", total=1000, due_date="2024-06-04"), a_row("2", total=770, due_date="2024-07-05")]),
        "1201": ("GBP", [a_row("3", total=4050, due_date="2024-07-05")]),
        "1202": ("EUR", [a_row("4", total=9900, due_date="2024-07-05")]),
    }
    publish(
        ours.import_scope,
        [
            an_account(of, facts=a_facts(ref, currency=currency, balance=sum(row.outstanding for row in of)))
            for ref, (currency, of) in rows.items()
        ],
    )
    publish(cast.rival.import_scope, [an_account([a_row("9", total=-610, type="credit_note")])])
    ledger.forget()
    for dealership in (ours, cast.rival):
        dealers.forget_published(dealership.scope)
    _join(cast, ours, "1201", now, name="John Frost Imports")
    _join(cast, ours, "1202", now, name="Barlow Europe")
    _join(cast, cast.rival, "1200", now, name="Postgate Farm Haulage")
    visitor = pages.logged_in(ours.customer)
    assert "Choose an account" in visitor.get(HERE).text
    _choose(visitor, ours, "1200")
    return visitor


def _choose(visitor: Visitor, dealership: Dealership, ref: str) -> Page:
    token = visitor.get(HERE).form("/logout").fields["csrf"]
    return visitor.post(HERE, {"csrf": token, "membership": f"{dealership.dealer.dealer_id}#A.{ref}"})


def _join(cast: Cast, dealership: Dealership, ref: str, now: datetime, *, name: str) -> None:
    new = Membership(
        dealership.dealer.dealer_id, MembershipKind.CUSTOMER, ref, name, role=Role.VIEW, invitation_id="1", active=True
    )
    identity.commit(IdentityScope(), [writes.put_membership(cast.ours.customer.person_id, new, now)])


def _frames(html: str) -> list[str]:
    """The words of each frame."""
    parts = re.findall(r'<section class="panel frame.*?</section>', html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", part).split()) for part in parts]


def test_b23_all_accounts_stand_on_one_page_each_dealers_in_its_own_frame(
    several: Visitor, cast: Cast, now: datetime, ids: Ids
) -> None:
    notified(cast.ours, now, ids, ref="1201")
    page = several.get(HERE)
    assert "All my accounts" in page.text
    ours, rivals = _frames(page.html)
    assert "Moorbeck Machinery" in ours
    assert "£17.70 £10.00 overdue" in ours
    assert "John Frost Imports Account 1201 1 unread £40.50 Nothing overdue" in ours
    assert "As of 5 Jun 2024" in ours
    assert "Postgate Farm Haulage Account 1200 −£6.10 In credit" in rivals
    for dealership in (cast.ours, cast.rival):
        assert frame_address(dealership.dealer.slug, dealership.dealer.brand) in page.html


def test_b23_amounts_are_added_within_a_dealer_and_a_currency_alone(several: Visitor) -> None:
    ours, rivals = _frames(several.get(HERE).html)
    assert "Together £58.20 £10.00 overdue" in ours
    assert "EUR 99.00" in ours
    assert ours.count("Together") == 1, "one account in euros is its own sum"
    assert "Together" not in rivals
    found = _frames(several.get(f"{HERE}?q=frost").html)
    assert ["Together" in frame for frame in found] == [False]


def test_figures_cost_few_reads_and_only_on_a_page_of_some(several: Visitor) -> None:
    several.get(HERE)
    with counted_calls() as calls:
        several.get(HERE)
    assert len(calls) <= 2 + 4 * 2, "the session, the memberships; of each account the enrolment and its head"
    with counted_calls() as calls:
        menu = several.get(HERE, htmx=True)
    assert len(calls) <= 2
    assert "£" not in menu.text


def test_b23_the_menu_in_the_header_changes_the_account(several: Visitor, cast: Cast) -> None:
    _choose(several, cast.rival, "1200")
    page = several.get("/details")
    assert "Change account, currently Postgate Farm Haulage, 1200" in page.text
    assert page.links["All my accounts"] == HERE
    menu = several.get(HERE, htmx=True)
    assert "<html" not in menu.html
    assert menu.links["All my accounts (4)"] == HERE
    current = re.findall(r'value="([^"]+)" aria-current="true"', menu.html)
    assert current == [f"{cast.rival.dealer.dealer_id}#A.1200"]
    assert f'value="{cast.ours.dealer.dealer_id}#A.1201"' in menu.html
    assert _choose(several, cast.ours, "1201").location == "/transactions"
    assert "account 1201" in several.get("/transactions").text


def test_of_a_dealer_without_invoices_no_figures_are_shown(several: Visitor) -> None:
    known = services.current()

    def without(scope: TenantScope) -> Dealer:
        return replace(known.dealer_of(scope), modules=frozenset())

    with services.use(replace(known, dealer_of=without)):
        page = several.get(HERE)
    assert "John Frost Imports" in page.text
    assert not re.findall("[£€]", " ".join(_frames(page.html)))


def test_the_colours_of_a_frame_are_a_stylesheet_for_that_frame_alone(cast: Cast, pages: LoginPages) -> None:
    dealer, visitor = cast.ours.dealer, pages.visitor()
    css = visitor.get(frame_address(dealer.slug, dealer.brand))
    assert css.text.startswith(f".brand-{dealer.slug}{{--cc-nav-bg:{dealer.brand.nav_bg};")
    assert ":root" not in css.text
    assert css.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert visitor.get(f"/d/{dealer.slug}/frame.css?v={brand_version(dealer.brand)[1:]}").headers["cache-control"] == (
        "public, max-age=60"
    )
    assert visitor.get("/d/nobody-is-here/frame.css").status == 404
