"""Where people come to after login, when their dealer has not switched on what customers mostly come for."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from app import app
from chalicelib import services
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.mail.sender import RecordingSender
from chalicelib.services import Services
from tests.fixtures.cast import PASSWORD, Dealership, LogIn, make_dealership
from tests.fixtures.worlds import World
from tests.web.client import Visitor


@pytest.fixture
def bare(aws: World, now: datetime, ids: Ids) -> Dealership:  # noqa: ARG001 - the world must stand
    """A dealer without a module."""
    return make_dealership(ids, now, name="Brightfold", prefix="brightfold", phone="", modules=frozenset())


@pytest.fixture
def visitor(bare: Dealership, aws: World, now: datetime, ids: Ids) -> Iterator[Visitor]:  # noqa: ARG001 - its dealer
    made = Services(settings=aws.settings, mail=RecordingSender(), clock=lambda: now, ids=ids)
    with services.use(made):
        yield Visitor(app, address=f"2001:db8:{ids.random_bytes(2).hex()}::7")


def submit_log_in(visitor: Visitor, dealership: Dealership, email: str) -> str:
    path = f"/d/{dealership.dealer.slug}/login"
    visitor.get(path)
    return visitor.submit(path, email=email, password=PASSWORD).location


def test_a_customer_comes_to_the_switcher_and_staff_to_their_list(visitor: Visitor, bare: Dealership) -> None:
    assert submit_log_in(visitor, bare, bare.customer.email) == "/accounts"
    assert visitor.get("/login").location == "/accounts"
    visitor.cookies.clear()
    assert submit_log_in(visitor, bare, bare.user.email) == "/staff/accounts"


def test_what_is_switched_off_is_not_found_and_not_in_the_navigation(
    visitor: Visitor, bare: Dealership, log_in: LogIn
) -> None:
    visitor.cookies[cookies.SESSION] = log_in(bare.customer).secret
    for path in ("/transactions", "/transactions.csv", "/invoices/MTIwMA/invoice/MQ"):
        page = visitor.get(path)
        assert page.status == 404
        assert "My Transactions" not in page.links
        assert "Choose an account" in page.links


@pytest.mark.parametrize(
    "wanted",
    ["/profile/photo", "/account/security/app", "/account/passkeys?x=1", "/account/language", "/profile"],
)
def test_a_page_of_the_persons_own_is_gone_back_to_by_staff_and_customers(
    visitor: Visitor, bare: Dealership, wanted: str
) -> None:
    for member in (bare.user, bare.customer):
        visitor.cookies.clear()
        visitor.get("/login")
        assert visitor.submit("/login", email=member.email, password=PASSWORD, next=wanted).location == wanted
