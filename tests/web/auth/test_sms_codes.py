"""Codes by text message as customers meet them: a number is proved, used, changed and removed; and what it may cost."""

import re
from datetime import timedelta

import pytest

from chalicelib import services
from chalicelib.http import cookies
from chalicelib.identity import factor_reset, rate_limits, repo
from chalicelib.identity.model import FactorKind
from chalicelib.identity.repo import factor_reads
from chalicelib.mail.sender import MailRefusedError
from chalicelib.mail.texts import RecordingTextSender, is_one_part
from chalicelib.notifications.dispatch import send_due
from tests.fixtures.cast import PASSWORD, Cast
from tests.identity.second_factors import SCOPE, give_app, give_email_codes, give_sms_codes
from tests.web.auth.conftest import LoginPages, sent
from tests.web.auth.test_second_step import CODE, require
from tests.web.client import Page, Visitor

HOME = "/account/security"
SMS = f"{HOME}/sms"
NUMBER, TYPED, MASKED = "+447400123456", "07400 123456", "•••456"


def offered(cast: Cast, pages: LoginPages) -> Visitor:
    """Our customer, logged in where the dealer offers them."""
    require(cast.ours, pages, sms_codes=True)
    return pages.logged_in(cast.ours.customer)


def turn_on(visitor: Visitor, texts: RecordingTextSender, number: str = TYPED, code: str = "") -> Page:
    visitor.get(SMS)
    page = visitor.submit(SMS, number=number, current_password=PASSWORD, **({"code": code} if code else {}))
    assert page.location == SMS
    assert f"We have sent it to {number}" in visitor.follow().text  # in full: so a slip is seen
    return visitor.submit(f"{SMS}/confirm", code=sent(texts))


def number_of(cast: Cast) -> str | None:
    found = factor_reads.sms_number(SCOPE, cast.ours.customer.person_id)
    return found.number if found else None


def test_b25_a_mobile_number_is_proved_and_asked_for_at_the_next_login(
    cast: Cast, pages: LoginPages, texts: RecordingTextSender
) -> None:
    visitor = offered(cast, pages)
    assert "Codes by text message" in visitor.get(HOME).text
    assert number_of(cast) is None
    turn_on(visitor, texts)
    assert len(set(CODE.findall(visitor.follow().text))) == 10
    assert number_of(cast) == NUMBER
    page = visitor.get(HOME)
    assert f"Sent to {MASKED} when you log in" in page.text
    assert TYPED not in page.text
    (message,) = texts.sent
    assert message.to == NUMBER
    assert re.fullmatch(
        r"\d{6} is your code for Moorbeck Machinery\. Do not tell it to anybody\.\n\n@\S+ #\d{6}", message.text
    )
    assert is_one_part(message.text)

    other = pages.visitor()
    own = f"/d/{cast.ours.dealer.slug}/login"
    assert pages.log_in(other, cast.ours.customer.email, path=own).location == "/login/code"
    assert f"we have sent a code to {MASKED}" in other.follow().text
    assert other.submit("/login/code", code="000000").status == 422
    assert other.submit("/login/code", code=sent(texts)).location == "/transactions"
    assert cookies.SESSION in other.cookies


def test_nobody_is_offered_them_whose_dealer_has_not_said_so(
    cast: Cast, pages: LoginPages, texts: RecordingTextSender
) -> None:
    visitor = pages.logged_in(cast.ours.customer)
    page = visitor.get(HOME)
    assert "Codes by text message" not in page.text
    assert visitor.get(SMS).location == HOME
    token = visitor.get(f"{HOME}/email").form(f"{HOME}/email").fields["csrf"]
    form = {"number": TYPED, "current_password": PASSWORD, "csrf": token}
    assert visitor.post(SMS, form).status == 404
    assert visitor.post(f"{SMS}/again", {"csrf": token}).status == 404
    send_due(SCOPE, deps=services.current().mail_deps)
    assert texts.sent == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("+1 201 555 0123", "We send no text messages to this country"),
        ("01632 960 114", "We cannot send text messages to this number. Check it, or use codes by email instead."),
        ("07911 123456", "We cannot send text messages to this number. Check it, or use codes by email instead."),
        ("", "Enter your mobile number, such as 07400 123456"),
        ("call me", "Enter your mobile number, such as 07400 123456"),
    ],
)
def test_what_no_text_message_may_go_to_is_said_at_its_field(
    cast: Cast, pages: LoginPages, texts: RecordingTextSender, typed: str, said: str
) -> None:
    visitor = offered(cast, pages)
    visitor.get(SMS)
    page = visitor.submit(SMS, number=typed, current_password=PASSWORD)
    assert (page.status, said in page.text) == (422, True)
    assert (page.text.count(said), "There is a problem" in page.text) == (
        2,
        True,
    )  # in the box, at the field
    assert page.form(SMS).fields["number"] == typed
    send_due(SCOPE, deps=services.current().mail_deps)
    assert texts.sent == []


