"""What a customer's user reads of their account and of their own login, and what they never do."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.origin import Origin
from chalicelib.store.audit import AuditEntry
from chalicelib.web.customer import activity
from chalicelib.web.presenters.activity import EVENTS
from chalicelib.web.presenters.own_activity import ACCOUNT_EVENTS, Reader, account_line
from tests.fixtures.cast import Cast, LogIn, Member
from tests.fixtures.trail import TrailWriter
from tests.web.client import Visitor

HERE = "/account/activity"
COLLEAGUE = "01HZZZZZZZZZZZZZZZZZZZZZZZ"
HIDDEN = sorted(set(EVENTS) - set(ACCOUNT_EVENTS))
DETAIL: dict[str, Any] = {
    "file": COLLEAGUE,
    "name": "CANARY.pdf",
    "email": "CANARY@x.example",
    "reason": "CANARY",
    "field": "phone",
}


@pytest.fixture
def trail(cast: Cast, now: datetime, ids: Ids) -> TrailWriter:
    """Of the dealer's staff, somewhere."""
    writer = TrailWriter(cast.ours.scope, ids, now, cast.ours.user.person_id)
    return writer.at(Origin("203.0.113.99", "Firefox", "Windows"))


def join(member: Member, person_id: str, email: str, now: datetime, era: str = "") -> None:
    enrolments.add_user(member.customer_scope, AccountUser(person_id, email, now, era), ref="1200")


def test_it_says_what_happened_and_who_did_it(customer: Visitor, cast: Cast, trail: TrailWriter, now: datetime) -> None:
    own = cast.ours.customer
    join(own, COLLEAGUE, "jo@farm.example", now)
    trail.by(own.person_id).note("change.asked", field="phone", request=COLLEAGUE)
    trail.note("change.refused", field="postcode", request=COLLEAGUE, reason="Not yours")
    trail.by(COLLEAGUE).note("consent.changed", channels={"email": "yes", "post": "no"})
    trail.by("01HZKT0SM00000000000000000").note("file.begun", name="May.pdf", file=COLLEAGUE)
    trail.by("system").note("file.accepted", name="May.pdf", file=COLLEAGUE)
    trail.note("request.asked", title="Three payslips", request=COLLEAGUE)
    trail.by("system").note("shared.announced", name="Secret terms", file=COLLEAGUE)
    page = customer.get(HERE)
    for words in (
        "Change requested Phone You",
        "Change refused Postcode Moorbeck Machinery",
        "Contact preferences changed Email, Post jo@farm.example",
        "Upload of a document started May.pdf Another user of this account",
        "Document received May.pdf Moorbeck Machinery",
        "Document requested Three payslips Moorbeck Machinery",
        "Documents shared with you Moorbeck Machinery",
        "Logged in",
    ):
        assert words.replace(" ", "") in page.text.replace(" ", ""), words
    for never in ("Secret terms", "Not yours", "203.0.113.99", "Firefox", cast.ours.user.email):
        assert never not in page.html
    assert 'href="/account/activity"' in customer.get("/profile").html


def test_a_line_is_for_customers_only_if_its_event_is_listed(now: datetime) -> None:
    reader = Reader("P", {}, "Moorbeck Machinery")
    listed = [event for event in EVENTS if account_line(AuditEntry("", now, "P", event, "1200", {}), reader)]
    assert set(listed) == set(ACCOUNT_EVENTS)


@pytest.mark.parametrize("event", [*HIDDEN, "something.new"])
def test_what_is_not_listed_for_customers_stays_the_dealers(customer: Visitor, trail: TrailWriter, event: str) -> None:
    trail.note(event, **DETAIL)
    assert "CANARY" not in customer.get(HERE).html


def test_only_what_is_of_this_account_is_shown(customer: Visitor, cast: Cast, trail: TrailWriter) -> None:
    trail.note("change.asked", "1201", field="phone", request=COLLEAGUE)
    trail.note("file.refused", "1201", name="CANARY.pdf", file=COLLEAGUE)
    rival = TrailWriter(cast.rival.scope, trail.ids, trail.now, "system")
    rival.note("file.refused", "1200", name="CANARY.pdf", file=COLLEAGUE)
    page = customer.get(HERE)
    assert "CANARY" not in page.html
    assert "Change requested" not in page.text


def test_logins_and_passwords_are_the_readers_own(customer: Visitor, cast: Cast, log_in: LogIn) -> None:
    log_in(cast.ours.other_customer)
    page = customer.get(HERE)
    assert page.text.count("Logged in") == 1
    customer.get("/account/sessions")
    customer.post(
        "/account/sessions/others", {"csrf": customer.get("/account/sessions").form("/logout").fields["csrf"]}
    )
    assert "All other browsers logged out" in customer.get(HERE).text


def test_it_ends_after_ninety_days_and_is_paged_by_a_hundred_lines(
    customer: Visitor, trail: TrailWriter, now: datetime
) -> None:
    trail.note("file.accepted", at=now - timedelta(days=91), name="Old.pdf", file=COLLEAGUE)
    trail.note("file.accepted", at=now - timedelta(days=89), name="Newer.pdf", file=COLLEAGUE)
    page = customer.get(HERE)
    assert ("Old.pdf" in page.text, "Newer.pdf" in page.text) == (False, True)
    for n in range(activity.MAX_ROWS):
        trail.note("file.accepted", at=now - timedelta(minutes=n // 2), name=f"({n}).pdf", file=COLLEAGUE)
    page = customer.get(HERE)
    assert "Newer.pdf" not in page.text
    assert page.html.count("<time") == activity.MAX_ROWS - 1, "the login is the first, and a moment is not torn"
    seen = [n for n in range(activity.MAX_ROWS) if f"({n}).pdf" in page.text]
    page = customer.get(page.links["Older"])
    seen += [n for n in range(activity.MAX_ROWS) if f"({n}).pdf" in page.text]
    assert sorted(seen) == list(range(activity.MAX_ROWS)), "each once"
    assert "Newer.pdf" in page.text
    assert "Old.pdf" not in page.text
    assert "Older" not in page.links
    assert page.links["Newest"] == HERE


def test_a_look_is_found_behind_a_hundred_later_events(customer: Visitor, trail: TrailWriter, now: datetime) -> None:
    trail.note("access.viewed", at=now - timedelta(days=1), reason="asked on the phone", until="")
    for n in range(3 * activity.MAX_ROWS):
        trail.note("file.accepted", at=now - timedelta(seconds=n), name="x.pdf", file=COLLEAGUE)
    page, turned = customer.get(HERE), 0
    while "asked on the phone" not in page.text:
        page, turned = customer.get(page.links["Older"]), turned + 1
    assert turned == 3


@pytest.mark.parametrize("before", ["yesterday", "2024-99-99T00:00:00.000+00:00", "9999-01-01T00:00:00.000+00:00"])
def test_what_is_no_moment_counts_as_not_asked(customer: Visitor, before: str) -> None:
    assert "Logged in" in customer.get(f"{HERE}?before={quote(before)}").text


def test_a_page_before_everything_leads_back(customer: Visitor) -> None:
    page = customer.get(f"{HERE}?before={quote('2024-01-01T00:00:00.000+00:00')}")
    assert "Nothing before that" in page.text
    assert page.links["Newest"] == HERE


def test_nobody_reads_it_all_day(customer: Visitor) -> None:
    assert {customer.get("/account/activity").status for _ in range(activity.READ.maximum)} == {200}
    assert customer.get("/account/activity").status == 429
