"""Documents asked for: staff ask from the account or the list, see what came, and cancel what is not needed."""

from datetime import datetime, timedelta
from urllib.parse import unquote

import pytest

from chalicelib.customers import document_requests
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


def flash(visitor: Visitor) -> str:
    return unquote(visitor.cookies[cookies.FLASH])


def test_staff_ask_from_the_account_and_the_customer_is_mailed(staff: Visitor, ours: Dealership) -> None:
    page = staff.get(ACCOUNT)
    assert "Nothing is asked for." in page.text
    page = staff.get(page.links["Ask for a document"])
    assert "Account 1200, Mr A L Barlow" in page.text
    assert page.form(NEW).fields["due"] == "2024-06-19"  # in two weeks
    answer = staff.submit(NEW, **FIELDS)
    assert (answer.status, answer.location) == (303, f"{ACCOUNT}#asked-for")
    assert flash(staff) == "Asked for: Three payslips. The customer gets an email."
    text = staff.get(ACCOUNT).text
    for words in ("Three payslips", "0 of 3 received", "Due on 19 Jun 2024", "The newest ones", ours.user.email):
        assert words in text
    assert [item.kind for item in outbox.items(ours.scope)] == ["document_requested"]
    assert "Document asked for" in staff.get("/staff/activity?about=request").text


def test_staff_ask_from_the_list_by_the_number_of_the_account(staff: Visitor, ours: Dealership) -> None:
    assert "Nothing is asked for" in staff.get(HOME).text
    assert staff.get("/staff/documents").links["Ask for a document"] == NEW
    staff.get(NEW)
    unknown = staff.submit(NEW, ref="9999", **FIELDS)
    assert (unknown.status, "There is no account with this number" in unknown.text) == (422, True)
    wrong = staff.submit(NEW, ref=" 1200 ", **{**FIELDS, "title": "", "due": "2024-06-04"})
    assert (wrong.status, "There are 2 problems" in wrong.text) == (422, True)
    assert ">The newest ones</textarea>" in wrong.html
    assert staff.submit(NEW, ref=" 1200 ", **FIELDS).status == 303
    page = staff.get(HOME)
    assert page.links["Account 1200, Mr A L Barlow"] == f"{ACCOUNT}#asked-for"
    assert [one.title for one in queries.own_requests(ours.customer.customer_scope)] == ["Three payslips"]


def test_the_same_form_counts_once(staff: Visitor, ours: Dealership) -> None:
    sent_form = {**staff.get(f"{NEW}?account={link_part('1200')}").form(NEW).fields, **FIELDS}
    assert [staff.post(NEW, sent_form).status for _ in range(2)] == [303, 303]
    assert len(queries.own_requests(ours.customer.customer_scope)) == 1


def test_an_account_that_nobody_opens_is_not_asked(staff: Visitor, ours: Dealership) -> None:
    publish_directory(ours.import_scope, [account("1202")])
    staff.get(NEW)
    refused = staff.submit(NEW, ref="1202", **FIELDS)
    assert (refused.status, "Invite the customer first" in refused.text) == (422, True)
    assert 'id="asked-for"' not in staff.get(f"/staff/accounts/{link_part('1202')}").html


def test_a_request_is_cancelled_once(staff: Visitor, ours: Dealership, now: datetime, ids: Ids) -> None:
    request, other = asked(ours, now, ids), asked(ours, now, ids, wanted="1", title="Passport")
    form = staff.get(HOME).form(f"{HOME}/cancel").fields
    closed = {**form, "request": request.request_id}
    assert staff.post(f"{HOME}/cancel", closed).location == HOME
    assert flash(staff) == "Cancelled. The customer is not asked for it any more."
    assert "Cancelled" in staff.get(HOME).text
    sent(ours, now, ids, other)
    staff.post(f"{HOME}/cancel", {**form, "request": other.request_id, "back": "//evil.example"})
    assert flash(staff) == "!This is not asked for any more. Nothing has changed."
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
    assert page.links["remittance.csv, asked for: Three payslips"] == received
    assert "Asked for: Three payslips" in staff.get(received).text
    assert "Asked for: Three payslips" in staff.get("/staff/documents").text
    assert found(ours, request).received == (file.file_id,)


def test_another_dealers_account_is_not_found(staff: Visitor, ours: Dealership, cast: Cast) -> None:
    publish_directory(cast.rival.import_scope, [account("77")])
    assert staff.get(f"{NEW}?account={link_part('77')}").status == 404
    staff.get(f"{NEW}?account={link_part('1200')}")
    assert staff.submit(NEW, **{**FIELDS, "account": link_part("77")}).status == 404
    assert queries.own_requests(ours.customer.customer_scope) == []
