"""Account 1200 becomes somebody else's while Mr Barlow has a page open."""

from datetime import date, datetime

import pytest

from chalicelib.customers import eras
from chalicelib.http import cookies
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.ledger.layout import begin_era
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import Cast, LogIn, Member, add_person
from tests.ingest.recorded import record_run
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.web.client import Visitor
from tests.web.customer.barlow import ROWS, spoken

HOME = "/transactions?status=all"
NEW = "SOMEBODY ELSE'S INVOICE"


@pytest.fixture
def era(cast: Cast, customer: Visitor, now: datetime, ids: Ids) -> str:
    """It has begun, and its export is published; nobody has ended Mr Barlow's session yet."""
    publish(cast.ours.import_scope, [an_account(ROWS, run=1)], run=1)
    assert "127070" in customer.get(HOME).html
    record_run(cast.ours.import_scope, 1, as_at=date(2024, 6, 5), sequence=1)
    made = ids.ulid(now)
    assert eras.start_era(cast.ours.import_scope, ref="1200", era=made, reason="other name", now=now, ids=ids)
    publish(
        cast.ours.import_scope, [begin_era(an_account([a_row("9", total=900, description=NEW)], run=2), made)], run=2
    )
    return made


@pytest.fixture
def successor(cast: Cast, era: str, now: datetime, ids: Ids) -> Member:
    membership = Membership(
        cast.ours.dealer.dealer_id,
        MembershipKind.CUSTOMER,
        "1200",
        "Hilda Frost",
        role=Role.ADMIN,
        active=True,
        era=era,
    )
    return add_person(ids, now, email=f"hilda@{cast.ours.dealer.slug}.example", membership=membership)


def test_a_session_of_before_shows_nothing_of_the_new_era_even_before_it_is_ended(era: str, customer: Visitor) -> None:
    assert era
    for path in (HOME, "/invoices/MTIwMA/invoice/OQ", "/invoices/MTIwMA/invoice/MTI3MDcw", "/transactions.csv"):
        page = customer.get(path)
        assert (page.status, "now belongs to somebody else" in spoken(page)) == (403, True)
        assert "SOMEBODY" not in page.html
    assert "No access" in spoken(customer.get("/accounts"))


def test_the_new_customer_sees_the_new_era_alone_at_one_read_for_the_era(
    customer: Visitor, successor: Member, log_in: LogIn
) -> None:
    customer.cookies[cookies.SESSION] = log_in(successor).secret
    page = customer.get(HOME)
    assert "SOMEBODY ELSE" in page.html
    assert "127070" not in page.html
    assert customer.get("/invoices/MTIwMA/invoice/OQ").status == 200
    assert customer.get("/invoices/MTIwMA/invoice/MTI3MDcw").status == 404
    older = customer.get("/transactions?page=2&at=1.20240605.20240605.1")
    assert "127070" not in older.html
    assert "No figures yet" in spoken(older)
    customer.get(HOME)
    with counted_calls("dynamodb") as calls:
        customer.get(HOME)
    assert calls == [
        "GetItem",
        "BatchGetItem",
        "BatchGetItem",
    ]  # the session, the era with the bell, disputes with views
