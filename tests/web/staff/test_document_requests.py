"""Document requests: staff ask from the account or the list, see what came, and cancel what is not needed."""

from datetime import datetime, timedelta
from urllib.parse import unquote

import pytest

from chalicelib.customers import document_requests
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser, Enrolment, State
from chalicelib.customers.operations import create_customer
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.store import outbox
from chalicelib.uploads.document_requests import queries
from tests.customers.accounts import account
from tests.customers.accounts import publish as publish_directory
from tests.fixtures.cast import Cast, Dealership
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.uploads.document_requests.made import asked, found, known, sent
from tests.web.client import Visitor

ACCOUNT = f"/staff/accounts/{link_part('1200')}"
HOME = "/staff/document-requests"
NEW = f"{HOME}/new"
FIELDS = {"purpose": "other", "title": "Three payslips", "words": "The newest ones", "wanted": "3", "due": "2024-06-19"}


@pytest.fixture
def ours(cast: Cast, now: datetime) -> Dealership:
    publish(cast.ours.import_scope, [an_account([a_row("127070", total=770)])])
    return known(cast.ours, now)


def active(ours: Dealership, ref: str, now: datetime) -> None:
    """Somebody has logged in for this customer."""
    email = f"{ref}@users.example"
    enrolments.put(ours.scope, Enrolment(ref, State.ACTIVE, email, "01HX", "maria", now), before=None)
    enrolments.add_user(ours.scope, AccountUser(f"user of {ref}", email, now), ref=ref)


def flash(visitor: Visitor) -> str:
    return unquote(visitor.cookies[cookies.FLASH])


def test_staff_ask_from_the_account_and_the_customer_is_mailed(staff: Visitor, ours: Dealership) -> None:
    page = staff.get(ACCOUNT)
    assert "No open requests." in page.text
    page = staff.get(page.links["Ask for a document"])
    assert "Account 1200, Mr A L Barlow" in page.text
    assert page.form(NEW).fields["due"] == "2024-06-19"  # in two weeks
    answer = staff.submit(NEW, **FIELDS)
    assert (answer.status, answer.location) == (303, f"{ACCOUNT}#asked-for")
    assert flash(staff) == "Requested: Three payslips. The customer gets an email."
    text = staff.get(ACCOUNT).text
    for words in ("Three payslips", "0 of 3 received", "Due on 19 Jun 2024", "The newest ones", ours.user.email):
        assert words in text
    assert [item.kind for item in outbox.items(ours.scope)] == ["document_requested"]
    assert "Document requested" in staff.get("/staff/activity?about=request").text


def test_staff_ask_from_the_list_after_they_chose_the_customer(staff: Visitor, ours: Dealership, now: datetime) -> None:
    active(ours, "1200", now)
    assert "No open requests" in staff.get(HOME).text
    assert staff.get("/staff/documents").links["Ask for a document"] == NEW
    assert "Which customer?" in staff.get(NEW).text
    assert "Nothing matches" in staff.get(f"{NEW}?q=9999").text
    page = staff.get(f"{NEW}?q=barl")
    assert "1 customer" in page.text
    staff.get(page.links["Mr A L Barlow"])
    wrong = staff.submit(NEW, **{**FIELDS, "title": "", "due": "2024-06-04"})
    assert (wrong.status, "There are 2 problems" in wrong.text) == (422, True)
    assert ">The newest ones</textarea>" in wrong.html
    assert staff.submit(NEW, **FIELDS).status == 303
    page = staff.get(HOME)
    assert page.links["Account 1200, Mr A L Barlow"] == f"{ACCOUNT}#asked-for"
    assert [one.title for one in queries.own_requests(ours.customer.customer_scope)] == ["Three payslips"]


def test_without_a_customer_nothing_is_asked(staff: Visitor, ours: Dealership) -> None:
    fields = staff.get(f"{NEW}?account={link_part('1200')}").form(NEW).fields
    assert staff.post(NEW, {**fields, **FIELDS, "account": ""}).location == NEW
    assert flash(staff) == "!Choose a customer first"
    assert queries.own_requests(ours.customer.customer_scope) == []