def test_another_number_is_proved_with_a_code_of_the_one_before(
    cast: Cast, pages: LoginPages, texts: RecordingTextSender
) -> None:
    visitor = offered(cast, pages)
    turn_on(visitor, texts)
    pages.now += timedelta(minutes=2)
    visitor.get(SMS)
    page = visitor.submit(SMS, number="07400 123457", current_password=PASSWORD)
    assert (page.status, "Enter a code" in page.text) == (422, True)
    assert "Code from your current phone" in page.text
    buttons = [words for words, *_rest in page.form(SMS).buttons if "code" in words]
    assert buttons == [
        f"Send a code to {MASKED}",
        "Send a code to the new number",
    ]
    page = visitor.submit(SMS, number="07400 123457", send_code="sms")
    assert page.form(SMS).fields["number"] == "07400 123457"
    assert f"We have just sent one to {MASKED}. You can ask for another in 60 seconds." in page.text
    old = sent(texts)
    assert texts.sent[-1].to == NUMBER
    page = visitor.submit(SMS, number="07400 123457", send_code="sms")  # too soon: no error, and none is sent
    assert (page.status, "error-summary" in page.html, len(texts.sent)) == (200, False, 2)
    assert turn_on(visitor, texts, "07400 123457", old).location == HOME
    assert number_of(cast) == "+447400123457"
    send_due(SCOPE, deps=services.current().mail_deps)
    assert any("mobile number for codes was changed" in mail.subject for mail in pages.mail.sent)


def test_a_second_click_leads_to_the_code_that_is_on_its_way(
    cast: Cast, pages: LoginPages, texts: RecordingTextSender
) -> None:
    visitor = offered(cast, pages)
    visitor.get(SMS)
    begun = visitor.page
    for _ in range(2):
        visitor.page = begun
        assert visitor.submit(SMS, number=TYPED, current_password=PASSWORD).location == SMS
    send_due(SCOPE, deps=services.current().mail_deps)
    assert [message.to for message in texts.sent] == [NUMBER]
    visitor.page = begun
    assert visitor.submit(SMS, number=TYPED, current_password="not it").status == 422
    visitor.page = begun
    assert visitor.submit(SMS, number="07400 123457", current_password=PASSWORD).location == SMS
    send_due(SCOPE, deps=services.current().mail_deps)
    assert [message.to for message in texts.sent] == [NUMBER, "+447400123457"]


def test_a_second_click_with_the_same_code_leads_there_too(
    cast: Cast, pages: LoginPages, texts: RecordingTextSender
) -> None:
    visitor = offered(cast, pages)
    recovery_code, *_ = give_app(cast.ours.customer, now=pages.now, ids=pages.ids)
    visitor.get(SMS)
    begun = visitor.page
    for _ in range(2):
        visitor.page = begun
        form = {"number": TYPED, "current_password": PASSWORD, "code": recovery_code}
        assert visitor.submit(SMS, **form).location == SMS
    assert "We have sent it to" in visitor.follow().text
    assert sent(texts)


def test_a_login_is_sent_a_text_message_where_the_mail_does_not_come(
    cast: Cast, pages: LoginPages, texts: RecordingTextSender
) -> None:
    member = cast.ours.customer
    give_sms_codes(member, NUMBER, now=pages.now, ids=pages.ids)
    give_email_codes(member, also=frozenset({FactorKind.SMS}), now=pages.now, ids=pages.ids)
    visitor = pages.visitor()
    assert pages.log_in(visitor, member.email).location == "/login/code"
    page = visitor.get(visitor.follow().links["Get a code by text message"])
    assert "It replaces the code that we have already sent" in page.text
    assert visitor.submit("/login/code/send").location == "/login/code?with=sms"
    assert "The newest one that we sent." in visitor.follow().text
    assert visitor.submit("/login/code", code=sent(texts)).status == 303
    assert cookies.SESSION in visitor.cookies


def test_it_is_turned_off_with_a_code_and_the_number_goes(
    cast: Cast, pages: LoginPages, texts: RecordingTextSender
) -> None:
    visitor = offered(cast, pages)
    turn_on(visitor, texts)
    visitor.get(f"{SMS}/off")
    visitor.submit(f"{SMS}/off", send_code="sms")
    assert visitor.submit(f"{SMS}/off", current_password=PASSWORD, code="000000").status == 422
    assert visitor.submit(f"{SMS}/off", current_password=PASSWORD, code=sent(texts)).location == HOME
    assert number_of(cast) is None
    assert MASKED not in visitor.get(HOME).text


def test_a_mistyped_number_is_no_dead_end(cast: Cast, pages: LoginPages, texts: RecordingTextSender) -> None:
    visitor = offered(cast, pages)
    visitor.get(SMS)
    visitor.submit(SMS, number="07400 654321", current_password=PASSWORD)
    page = visitor.follow()
    assert "We have sent it to 07400 654321" in page.text
    page = visitor.get(page.links["Use another number"])
    assert page.form(SMS).fields["number"] == "07400 654321"
    assert visitor.submit(SMS, number=TYPED, current_password=PASSWORD).location == SMS  # at once: it is another number
    assert f"We have sent it to {TYPED}" in visitor.follow().text
    code = sent(texts)
    assert texts.sent[-1].to == NUMBER
    visitor.submit(f"{SMS}/cancel")
    assert "Cancelled. Nothing has changed." in visitor.follow().text
    page = visitor.get(SMS)
    assert page.form(SMS).fields["number"] == ""
    token = page.form(SMS).fields["csrf"]
    assert visitor.post(f"{SMS}/confirm", {"csrf": token, "code": code}).location == SMS  # it turns nothing on
    assert number_of(cast) is None
    assert visitor.post(f"{SMS}/cancel", {"csrf": token}).location == HOME  # a second click


