from dataclasses import replace
from datetime import datetime
from urllib.parse import unquote

import pytest

from chalicelib.customers.change_requests import operations, repo
from chalicelib.customers.change_requests.model import RequestState
from chalicelib.dealers import queries as dealers
from chalicelib.feed import operations as feed
from chalicelib.feed import queries as items
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.ledger import repo as ledger
from chalicelib.web.customer.details import ASKED
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import Cast, LogIn, add_person
from tests.ledger.accounts import a_facts, an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.web.client import Visitor

HERE = "/details"
FORM = f"{HERE}/change"


def exported(cast: Cast, run: int = 1, **facts: str) -> None:
    account = an_account([a_row("127070", total=770)], run=run, facts=a_facts(balance=770, **facts))
    publish(cast.ours.import_scope, [account], run=run)
    dealers.forget_published(cast.ours.scope)
    ledger.forget()


@pytest.fixture(autouse=True)
def account(cast: Cast) -> None:
    exported(cast, phone="01632 960 014", city="Whitby", email="al@farm.example")


def flash(visitor: Visitor) -> str:
    return unquote(visitor.cookies[cookies.FLASH])


def ask(customer: Visitor, value: str = "01632 960 118", field: str = "phone", note: str = "From July") -> None:
    customer.get(f"{FORM}?field={field}")
    customer.submit(FORM, value=value, note=note)


def states(cast: Cast) -> list[RequestState]:
    return [one.state for one in repo.requests(cast.ours.scope, "1200")]


def test_a_change_is_asked_for_and_shown_until_an_export_has_it(customer: Visitor, cast: Cast) -> None:
    page = customer.get(HERE)
    assert "Phone 01632 960 014" in page.text.replace("Phone01632", "Phone 01632")
    assert "Not provided" in page.text
    ask(customer)
    assert flash(customer) == "Request sent. Its status appears here."
    assert "Asked on 5 Jun: 01632 960 118" in customer.follow().text
    exported(cast, run=2, phone="01632-960118", city="Whitby")
    page = customer.get(HERE)
    assert "Asked on" not in page.text
    assert "01632-960118" in page.text


def test_a_form_sent_twice_counts_once(customer: Visitor, cast: Cast) -> None:
    customer.get(f"{FORM}?field=phone")
    form = customer.page.form(FORM) if customer.page else None
    assert form
    sent = {**form.fields, "value": "01632 960 118", "note": ""}
    for _ in range(2):
        assert customer.post(FORM, sent).location == HERE
    assert states(cast) == [RequestState.OPEN]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("phone", "", "Phone: enter the new one, up to 32 characters"),
        ("phone", "01632 960014", "This is already the current value"),
        ("email", "nobody", "Enter an email address"),
    ],
)
def test_a_mistake_is_said_beside_the_field_and_what_was_typed_stays(
    customer: Visitor, cast: Cast, field: str, value: str, words: str
) -> None:
    ask(customer, value, field, note="A note that stays")
    page = customer.page
    assert page
    assert page.status == 422
    assert words in page.text
    assert "A note that stays" in page.html
    assert states(cast) == []


@pytest.mark.parametrize("field", ["balance", "credit_limit", "", "../x"])
def test_what_is_not_a_detail_is_not_found(customer: Visitor, field: str) -> None:
    assert customer.get(f"{FORM}?field={field}").status == 404
    token = customer.get(f"{FORM}?field=phone").form(FORM).fields["csrf"]
    assert customer.post(FORM, {"csrf": token, "field": field, "value": "1"}).status == 404


def test_it_is_withdrawn_until_it_was_passed_on(customer: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    ask(customer)
    customer.get(HERE)
    customer.submit(f"{HERE}/withdraw")
    assert flash(customer) == "Withdrawn. Your details stay as they are."
    assert "Asked on" not in customer.follow().text
    ask(customer)
    customer.get(HERE)
    waiting = items.waiting(cast.ours.scope, limit=9).items
    feed.acknowledge(cast.ours.user.staff_scope, item_ids=[one.item_id for one in waiting], now=now, ids=ids)
    customer.submit(f"{HERE}/withdraw")
    assert flash(customer).startswith("!It has been passed on already")
    assert sorted(states(cast)) == [RequestState.OPEN, RequestState.WITHDRAWN]


def test_what_staff_decide_is_shown(customer: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    staff = cast.ours.user.staff_scope
    ask(customer)
    ask(customer, "Sleights", "city")
    city, phone = sorted(repo.requests(cast.ours.scope, "1200"), key=lambda one: one.field)
    operations.pass_on(staff, ref="1200", request_id=phone.request_id, now=now, ids=ids)
    operations.refuse(staff, ref="1200", request_id=city.request_id, reason="Ask at the counter", now=now, ids=ids)
    page = customer.get(HERE)
    assert "It has been passed on and will show here soon." in page.text
    assert "Not changed to Sleights: Ask at the counter" in page.text
    assert page.html.count("/details/change?field=phone") == 1  # another may be asked for


def test_only_an_admin_of_the_account_asks(
    customer: Visitor, cast: Cast, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    membership = replace(cast.ours.customer.membership, role=Role.PAY)
    payer = add_person(ids, now, email=f"{ids.dealer_id()}@farm.example", membership=membership)
    customer.cookies[cookies.SESSION] = log_in(payer).secret
    page = customer.get(HERE)
    assert page.status == 200
    assert FORM not in page.html
    assert customer.get(f"{FORM}?field=phone").status == 403


def test_nobody_asks_all_day(customer: Visitor, cast: Cast) -> None:
    for n in range(ASKED.maximum):
        ask(customer, f"01632 960 2{n:02}")
        customer.get(HERE)
        customer.submit(f"{HERE}/withdraw")
    ask(customer)
    assert customer.page
    assert customer.page.status == 429
    assert RequestState.OPEN not in states(cast)


def test_without_an_export_there_are_no_details(customer: Visitor, cast: Cast, log_in: LogIn) -> None:
    customer.cookies[cookies.SESSION] = log_in(cast.ours.other_customer).secret
    assert "No details yet" in customer.get(HERE).text
    assert customer.get(f"{FORM}?field=phone").status == 404


def test_the_first_screen_reads_nothing_of_it(customer: Visitor) -> None:
    ask(customer)
    customer.get("/transactions")
    with counted_calls("dynamodb") as calls:
        assert customer.get("/transactions").status == 200
    with counted_calls("dynamodb") as details:
        customer.get(HERE)
    assert len(details) == len(calls) + 3  # open changes, decided ones, contact preferences