def test_a_customer_added_in_the_portal_is_chosen_and_asked(
    staff: Visitor, ours: Dealership, now: datetime, ids: Ids
) -> None:
    admin = ours.admin.staff_scope
    made = create_customer(admin, name="Ann Pike", email="ann@pike.example", now=now, ids=ids)
    waiting = create_customer(admin, name="Bob Reed", email="bob@reed.example", now=now, ids=ids)
    active(ours, made.ref, now)
    page = staff.get(NEW)
    assert "2 customers added in the portal. Search for all others." in page.text
    assert "Bob Reed" not in page.links
    assert waiting.ref not in page.html
    page = staff.get(f"{NEW}?q=ann@pi")
    page = staff.get(page.links["Ann Pike"])
    assert "Added in the portal, Ann Pike" in page.text
    answer = staff.submit(NEW, **FIELDS)
    assert (answer.status, answer.location) == (303, HOME)
    assert "A customer added in the portal, Ann Pike" in staff.get(HOME).text
    (mail,) = outbox.items(ours.scope)
    assert (mail.kind, mail.payload["email"]) == ("document_requested", f"{made.ref}@users.example")


def test_the_same_form_counts_once(staff: Visitor, ours: Dealership) -> None:
    sent_form = {**staff.get(f"{NEW}?account={link_part('1200')}").form(NEW).fields, **FIELDS}
    assert [staff.post(NEW, sent_form).status for _ in range(2)] == [303, 303]
    assert len(queries.own_requests(ours.customer.customer_scope)) == 1


def test_an_account_that_nobody_opens_is_not_asked(staff: Visitor, ours: Dealership) -> None:
    publish_directory(ours.import_scope, [account("1202")])
    page = staff.get(f"{NEW}?q=1202")
    assert "Nobody has logged in yet" in page.text
    assert page.links["Customer 1202"] == f"/staff/accounts/{link_part('1202')}"
    staff.get(f"{NEW}?account={link_part('1202')}")
    refused = staff.submit(NEW, **FIELDS)
    assert (refused.status, "Invite the customer first" in refused.text) == (422, True)
    assert 'id="asked-for"' not in staff.get(page.links["Customer 1202"]).html


def test_a_request_is_cancelled_once(staff: Visitor, ours: Dealership, now: datetime, ids: Ids) -> None:
    request, other = asked(ours, now, ids), asked(ours, now, ids, wanted="1", title="Passport")
    form = staff.get(HOME).form(f"{HOME}/cancel").fields
    closed = {**form, "request": request.request_id}
    assert staff.post(f"{HOME}/cancel", closed).location == HOME
    assert flash(staff) == "Cancelled. It no longer shows for the customer."
    assert "Cancelled" in staff.get(HOME).text
    sent(ours, now, ids, other)
    staff.post(f"{HOME}/cancel", {**form, "request": other.request_id, "back": "//evil.example"})
    assert flash(staff) == "!This is no longer requested. Nothing has changed."
    for wrong in ({"request": "0" * 26}, {"request": ""}, {"account": ""}, {"account": "!"}):
        assert staff.post(f"{HOME}/cancel", {**form, **wrong}).status == 404
    text = staff.get(ACCOUNT).text
    assert "Earlier ones" in text
    assert "1 of 1 received" in text


def test_what_is_overdue_is_on_the_to_do_list_and_leads_to_the_account(
    staff: Visitor, ours: Dealership, now: datetime, ids: Ids
) -> None:
    request = asked(ours, now - timedelta(days=3), ids, days=1, wanted="1")
    document_requests.chase(ours.import_scope, now=now, ids=ids)
    page = staff.get("/staff/to-do")
    assert "Document overdue" in page.text
    assert page.links["Three payslips"] == f"{ACCOUNT}#asked-for"
    assert "Overdue" in staff.get(ACCOUNT).text
    file = sent(ours, now, ids, request)
    page = staff.get("/staff/to-do")
    assert "Document overdue" not in page.text
    received = f"/staff/documents/{link_part('1200')}/{file.file_id}"
    assert page.links["remittance.csv, requested: Three payslips"] == received
    assert "Requested: Three payslips" in staff.get(received).text
    assert "Requested: Three payslips" in staff.get("/staff/documents").text
    assert found(ours, request).received == (file.file_id,)


def test_another_dealers_account_is_not_found(staff: Visitor, ours: Dealership, cast: Cast) -> None:
    publish_directory(cast.rival.import_scope, [account("77")])
    assert staff.get(f"{NEW}?account={link_part('77')}").status == 404
    staff.get(f"{NEW}?account={link_part('1200')}")
    assert staff.submit(NEW, **{**FIELDS, "account": link_part("77")}).status == 404
    assert queries.own_requests(ours.customer.customer_scope) == []
