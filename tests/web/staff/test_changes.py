from datetime import datetime
from urllib.parse import unquote

import pytest

from chalicelib.customers.change_requests import operations, repo
from chalicelib.customers.change_requests.model import ChangeRequest, RequestState
from chalicelib.http import cookies
from chalicelib.kernel.account_fields import AccountField
from chalicelib.kernel.ids import Ids
from chalicelib.store import outbox
from tests.customers.accounts import account
from tests.customers.accounts import publish as publish_directory
from tests.fixtures.cast import Cast
from tests.ledger.accounts import a_facts, an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.web.client import Visitor

HERE = "/staff/accounts/MTIwMA"
FORM = f"{HERE}/changes"
FACTS = a_facts(balance=770, phone="01632 960 014")


@pytest.fixture
def asked(cast: Cast, now: datetime, ids: Ids) -> ChangeRequest:
    publish(cast.ours.import_scope, [an_account([a_row("127070", total=770)], facts=FACTS)])
    publish_directory(cast.ours.import_scope, [account("1200", "Mr A L Barlow"), account("1201")])
    return operations.ask_for_change(
        cast.ours.customer.customer_scope,
        facts=FACTS,
        field=AccountField.PHONE,
        value="01632 960 118",
        note="<b>From July</b>",
        asked_by=cast.ours.customer.email,
        now=now,
        ids=ids,
    )


def flash(visitor: Visitor) -> str:
    return unquote(visitor.cookies[cookies.FLASH])


def state(cast: Cast, asked: ChangeRequest) -> RequestState:
    found = repo.request(cast.ours.scope, "1200", asked.request_id)
    assert found
    return found.state


def test_a_change_leads_from_to_do_to_the_account_and_is_passed_on(
    staff: Visitor, cast: Cast, asked: ChangeRequest
) -> None:
    link = staff.get("/staff/to-do").links["Phone: 01632 960 118"]
    assert link == f"{HERE}#changes"
    page = staff.get(link)
    for words in ("Phone: 01632 960 118", "Instead of 01632 960 014", "Note: <b>From July</b>", asked.asked_by):
        assert words in page.text
    staff.submit(FORM)  # the first of its forms
    assert flash(staff) == "Passed on. The customer sees it with the next export."
    assert state(cast, asked) is RequestState.PASSED_ON
    assert "Change requests" not in staff.follow().text
    assert "Nothing to do" in staff.get("/staff/to-do").text
    assert "Change passed on" in staff.get("/staff/activity?about=change").text


def test_a_refusal_needs_a_reason_and_sends_it(staff: Visitor, cast: Cast, asked: ChangeRequest) -> None:
    token = staff.get(HERE).form(FORM).fields["csrf"]
    sent = {"csrf": token, "change": asked.request_id, "decision": "refused"}
    staff.post(FORM, {**sent, "reason": " "})
    assert flash(staff).startswith("!Give a reason")
    assert state(cast, asked) is RequestState.OPEN
    staff.post(FORM, {**sent, "reason": "Not in service"})
    assert flash(staff) == f"Refused. {asked.asked_by} is notified why."
    assert state(cast, asked) is RequestState.REFUSED
    assert [item.kind for item in outbox.items(cast.ours.scope)] == ["change_refused"]
    staff.post(FORM, {**sent, "decision": "passed_on"})  # from a page before
    assert flash(staff) == "!This has been decided already. Nothing has changed."


def test_a_form_that_decides_nothing_changes_nothing(staff: Visitor, cast: Cast, asked: ChangeRequest) -> None:
    token = staff.get(HERE).form(FORM).fields["csrf"]
    assert staff.post(FORM, {"csrf": token, "change": asked.request_id}).status == 422
    assert staff.post(FORM, {"csrf": token, "change": "nothing", "decision": "passed_on"}).status == 404
    other = "/staff/accounts/MTIwMQ/changes"
    assert staff.post(other, {"csrf": token, "change": asked.request_id, "decision": "passed_on"}).status == 404
    assert state(cast, asked) is RequestState.OPEN


def test_what_the_export_has_already_is_marked(staff: Visitor, cast: Cast, asked: ChangeRequest) -> None:
    shown = a_facts(balance=770, phone="01632-960118")
    publish(cast.ours.import_scope, [an_account([a_row("127070", total=770)], run=3, facts=shown)], run=3)
    publish_directory(cast.ours.import_scope, [account("1200", "Mr A L Barlow")])
    page = staff.get(HERE)
    assert f"Phone: {asked.value} In your system now" in page.text
