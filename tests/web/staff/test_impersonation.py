"""See as the customer, through the pages: what the customer sees, nothing that changes, and the way back."""

import re
from datetime import datetime, timedelta
from urllib.parse import unquote

import pytest

from app import app
from chalicelib import services, settings
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.mail.sender import RecordingSender
from chalicelib.services import Services
from tests.customers.accounts import account
from tests.customers.accounts import publish as publish_directory
from tests.fixtures.cast import Cast, LogIn
from tests.ledger.accounts import a_facts, an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.web.client import Visitor

PAGE = "/staff/accounts/MTIwMA"
SEE_AS = f"{PAGE}/see-as"
READ_ONLY = "You see the portal as the customer does, and can change nothing here."


@pytest.fixture(autouse=True)
def figures(cast: Cast) -> None:
    """Account 1200 has one invoice, and so has 1201."""
    accounts = [
        an_account([a_row("127070", total=770)]),
        an_account([a_row("200001", total=990)], facts=a_facts("1201", balance=990)),
    ]
    publish(cast.ours.import_scope, accounts)
    publish_directory(cast.ours.import_scope, [account("1200", "Mr A L Barlow"), account("1201")])


@pytest.fixture
def viewer(staff: Visitor) -> Visitor:
    """Staff who see the portal as account 1200 does."""
    staff.get(SEE_AS)
    assert staff.submit(SEE_AS, reason="asked on the phone").location == "/transactions"
    return staff


def test_staff_give_a_reason_and_see_what_the_customer_sees(staff: Visitor) -> None:
    assert staff.get("/transactions").status == 404
    assert "See as the customer" in staff.get(PAGE).links
    page = staff.get(SEE_AS)
    assert "See the portal as Mr A L Barlow does" in page.text
    refused = staff.submit(SEE_AS, reason=" ")
    assert refused.status == 422
    assert "Say why: the customer can read it" in refused.text
    assert staff.submit(SEE_AS, reason="asked on the phone").location == "/transactions"
    shown = staff.follow()
    assert "My Transactions" in shown.text
    assert "127070" in shown.text
    assert "200001" not in shown.text
    assert "You see the portal as Mr A L Barlow does. Nothing can be changed. Until 5 Jun 10:30." in shown.text


def other_session(cast: Cast, log_in: LogIn) -> Visitor:
    second = Visitor(app)
    second.cookies[cookies.SESSION] = log_in(cast.ours.user).secret
    return second


def test_pages_of_staff_stay_theirs_and_say_as_whom_they_also_see_the_portal(
    viewer: Visitor, cast: Cast, log_in: LogIn
) -> None:
    assert "You are also" not in other_session(cast, log_in).get(PAGE).text
    for path in (PAGE, "/staff/accounts", "/profile"):
        page = viewer.get(path)
        assert "You see the portal as" not in page.text
        assert "You are also seeing the portal as Mr A L Barlow until 10:30. Back to itStop" in page.text, path
        assert page.links["Back to it"] == "/transactions"
        assert not [form for form in re.findall(r"<form[^>]*>", page.html) if " inert" in form]
    assert viewer.submit(f"{SEE_AS}/stop").location == PAGE
    assert "You are also" not in viewer.follow().text


def test_what_would_change_something_can_be_seen_and_not_pressed(viewer: Visitor, cast: Cast, log_in: LogIn) -> None:
    theirs = Visitor(app)
    theirs.cookies[cookies.SESSION] = log_in(cast.ours.customer).secret
    for path in ("/details", "/documents", "/transactions"):
        html = viewer.get(path).html
        forms = re.findall(r"<form[^>]* method=\"post\"[^>]*>", html)
        ways_out = [one for one in forms if "/logout" in one or "/see-as/stop" in one]
        assert len(ways_out) == 2, path
        assert all(" inert" in one for one in forms if one not in ways_out), path
        assert not [one for one in ways_out if " inert" in one], path
        assert "<form inert" not in theirs.get(path).html
    assert 'class="act" inert' in viewer.get("/details").html


