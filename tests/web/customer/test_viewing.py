"""Staff see who of a customer has opened which document, and customers which they have not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app import app
from chalicelib import services
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import Enrolment, State
from chalicelib.dealers import queries as dealers
from chalicelib.http import cookies
from chalicelib.identity import operations as identity
from chalicelib.identity.model import ClientInfo
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.ledger import repo
from chalicelib.ledger.viewed import repo as viewed
from chalicelib.ledger.viewed.model import Viewer
from tests.customers.accounts import account
from tests.customers.accounts import publish as publish_directory
from tests.fixtures.cast import PASSWORD, Cast, LogIn
from tests.forwarding.made import forwarded
from tests.ledger.accounts import an_account
from tests.ledger.published import counted_calls, publish
from tests.ledger.rows import a_row
from tests.web.client import Visitor
from tests.web.customer.barlow import ROWS
from tests.web.customer.test_einvoices import FACTS, complete
from tests.web.customer.test_invoices import LINES, address, with_lines

ACCOUNT = f"/staff/accounts/{link_part('1200')}"
LIST = f"{ACCOUNT}/transactions"
HERE = address("127070")
STAFF_HERE = f"{LIST}/invoice/{link_part('127070')}"


@pytest.fixture
def staff(cast: Cast, customer: Visitor, log_in: LogIn, now: datetime) -> Visitor:
    """Staff of the dealer of `customer`, whose account has an invoice with lines; both at the same portal."""
    publish(cast.ours.import_scope, [an_account([with_lines(cast, ROWS[0], LINES), *ROWS[1:]], facts=FACTS)])
    publish_directory(cast.ours.import_scope, [account("1200", "Mr A L Barlow")])
    active = Enrolment("1200", State.ACTIVE, "c1200@farm.example", "01HX", "maria", now, activated_at=now)
    enrolments.put(cast.ours.scope, active, before=None)
    assert customer.get("/transactions").status == 200
    made = Visitor(app)
    made.cookies[cookies.SESSION] = log_in(cast.ours.user).secret
    return made


def seen(staff: Visitor) -> bool:
    """Whether staff read of invoice 127070 that the customer has opened it."""
    return "Not viewed yet" not in staff.get(f"{LIST}?q=127070").text


@pytest.mark.parametrize("tail", ["", "/view", "/pdf", "/e-invoice.xml", "/e-invoice.pdf"])
def test_staff_read_who_has_opened_it_and_when(
    cast: Cast, customer: Visitor, staff: Visitor, now: datetime, ids: Ids, tail: str
) -> None:
    complete(cast, now, ids)
    assert not seen(staff)
    assert "Not viewed yet" in staff.get(STAFF_HERE).text
    assert customer.get(f"{HERE}{tail}").status in {200, 303}
    who = cast.ours.customer.email
    assert f"Viewed 5 Jun 2024 by {who}" in staff.get(f"{LIST}?q=127070").text
    page = staff.get(STAFF_HERE).text
    assert f"{who} 5 Jun" in page.replace(who, f"{who} ").replace("  ", " "), page
    assert "Not viewed yet" not in page


def test_an_overlay_and_a_download_of_many_count_too(customer: Visitor, staff: Visitor) -> None:
    customer.get("/transactions/documents?q=127070")
    assert not seen(staff), "the choice of what to make is no download"
    customer.submit("/transactions/documents", kind="zip")
    assert seen(staff)
    customer.get(address("127072"), htmx=True)
    assert "Not viewed yet" not in staff.get(f"{LIST}?q=127072").text


@pytest.mark.parametrize("header", ["sec-purpose", "purpose", "x-moz"])
def test_c17_what_no_person_looks_at_is_no_view(customer: Visitor, staff: Visitor, header: str) -> None:
    scanner = Visitor(app)
    for path in (HERE, f"{HERE}/view", f"{HERE}/pdf"):
        assert scanner.get(path).location.startswith("/login")
        customer.call("HEAD", path)
        customer.get(path, headers={header: "prefetch;prerender"})
    assert not seen(staff)
    customer.get(HERE)
    assert seen(staff)


def test_staff_who_see_as_the_customer_count_for_nothing(staff: Visitor) -> None:
    staff.get(f"{ACCOUNT}/see-as")
    assert staff.submit(f"{ACCOUNT}/see-as", reason="asked on the phone").location == "/transactions"
    for path in (HERE, f"{HERE}/view"):
        assert staff.get(path).status == 200
    assert not seen(staff)


def test_a_link_that_was_sent_on_counts_once_somebody_presses_its_button(
    cast: Cast, customer: Visitor, staff: Visitor, now: datetime, ids: Ids
) -> None:
    link = f"/f/{forwarded(cast.ours, '127070', now, ids)[1]}"
    other = Visitor(app)
    assert other.get(link).status == 200
    assert not seen(staff)
    assert other.submit(link).status == 303
    text = staff.get(f"{LIST}?q=127070").text
    assert "Viewed 5 Jun 2024 by books@accountant.example, to whom it was forwarded" in text
    customer.get(HERE)
    assert f"by {cast.ours.customer.email} and 1 other" in staff.get(f"{LIST}?q=127070").text


def test_staff_list_what_nobody_has_opened(customer: Visitor, staff: Visitor) -> None:
    customer.get(HERE)
    page = staff.get(f"{LIST}?status=all&viewed=no")
    assert "5 transactions, not viewed yet, newest first" in page.text
    assert "127070" not in page.links
    assert "127072" in page.links
    assert "126828" not in page.links, "of 2019 nothing is known"
    assert "Not viewed" in staff.get(f"{LIST}/totals?status=all&viewed=no").text
    assert "viewed=no" in staff.get(page.links["127072"]).links["Transactions"]
    for key in ("127072", "127073", "126950", "126884"):
        customer.get(address(key))
    customer.get(address("C20417", "credit_note"))
    assert "Nothing matches" in staff.get(f"{LIST}?status=all&viewed=no").text


def test_staff_lists_read_one_query_more(cast: Cast, staff: Visitor) -> None:
    def calls_of(path: str) -> list[str]:
        repo.forget()
        dealers.forget_published(cast.ours.scope)
        with counted_calls() as calls:
            assert staff.get(path).status == 200
        return calls

    plain = len(calls_of(f"{LIST}?status=all&type=payment"))  # none of these is a document
    assert len(calls_of(f"{LIST}?status=all")) == plain + 1
    assert len(calls_of(f"{LIST}?status=all&viewed=no")) == plain + 1


def test_another_export_changes_nothing_of_it(cast: Cast, customer: Visitor, staff: Visitor) -> None:
    customer.get(HERE)
    publish(cast.ours.import_scope, [an_account(ROWS, run=3)], run=3)
    publish_directory(cast.ours.import_scope, [account("1200", "Mr A L Barlow")])
    assert seen(staff)


@pytest.fixture
def tomorrow(cast: Cast, customer: Visitor, now: datetime, ids: Ids) -> Iterator[Visitor]:
    """The customer a day after they have joined. An invoice of that day has come."""
    publish(cast.ours.import_scope, [an_account(ROWS)])
    assert "data-new" not in customer.get("/transactions").html
    later = now + timedelta(days=1)
    publish(cast.ours.import_scope, [an_account([a_row("127080", total=1250, on="2024-06-06"), *ROWS], run=2)], run=2)
    client = ClientInfo("2001:db8::8", "Chromium")
    opened = identity.log_in(
        IdentityScope(), email=cast.ours.customer.email, password=PASSWORD, client=client, now=later, ids=ids
    )
    visitor = Visitor(app)
    visitor.cookies[cookies.SESSION] = opened.secret
    with services.use(replace(services.current(), clock=lambda: later)):
        yield visitor


def test_what_came_since_somebody_joined_is_new_until_they_open_it(tomorrow: Visitor) -> None:
    page = tomorrow.get("/transactions")
    assert page.html.count("data-new") == 1, "nothing of the first export is"
    assert "127080 Invoice New" in page.text.replace("127080", "127080 ").replace("  ", " ")
    tomorrow.get(address("127080"), headers={"sec-purpose": "prefetch"})
    assert "data-new" in tomorrow.get("/transactions").html
    tomorrow.get(address("127080"))
    assert "data-new" not in tomorrow.get("/transactions").html


def test_what_a_colleague_has_opened_is_new_to_somebody_else(cast: Cast, tomorrow: Visitor) -> None:
    other = replace(cast.ours.customer.customer_scope, person_id="colleague")
    viewer = Viewer("colleague", lambda: "Ben")
    viewed.note(other, "1200", viewer, [("invoice", "127080")], month="2024-06", now=services.current().clock())
    assert "data-new" in tomorrow.get("/transactions").html


def test_the_mark_takes_no_round_trip(cast: Cast, tomorrow: Visitor) -> None:
    tomorrow.get("/account/password")
    repo.forget()
    dealers.forget_published(cast.ours.scope)
    with counted_calls() as calls:
        assert "data-new" in tomorrow.get("/transactions").html
    assert len(calls[calls.index("BatchGetItem") :]) == 3, calls
