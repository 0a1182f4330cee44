"""A page of the profile: by what a customer's user is notified, kind by kind."""

from datetime import datetime
from urllib.parse import unquote

import pytest

from chalicelib.alerts import queries as alerts
from chalicelib.dealers.model import Module
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.notifications.dispatch import send_due
from chalicelib.store import outbox
from chalicelib.web.customer.notification_preferences import CHOSEN
from tests.fixtures.cast import Cast
from tests.messages.made import asked
from tests.notifications.fakes import Clock, Post
from tests.uploads.document_requests.made import known
from tests.web.client import Visitor

HERE = "/profile/notifications"
MAIL, PORTAL = "message_answered-email", "message_answered-portal"


@pytest.fixture(autouse=True)
def account(cast: Cast, now: datetime) -> None:
    known(cast.ours, now)


def ticked(customer: Visitor) -> set[str]:
    return {name for name, value in customer.get(HERE).form(HERE).fields.items() if value == "yes"}


def test_what_is_ticked_counts_from_the_next_mail_on(customer: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    post = Post(Clock(now), ids)
    talk = asked(cast.ours, now, ids)
    assert {MAIL, PORTAL} <= ticked(customer)
    customer.submit(HERE, **{MAIL: ""})
    assert unquote(customer.cookies[cookies.FLASH]) == "Saved"
    assert {MAIL, PORTAL} & ticked(customer) == {PORTAL}
    talk.answer("By the portal alone")
    send_due(cast.ours.import_scope, deps=post.deps)
    assert post.sender.sent == []
    assert outbox.items(cast.ours.import_scope) == []
    customer.get(HERE)
    customer.submit(HERE, **{MAIL: "yes", PORTAL: ""})
    talk.answer("By mail alone")
    send_due(cast.ours.import_scope, deps=post.deps)
    assert [mail.to for mail in post.sender.sent] == [cast.ours.customer.email]
    found = alerts.entries(cast.ours.customer.customer_scope, {Module.MESSAGES})
    assert [entry.alert.about["words"] for entry in found] == ["By the portal alone"]


def test_the_second_of_two_windows_is_told_and_keeps_what_it_has(customer: Visitor) -> None:
    form = customer.get(HERE).form(HERE)
    customer.submit(HERE, **{MAIL: ""})
    page = customer.post(HERE, {**form.fields, PORTAL: ""})
    assert page.status == 409
    assert "changed in another window" in page.text
    fields = page.form(HERE).fields
    assert (fields.get(MAIL), fields.get(PORTAL)) == ("yes", None)
    customer.submit(HERE)
    assert {MAIL, PORTAL} & ticked(customer) == {MAIL}


def test_nothing_is_asked_of_modules_that_are_off_nor_of_a_must(customer: Visitor) -> None:
    page = customer.get(HERE)
    musts = "Always sent by email: Invitations to log in, Who has access to my account, The security of my login."
    assert musts in page.text
    assert not [name for name in page.form(HERE).fields if name.startswith(("invitation", "security"))]


def test_nobody_chooses_all_day(customer: Visitor) -> None:
    form = customer.get(HERE).form(HERE)
    sent = [customer.post(HERE, form.fields).status for _ in range(CHOSEN.maximum + 1)]
    assert sent == [303] * CHOSEN.maximum + [429]
