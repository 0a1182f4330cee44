"""A customer that no export names: invited, logged in, and shown figures as long as an account is linked."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

import pytest

from app import app
from chalicelib import services, settings
from chalicelib.customers import operations
from chalicelib.customers.enrolment import operations as enrolment
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import State
from chalicelib.customers.portal_customers.model import PortalCustomer
from chalicelib.customers.portal_customers.records import PortalCustomerRecord
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.ledger import repo
from chalicelib.mail.sender import RecordingSender
from chalicelib.notifications.dispatch import send_due
from chalicelib.services import Services
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import assume_scope
from tests.customers.accounts import account
from tests.customers.accounts import publish as publish_directory
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import PASSWORD, Cast
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.web.client import Visitor
from tests.web.customer.barlow import ROWS, spoken

HOME = "/transactions"
LIST = "/transactions?status=all"


@pytest.fixture
def portal(cast: Cast, now: datetime, ids: Ids) -> Iterator[Services]:
    repo.forget()
    publish(cast.ours.import_scope, [an_account(ROWS)])
    publish_directory(cast.ours.import_scope, [account("1200")])
    made = Services(settings=settings.load(), mail=RecordingSender(), clock=lambda: now, ids=ids)
    with services.use(made):
        yield made


@pytest.fixture
def hilda(cast: Cast, portal: Services, now: datetime, ids: Ids) -> PortalCustomer:
    staff = cast.ours.user.staff_scope
    email = f"hilda@{cast.ours.dealer.slug}.example"
    added = operations.create_customer(staff, name="Hilda Frost", email=email, now=now, ids=ids)
    result = enrolment.invite_customers(
        staff, dealer=cast.ours.dealer, refs=[added.ref], invited_by="maria", now=now, ids=ids
    )
    assert result.invited == (added.ref,)
    send_due(cast.ours.import_scope, deps=portal.mail_deps)
    return added


@pytest.fixture
def visitor(hilda: PortalCustomer, portal: Services, ids: Ids) -> Visitor:
    """She follows the link of her invitation, chooses a password and logs in."""
    assert isinstance(portal.mail, RecordingSender)
    (mail,) = portal.mail.sent
    assert mail.to == hilda.email
    assert "balance of account Hilda Frost." in " ".join(mail.text.split())
    path = next(line for line in mail.text.splitlines() if "/i/" in line)
    path = path[path.index("/i/") :]
    made = Visitor(app, address=f"2001:db8:{ids.random_bytes(2).hex()}::7")
    page = made.get(path)
    assert "invited you to account Hilda Frost." in page.html
    made.submit(path.partition("?")[0], password=PASSWORD)
    made.get("/login")
    assert made.page is not None
    log_in = urlsplit(made.page.forms[0].action).path
    assert made.submit(log_in, email=hilda.email, password=PASSWORD).location == HOME
    send_due(IdentityScope(), deps=portal.mail_deps)
    return made


def link(cast: Cast, customer: PortalCustomer, now: datetime, ids: Ids) -> PortalCustomer:
    return operations.link_account(
        cast.ours.user.staff_scope,
        customer_id=customer.customer_id,
        version=customer.version,
        account_ref="1200",
        now=now,
        ids=ids,
    )


def test_her_first_log_in_turns_her_active(cast: Cast, hilda: PortalCustomer, visitor: Visitor) -> None:
    assert visitor.get("/accounts").status == 200
    found = enrolments.enrolment(cast.ours.scope, hilda.ref)
    assert found
    assert found.state is State.ACTIVE
    assert [user.email for user in enrolments.users(cast.ours.scope, hilda.ref)] == [hilda.email]


def test_without_a_linked_account_every_page_says_that_there_are_no_figures(
    cast: Cast, hilda: PortalCustomer, visitor: Visitor
) -> None:
    page = visitor.get(HOME)
    assert (page.status, "No figures yet" in spoken(page)) == (200, True)
    assert f"{cast.ours.dealer.name} has not linked you to an account yet." in spoken(page)
    assert "Hilda Frost" in page.html
    assert hilda.customer_id not in page.html
    for kind in ("csv", "xlsx"):
        assert visitor.get(f"/transactions.{kind}").location == HOME
    for kind in ("", "/pdf"):
        assert visitor.get(f"/invoices/MTIwMA/invoice/MTI3MDcw{kind}").status == 404
    choices = visitor.get("/accounts")
    assert (choices.status, "No figures yet" in choices.html, hilda.customer_id in spoken(choices)) == (
        200,
        True,
        False,
    )


def test_a_link_shows_the_ledger_to_the_open_session_and_taking_it_away_hides_it_at_once(
    cast: Cast, hilda: PortalCustomer, visitor: Visitor, now: datetime, ids: Ids
) -> None:
    linked = link(cast, hilda, now, ids)
    assert "account 1200" in spoken(visitor.get(LIST))
    assert "247.06" in visitor.get("/accounts").html
    assert visitor.get("/transactions.csv").status in {200, 303}
    invoice = visitor.get("/invoices/MTIwMA/invoice/MTI3MDcw")
    assert invoice.status == 200
    operations.unlink_account(
        cast.ours.user.staff_scope, customer_id=linked.customer_id, version=linked.version, now=now, ids=ids
    )
    assert "No figures yet" in spoken(visitor.get(LIST))
    assert visitor.get("/invoices/MTIwMA/invoice/MTI3MDcw").status == 404


def test_it_costs_one_read_a_request_and_others_none(
    cast: Cast, hilda: PortalCustomer, visitor: Visitor, now: datetime, ids: Ids
) -> None:
    link(cast, hilda, now, ids)
    visitor.get(HOME)
    with counted_calls("dynamodb") as hers:
        assert visitor.get(HOME).status == 200
    barlow = Visitor(app, address=f"2001:db8:{ids.random_bytes(2).hex()}::8")
    barlow.get("/login")
    barlow.submit("/login", email=cast.ours.customer.email, password=PASSWORD)
    barlow.get(HOME)
    with counted_calls("dynamodb") as his:
        assert barlow.get(HOME).status == 200
    assert sorted(hers) == sorted([*his, "GetItem"])


def test_a_record_that_is_gone_is_not_found(cast: Cast, hilda: PortalCustomer, visitor: Visitor) -> None:
    with assume_scope(cast.ours.scope):
        PortalCustomerRecord(tenant_pk(cast.ours.scope, "CUSTOMERS"), hilda.customer_id).delete(
            add_version_condition=False
        )
    assert visitor.get(HOME).status == 404
