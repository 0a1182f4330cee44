"""Customise, Mails, through the pages: the colours and words of mails, their preview, a test to oneself."""

from urllib.parse import unquote

import pytest

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.appearance import Brand, MailSettings
from chalicelib.http import cookies
from tests.fixtures.cast import Cast, LogIn
from tests.web.client import Visitor

HOME = "/staff/customise/mails"
PREVIEW = f"{HOME}/preview"
WORDS = {"sender": "Moorbeck Parts", "reply_to": "Parts@moorbeck.example", "closing": "Kind regards"}


@pytest.fixture
def admin(staff: Visitor, cast: Cast, log_in: LogIn) -> Visitor:
    staff.cookies[cookies.SESSION] = log_in(cast.ours.admin).secret
    return staff


def flash(visitor: Visitor) -> str:
    return unquote(visitor.cookies[cookies.FLASH])


def send(admin: Visitor, do: str, **fields: str) -> None:
    admin.get(HOME)
    admin.submit(HOME, do=do, **fields)


def live(cast: Cast) -> MailSettings:
    return dealers.dealer(cast.ours.scope, fresh=True).mails


def test_what_is_saved_is_stored_audited_and_says_who_saved_it(admin: Visitor, cast: Cast) -> None:
    send(admin, "save", **WORDS, invitation="We moved.\n\nAsk for Maria.", theme="lake")
    assert flash(admin) == "Saved. Emails from now on have it."
    assert live(cast) == MailSettings(
        sender="Moorbeck Parts",
        reply_to="parts@moorbeck.example",
        invitation="We moved.\n\nAsk for Maria.",
        closing="Kind regards",
        look=Brand(nav_bg="#16324f", btn_bg="#1f5fa8"),
    )
    page = admin.follow()
    assert "Last saved by you on" in page.text
    fields = page.form(HOME).fields
    assert (fields["theme"], fields["nav_bg"], fields["closing"]) == ("lake", "#16324f", "Kind regards")
    assert "Emails changed" in admin.get("/staff/activity?about=settings").text
    send(admin, "save", theme="portal")
    assert live(cast).look is None
    assert live(cast).sender == "Moorbeck Parts"


def test_colours_of_their_own_are_measured(admin: Visitor, cast: Cast) -> None:
    send(admin, "keep", theme="custom", nav_bg="#FFFF00", nav_fg="#ffffff")
    page = admin.follow()
    assert "#ffffff has only 1.0:1 on it" in page.text or "White has only 1.0:1 on it" in page.text
    assert page.form(HOME).fields["theme"] == "custom"
    assert live(cast) == MailSettings()
    send(admin, "save", theme="custom", nav_bg="yellow")
    assert admin.page
    assert admin.page.status == 422
    assert "Enter a colour as #" in admin.page.text
    assert admin.page.form(HOME).fields["nav_bg"] == "yellow"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"sender": "support@bank.example"}, "without an email or web address"),
        ({"sender": "https://bank.example"}, "without an email or web address"),
        ({"sender": "Quernmore Trucks"}, "reads like the name of another dealer"),
        ({"sender": "Accounts, QUERNM0RE Truckś Ltd"}, "reads like the name of another dealer"),
        ({"sender": "Customer-Connect billing"}, "reads like the name of the portal itself"),
        ({"sender": "a b c d e f g h i j k"}, "Shorten the name to 10 words"),
        ({"reply_to": "parts at moorbeck"}, "Enter an email address"),
        ({"closing": "x" * 301}, "301 of 300 characters: shorten it by 1"),
    ],
)
def test_what_cannot_be_used_is_said_at_its_field_and_kept(
    admin: Visitor, cast: Cast, fields: dict[str, str], words: str
) -> None:
    assert cast.rival.dealer.name == "Quernmore Trucks"
    send(admin, "save", **{**WORDS, **fields})
    assert admin.page
    assert admin.page.status == 422
    assert words in admin.page.text
    assert admin.page.form(HOME).fields["closing"] == {**WORDS, **fields}["closing"]
    assert live(cast) == MailSettings()


@pytest.mark.parametrize("do", ["keep", "preview"])
def test_not_even_a_draft_bears_anothers_name(admin: Visitor, cast: Cast, do: str) -> None:
    """A test of it would go out under that name."""
    assert cast.rival.dealer.name == "Quernmore Trucks"
    send(admin, do, sender="Quernmore Trucks")
    assert admin.page
    assert admin.page.status == 422
    assert admin.page.form(HOME).fields["sender"] == "Quernmore Trucks"
    admin.get(HOME)
    assert admin.page.form(HOME).fields["sender"] == ""


@pytest.mark.parametrize("sender", ["Moorbeck Machinery Ltd", "The Moorbeck Machinery team", "Trucks of Quernmore"])
def test_ones_own_name_and_words_of_others_may_stand_there(admin: Visitor, cast: Cast, sender: str) -> None:
    send(admin, "save", sender=sender)
    assert live(cast).sender == sender


def test_each_mail_is_previewed_as_html_and_text_with_the_draft(admin: Visitor, cast: Cast) -> None:
    send(admin, "preview", **WORDS, theme="harvest")
    page = admin.follow()
    assert "Moorbeck Parts" in page.text
    assert "Kind regards" in page.text
    assert f'<iframe class="mail-frame" sandbox src="{PREVIEW}.html?mail=customer_invitation"' in page.html
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    framed = admin.get(f"{PREVIEW}.html?mail=documents_shared")
    assert "Handover report" in framed.html
    assert "background-color:#ffd400" in framed.html
    policy = framed.headers["content-security-policy"]
    assert "script-src" not in policy
    assert policy.startswith("default-src 'none'")
    assert policy.endswith("frame-ancestors 'self'; sandbox")
    assert live(cast) == MailSettings()
    for address in (f"{PREVIEW}?mail=none", f"{PREVIEW}.html?mail=../x"):
        assert admin.get(address).status == 404
    send(admin, "cancel")
    assert "Kind regards" not in admin.get(PREVIEW).text


def test_reset_only_fills_the_draft(admin: Visitor, cast: Cast) -> None:
    send(admin, "save", **WORDS)
    send(admin, "reset")
    assert admin.follow().form(HOME).fields["sender"] == ""
    assert live(cast).sender == "Moorbeck Parts"
    send(admin, "save")
    assert live(cast) == MailSettings()


def test_a_test_goes_to_oneself_ten_times_an_hour(admin: Visitor, cast: Cast) -> None:
    for _ in range(10):
        admin.get(f"{PREVIEW}?mail=password_reset")
        admin.submit(f"{HOME}/test")
        assert flash(admin) == f"A test is on its way to {cast.ours.admin.email}"
    admin.get(f"{PREVIEW}?mail=password_reset")
    done = admin.submit(f"{HOME}/test")
    assert done.location == f"{PREVIEW}?mail=password_reset"
    assert "on its way" not in flash(admin)
    admin.get(PREVIEW)
    assert admin.submit(f"{HOME}/test", mail="none").status == 404


def test_somebody_elses_change_is_not_overwritten_unseen(admin: Visitor, cast: Cast) -> None:
    admin.get(HOME)
    before = admin.page
    send(admin, "save", closing="Theirs")
    admin.page = before
    admin.submit(HOME, do="save", closing="Ours")
    assert "Somebody else changed this" in flash(admin)
    assert admin.follow().form(HOME).fields["closing"] == "Ours"
    assert live(cast).closing == "Theirs"


def test_only_an_admin_may_open_it(staff: Visitor) -> None:
    for address in (HOME, PREVIEW, f"{PREVIEW}.html"):
        assert staff.get(address).status == 403