def test_they_see_the_page_of_the_customer_word_for_word(viewer: Visitor, cast: Cast, log_in: LogIn) -> None:
    theirs = Visitor(app)
    theirs.cookies[cookies.SESSION] = log_in(cast.ours.customer).secret
    for path in ("/transactions?status=all", "/details"):
        seen, own = viewer.get(path).text, theirs.get(path).text
        banner = seen[seen.index("You see the portal") : seen.index("Stop") + len("Stop ")]
        emails = cast.ours.user.email, cast.ours.customer.email
        own = own.replace("Notifications All notificationsChoose notifications ", "")  # the customer's alone
        assert seen.replace(banner, "").replace(*emails).replace("USProfile", "BAProfile") == own


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/details/change", {"field": "phone", "value": "07700 900 118"}),
        ("/details/contact-preferences", {"email": "yes"}),
        ("/documents", {"purpose": "order", "name": "order.pdf"}),
        ("/details/change", {"field": "no such field"}),
    ],
)
def test_nothing_is_changed_by_a_form(viewer: Visitor, path: str, fields: dict[str, str]) -> None:
    csrf = viewer.get("/details").form(f"{SEE_AS}/stop").fields["csrf"]
    page = viewer.post(path, {"csrf": csrf, **fields})
    assert page.status == 403
    assert READ_ONLY in page.text


def test_stop_leads_back_to_the_account_and_shuts_the_customers_pages(viewer: Visitor) -> None:
    viewer.get("/transactions")
    assert viewer.submit(f"{SEE_AS}/stop").location == PAGE
    assert unquote(viewer.cookies[cookies.FLASH]) == "You no longer see the portal as the customer"
    page = viewer.get("/transactions")
    assert page.status == 403
    assert "You no longer see the portal as a customer" in page.text
    assert page.links["Open the account"] == PAGE
    viewer.get(PAGE)
    assert "Portal seen as the customer" in viewer.get("/staff/activity").text
    assert "Account 1200, asked on the phone" in viewer.get("/staff/activity").text


def test_the_customer_reads_who_looked_and_why(viewer: Visitor, cast: Cast, log_in: LogIn) -> None:
    assert viewer.get("/transactions").status == 200
    theirs = Visitor(app)
    theirs.cookies[cookies.SESSION] = log_in(cast.ours.customer).secret
    shown = theirs.get("/account/activity").text
    assert "Your pages looked at, as you see them" in shown
    assert "asked on the phone" in shown
    assert cast.ours.user.email not in shown
    seen = viewer.get("/account/activity").text.partition("Activity")[2]
    assert f"asked on the phone {cast.ours.dealer.name}" in seen
    assert "Logged in" not in seen


def test_after_half_an_hour_the_page_says_so(viewer: Visitor, now: datetime, ids: Ids) -> None:
    viewer.get("/staff/accounts")
    later = Services(
        settings=settings.load(), mail=RecordingSender(), clock=lambda: now + timedelta(minutes=29), ids=ids
    )
    with services.use(later):
        assert viewer.get("/transactions").status == 200
    later = Services(
        settings=settings.load(), mail=RecordingSender(), clock=lambda: now + timedelta(minutes=30), ids=ids
    )
    with services.use(later):
        page = viewer.get("/transactions")
    assert page.status == 403
    assert "The half hour in which you saw the portal as a customer is over" in page.text
    assert page.links["Open the account"] == PAGE


def test_another_session_of_the_same_person_sees_nothing(viewer: Visitor, cast: Cast, log_in: LogIn) -> None:
    assert viewer.get("/transactions").status == 200
    assert other_session(cast, log_in).get("/transactions").status == 404


def test_an_account_of_another_dealer_is_not_there(staff: Visitor) -> None:
    csrf = staff.get(PAGE).forms[0].fields["csrf"]
    for path in ("/staff/accounts/OTk5OQ/see-as", "/staff/accounts/OTk5OQ/see-as/stop"):
        assert staff.post(path, {"csrf": csrf, "reason": "curious"}).status == 404