def test_another_code_too_soon_is_no_error(cast: Cast, pages: LoginPages, texts: RecordingTextSender) -> None:
    visitor = offered(cast, pages)
    visitor.get(SMS)
    visitor.submit(SMS, number=TYPED, current_password=PASSWORD)
    visitor.follow()
    pages.now += timedelta(seconds=10)
    assert visitor.submit(f"{SMS}/again").location == SMS
    page = visitor.follow()
    assert "We have just sent one. You can ask for another in 50 seconds." in page.text
    assert ("error-summary" in page.html, 'data-wait="50"' in page.html) == (False, True)
    send_due(SCOPE, deps=services.current().mail_deps)
    assert len(texts.sent) == 1


def test_what_was_typed_into_the_profile_outlives_the_sending_of_a_code(
    cast: Cast, pages: LoginPages, texts: RecordingTextSender
) -> None:
    visitor = offered(cast, pages)
    give_sms_codes(cast.ours.customer, NUMBER, now=pages.now, ids=pages.ids)
    visitor.get("/profile")
    page = visitor.submit(
        "/profile", city="Whitby", email="new@example.com", current_password="half a password", send_code="sms"
    )
    shown = page.form("/profile").fields
    assert (page.status, shown["city"], shown["email"]) == (200, "Whitby", "new@example.com")
    assert "half a password" not in page.html
    assert f"We have just sent one to {MASKED}" in page.text
    sent(texts)
    assert texts.sent[-1].to == NUMBER
    assert visitor.get("/profile").form("/profile").fields["city"] == ""  # nothing was saved
    assert visitor.submit("/profile", send_code="app").status == 404


def test_who_has_one_keeps_it_when_the_dealer_offers_them_no_more(
    cast: Cast, pages: LoginPages, texts: RecordingTextSender
) -> None:
    give_sms_codes(cast.ours.customer, NUMBER, now=pages.now, ids=pages.ids)
    visitor = pages.visitor()
    assert pages.log_in(visitor, cast.ours.customer.email).location == "/login/code"
    visitor.follow()
    visitor.submit("/login/code", code=sent(texts))
    page = visitor.get(HOME)
    assert MASKED in page.text
    assert SMS not in page.links.values()


def test_a_reset_deletes_the_number(cast: Cast, pages: LoginPages) -> None:
    give_sms_codes(cast.ours.customer, NUMBER, now=pages.now, ids=pages.ids)
    later = pages.now + timedelta(minutes=1)
    before = pages.ids.ulid(later)
    person_id = cast.ours.customer.person_id
    assert factor_reset.reset_factors(SCOPE, person_id=person_id, before=before, now=later, ids=pages.ids)
    assert number_of(cast) is None


@pytest.mark.parametrize("limit", ["number", "new", "dealer", "all"])
def test_text_messages_are_bounded_whatever_else(
    cast: Cast, pages: LoginPages, texts: RecordingTextSender, limit: str
) -> None:
    customer = cast.ours.customer
    bound = {
        "number": (rate_limits.TEXTS_NEW_NUMBER, NUMBER),
        "new": (rate_limits.TEXTS_NEW_NUMBERS, customer.person_id),
        "dealer": (rate_limits.TEXTS_DEALER, cast.ours.dealer.dealer_id),
        "all": (rate_limits.TEXTS_ALL, ""),
    }[limit]
    used = rate_limits.Attempt(*bound)
    repo.count(SCOPE, used.key, used.window(pages.now), maximum=10**9, ttl=2**31, by=bound[0].maximum)
    visitor = offered(cast, pages)
    visitor.get(SMS)
    try:
        assert visitor.submit(SMS, number=TYPED, current_password=PASSWORD).status == 429
        send_due(SCOPE, deps=services.current().mail_deps)
        assert texts.sent == []
    finally:
        repo.clear_count(SCOPE, used.key, used.window(pages.now))


def test_a_message_that_sns_refuses_says_nothing_of_the_mailbox(
    cast: Cast, pages: LoginPages, texts: RecordingTextSender
) -> None:
    texts.failures.append(MailRefusedError("OptedOut", for_good=True))
    give_sms_codes(cast.ours.customer, NUMBER, now=pages.now, ids=pages.ids)
    assert pages.log_in(pages.visitor(), cast.ours.customer.email).location == "/login/code"
    send_due(SCOPE, deps=services.current().mail_deps)
    assert texts.sent == []
    assert repo.bounce(SCOPE, cast.ours.customer.person_id) is None
