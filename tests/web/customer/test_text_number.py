"""The number to which a customer's user is notified: proved, used, changed and deleted beside what they choose."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib import services
from chalicelib.alerts import queries
from chalicelib.alerts.kinds import MESSAGE_ANSWERED, AlertChannel
from chalicelib.dealers.operations import change_settings, settings_fingerprint
from chalicelib.dealers.queries import dealer as dealer_of
from chalicelib.identity import rate_limits, text_numbers
from chalicelib.identity.repo import factor_reads
from chalicelib.kernel.ids import Ids
from chalicelib.mail.texts import RecordingTextSender
from chalicelib.notifications.dispatch import send_due
from chalicelib.web.customer.text_number import CHANGED
from tests.fixtures.cast import Cast
from tests.identity.second_factors import SCOPE, give_sms_codes
from tests.messages.made import asked
from tests.notifications.fakes import empty
from tests.uploads.document_requests.made import known
from tests.web.client import Page, Visitor

CHOICE = "/profile/notifications"
MOBILE = f"{CHOICE}/mobile"
NUMBER, TYPED, MASKED = "+447400123456", "07400 123456", "•••456"
MAIL, TEXT = "message_answered-email", "message_answered-sms"


@pytest.fixture
def texts(cast: Cast, customer: Visitor, now: datetime) -> Iterator[RecordingTextSender]:  # noqa: ARG001 - its services
    """Our customer in front of their pages, where the dealer has turned text messages off still."""
    known(cast.ours, now)
    empty(SCOPE)
    sender = RecordingTextSender()
    with services.use(replace(services.current(), texts=sender)):
        yield sender


def offer(cast: Cast, now: datetime, ids: Ids, *, is_on: bool = True) -> None:
    scope, wanted = cast.ours.admin.staff_scope, {"sms_notifications": is_on or None}
    seen = settings_fingerprint(dealer_of(scope, fresh=True), wanted)
    change_settings(scope, wanted, seen=seen, now=now, ids=ids)


def code_of(texts: RecordingTextSender) -> str:
    send_due(SCOPE, deps=services.current().mail_deps)
    found = re.match(r"\d{6}", texts.sent[-1].text)
    assert found
    return found[0]


def prove(customer: Visitor, texts: RecordingTextSender, number: str = TYPED) -> Page:
    customer.get(f"{MOBILE}?other")
    assert customer.submit(MOBILE, number=number).location == MOBILE
    assert f"We have sent it to {number}" in customer.follow().text
    return customer.submit(f"{MOBILE}/confirm", code=code_of(texts))


def chosen(cast: Cast) -> frozenset[AlertChannel]:
    return queries.own_preferences(cast.ours.customer.customer_scope).channels(MESSAGE_ANSWERED)


def test_b31_a_number_is_proved_a_kind_is_ticked_and_a_text_message_comes(
    cast: Cast, customer: Visitor, texts: RecordingTextSender, now: datetime, ids: Ids
) -> None:
    offer(cast, now, ids)
    page = customer.get(CHOICE)
    assert TEXT not in page.form(CHOICE).fields
    assert f'id="{TEXT}" name="{TEXT}" value="yes" disabled' in page.html
    assert "first show that a mobile number is yours" in page.text
    customer.post(CHOICE, {**page.form(CHOICE).fields, TEXT: "yes"})
    assert AlertChannel.SMS not in chosen(cast)

    assert prove(customer, texts).location == CHOICE
    page = customer.follow()
    assert f"They go to {MASKED}, between 8:00 and 20:00, at most 5 a day." in page.text
    assert TYPED not in page.text
    assert not [name for name, ticked in page.form(CHOICE).fields.items() if name.endswith("-sms") and ticked]
    assert "change_refused-sms" not in page.html
    assert factor_reads.sms_number(SCOPE, cast.ours.customer.person_id) is None, "it is no second factor"
    customer.submit(CHOICE, **{TEXT: "yes", MAIL: ""})
    assert AlertChannel.SMS in chosen(cast)

    texts.sent.clear()
    asked(cast.ours, now, ids).answer("On Monday")
    for _ in range(2):
        send_due(cast.ours.import_scope, deps=services.current().mail_deps)
    (message,) = texts.sent
    assert (message.to, "Your question was answered" in message.text) == (NUMBER, True)
    assert "On Monday" not in message.text


def test_while_the_dealer_has_not_turned_it_on_nothing_of_it_shows(
    cast: Cast, customer: Visitor, texts: RecordingTextSender, now: datetime, ids: Ids
) -> None:
    page = customer.get(CHOICE)
    assert "ext message" not in page.text
    assert [customer.get(MOBILE).location, customer.get(f"{MOBILE}?other").location] == [CHOICE, CHOICE]
    form = {"csrf": page.form(CHOICE).fields["csrf"], "number": TYPED}
    for path in ("", "/again", "/confirm", "/login-number"):
        assert customer.post(f"{MOBILE}{path}", form).status == 404, path
    send_due(SCOPE, deps=services.current().mail_deps)
    assert texts.sent == []

    offer(cast, now, ids)
    prove(customer, texts)
    customer.get(CHOICE)
    customer.submit(CHOICE, **{TEXT: "yes"})
    offer(cast, now, ids, is_on=False)
    customer.get(CHOICE)
    customer.submit(CHOICE, **{MAIL: ""})
    offer(cast, now, ids)
    assert chosen(cast) == {AlertChannel.PORTAL, AlertChannel.SMS}, "what had no box is not lost"


def test_another_number_takes_its_place_once_it_is_proved_and_a_deleted_one_gets_nothing(
    cast: Cast, customer: Visitor, texts: RecordingTextSender, now: datetime, ids: Ids
) -> None:
    offer(cast, now, ids)
    give_sms_codes(cast.ours.customer, NUMBER, now=now, ids=ids)
    person_id = cast.ours.customer.person_id
    assert f"Use {MASKED}, where your codes for logging in go" in customer.get(CHOICE).text
    customer.submit(f"{MOBILE}/login-number")
    assert texts.sent == [], "it is proved already"
    customer.get(CHOICE)
    customer.submit(CHOICE, **{TEXT: "yes"})

    customer.get(MOBILE)
    customer.submit(MOBILE, number="07400 123457")
    before = text_numbers.text_number(SCOPE, person_id)
    assert before
    assert before.number == NUMBER
    wrong = customer.follow().form(f"{MOBILE}/confirm").fields | {"code": "12"}
    assert customer.post(f"{MOBILE}/confirm", wrong).status == 422
    customer.get(MOBILE)
    customer.submit(f"{MOBILE}/confirm", code=code_of(texts))
    assert "•••457" in customer.follow().text
    text_numbers.note_opted_out(SCOPE, person_id, "+447400123457", now=now)
    assert "STOP was answered" in customer.get(CHOICE).text

    customer.submit(f"{MOBILE}/delete")
    assert text_numbers.text_number(SCOPE, person_id) is None
    kept = factor_reads.sms_number(SCOPE, person_id)
    assert kept
    assert kept.number == NUMBER, "codes go on to where they went"
    assert AlertChannel.SMS not in chosen(cast)


def test_a_code_is_sent_again_after_a_minute_and_a_mistyped_number_is_given_up(
    cast: Cast, customer: Visitor, texts: RecordingTextSender, now: datetime, ids: Ids
) -> None:
    offer(cast, now, ids)
    customer.get(MOBILE)
    customer.submit(MOBILE, number=TYPED)
    customer.follow()
    assert customer.submit(f"{MOBILE}/again").location == MOBILE, "one was sent just now: the page says so"
    customer.follow()
    customer.submit(f"{MOBILE}/cancel")
    page = customer.get(MOBILE)
    form = {"csrf": page.form(MOBILE).fields["csrf"], "code": "123456"}
    assert [customer.post(f"{MOBILE}/{one}", form).location for one in ("again", "confirm", "cancel")] == [
        MOBILE,
        MOBILE,
        CHOICE,
    ]
    assert text_numbers.text_number(SCOPE, cast.ours.customer.person_id) is None
    send_due(SCOPE, deps=services.current().mail_deps)
    assert texts.sent == [], "nobody waits for it any more"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("+1 201 555 0123", "We send no text messages to this country"),
        ("01632 960 114", "We cannot send text messages to this number. Check it, or enter that of another mobile."),
        ("", "Enter your mobile number, such as 07400 123456"),
    ],
)
def test_what_no_text_message_may_go_to_is_said_at_its_field(
    cast: Cast, customer: Visitor, texts: RecordingTextSender, typed: str, said: str, now: datetime, ids: Ids
) -> None:
    offer(cast, now, ids)
    customer.get(MOBILE)
    page = customer.submit(MOBILE, number=typed)
    assert (page.status, page.text.count(said)) == (422, 2)
    send_due(SCOPE, deps=services.current().mail_deps)
    assert texts.sent == []


def test_text_messages_to_numbers_are_bounded(
    cast: Cast, customer: Visitor, texts: RecordingTextSender, now: datetime, ids: Ids
) -> None:
    offer(cast, now, ids)
    for last in range(rate_limits.TEXTS_NEW_NUMBERS.maximum):
        customer.get(f"{MOBILE}?other")
        assert customer.submit(MOBILE, number=f"07400 12345{last}").status == 303
        customer.follow()
        customer.submit(f"{MOBILE}/cancel")
    customer.get(f"{MOBILE}?other")
    page = customer.submit(MOBILE, number="07400 123459")
    assert (page.status, "Too many attempts" in page.text) == (429, True)
    delete = [customer.post(f"{MOBILE}/delete", page.form(MOBILE).fields).status for _ in range(CHANGED.maximum + 1)]
    assert delete == [303] * CHANGED.maximum + [429]
    assert texts.sent == []
