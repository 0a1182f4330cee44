"""The mails as they are read: mockups/mail-invitation is the model."""

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from chalicelib.forwarding.model import ForwardedDocument
from chalicelib.mail.messages import Letterhead, MailLogo, render_mail
from chalicelib.mail.sender import Mail, raw_mail
from chalicelib.notifications.kinds.second_factor import CHANGES
from chalicelib.rendering.templates import render
from chalicelib.replies.model import Reason
from tests.pseudo_locale import pseudo_locale, unwrapped

LINK = "https://portal.example/i/8KQ2"
HEAD = Letterhead(
    name="Moorbeck Machinery",
    phone="01632 960 014",
    reply_to="accounts@moorbeck.example",
    address=("Beck Lane", "Castleton", "Whitby YO21 6XX"),
)
TO = "al.barlow@postgate.example"

INVITATION = """Create Your Account

Dear Mr A L Barlow,

Moorbeck Machinery invites you to its customer portal. It shows you the
invoices and the balance of account 1200, Mr A L Barlow.

Open this link to finish setting up your account:

https://portal.example/i/8KQ2

The link works once, until 28 Nov 2026.

We never ask for your password or for a payment by email.
Not expecting this email? Ignore it, or call us on 01632 960 014.

Moorbeck Machinery, Beck Lane, Castleton, Whitby YO21 6XX
"""


def made(template: str, head: Letterhead, **context: Any) -> Mail:
    return render_mail(render, template, head, to=TO, link=LINK, **context)


def invitation(head: Letterhead = HEAD, name: str = "Mr A L Barlow") -> Mail:
    return made(
        "customer_invitation", head, ends="28 Nov 2026", account_number="1200", account_name=name, addressee=name
    )


WANTED = {"account_name": "1", "title": "2", "words": "3", "missing": 2, "wanted": 3, "due": "4"}
AGAIN = {"account_name": "1", "name": "2", "sent": "3", "reason": "4", "title": "5", "due": "6"}
CHANGED = dict(zip(("heading", "words"), CHANGES["code_used"], strict=True))
ACCOUNT = {"account_number": "1200", "account_name": "1"}
RIGHTS = {"level": "2", "areas": "3", "limited_to": "4"}
FACTS = {"when": "8", "where": "9"}
CODE = "314159"
ALL: list[Callable[[Letterhead], Mail]] = [
    invitation,
    lambda head: made("staff_invitation", head, ends="28 Nov 2026"),
    lambda head: made("colleague_invitation", head, ends="1", **ACCOUNT, **RIGHTS, inviter="5", inviter_name="6"),
    lambda head: made("colleague_invitation", head, ends="1", **ACCOUNT, **RIGHTS, inviter="", inviter_name=""),
    lambda head: made("colleague_joined", head, **ACCOUNT, **RIGHTS, colleague="5"),
    lambda head: made("access_changed", head, **ACCOUNT, **RIGHTS, ended=False, by="5"),
    lambda head: made("access_changed", head, **ACCOUNT, **RIGHTS, ended=True, by=""),
    lambda head: made("password_reset", head, **FACTS),
    lambda head: made("email_change", head),
    lambda head: made("email_change_requested", head, email="anna@farm.example", **FACTS),
    lambda head: made("email_changed", head, email="anna@farm.example", **FACTS),
    lambda head: made("email_taken", head),
    lambda head: made("password_changed", head, **FACTS, is_reset=False, factors=[]),
    lambda head: made("password_changed", head, **FACTS, is_reset=True, factors=["1", "2"]),
    lambda head: made("second_factor", head, **CHANGED, left=None, who="", **FACTS),
    lambda head: made("second_factor", head, **CHANGED, left=9, who="1", when="8", where=""),
    lambda head: made("new_device", head, when="1", where="2"),
    lambda head: made("security_code", head, code=CODE, to_log_in=True, when="1", where="2"),
    lambda head: made("security_code", head, code=CODE, to_log_in=False, when="1", where=""),
    lambda head: made("passkey_changed", head, name="1", added=True, when="2", where="3"),
    lambda head: made("passkey_changed", head, name="1", added=False, when="2", where=""),
    lambda head: made("change_refused", head, account_number="1200", field="1", value="2", reason="3"),
    *(
        lambda head, state=state, answer=answer: made(
            "dispute_news",
            head,
            account_number="1200",
            references="1",
            amount="2",
            state=state,
            credit="3",
            answer=answer,
        )
        for state, answer in (("acknowledged", ""), ("resolved_credit", "4"), ("resolved_rejected", "4"))
    ),
    *(
        lambda head, again=again: made(
            "new_dispute", head, again=again, customer="1", references="2", amount="3", reason="4", words="5"
        )
        for again in (False, True)
    ),
    *(
        lambda head, lines=lines, more=more: made("staff_news", head, lines=lines, more=more, quotes=[])
        for lines, more in (
            ([{"what": "1", "about": "2"}], 0),
            ([{"what": "1", "about": ""}], 0),
            ([{"what": "1", "about": "2"}, {"what": "3", "about": ""}], 4),
        )
    ),
    lambda head: made(
        "staff_news",
        replace(head, takes_answers=True),
        lines=[{"what": "1", "about": "2"}],
        more=0,
        quotes=["3", "4"],
    ),
    lambda head: made("download_ready", head, account_number="1200", documents=2, count="2", until="3"),
    *(
        lambda head, kind=kind, name=name, words=words: made(
            "document_forwarded",
            head,
            document=ForwardedDocument(kind=kind, document_id="1", reference="1", on=""),
            sender_name=name,
            sender_email="2",
            account_name="3",
            words=words,
            until="4",
        )
        for kind, name, words in (
            ("invoice", "5", "6"),
            ("credit_note", "", ""),
            ("statement", "5", ""),
            ("x", "", "6"),
        )
    ),
    lambda head: made("document_requested", head, **WANTED),
    lambda head: made("document_reminder", head, **WANTED),
    lambda head: made("document_asked_again", head, **AGAIN),
    lambda head: made("document_asked_again", head, **AGAIN | {"name": "", "title": "", "due": ""}),
    lambda head: made("message_answered", head, subject="1", words="2\n3"),
    lambda head: made("message_answered", replace(head, takes_answers=True), subject="1", words="2\n3"),
    *(
        lambda head, reason=reason: made(
            "reply_not_added", head, subject="1", reason=reason.value, email="2", names=["3"], max_text=9
        )
        for reason in Reason
    ),
    lambda head: made("dealer_closing", head, day="5 Jul 2024", contact="help@portal.example"),
    lambda head: made("export_missing", head, day="5 Jun 2024", time="07:00", as_at="4 Jun 2024"),
    lambda head: made("dealer_closing", head, day="", contact=""),
    lambda head: made("invitation_reminder", head, account_number="1200", account_name="1", ends="2", invited="3"),
    lambda head: made("user_deleted", head, deleted="1", by="2"),
    lambda head: made(
        "new_documents",
        head,
        accounts=[{"title": "1", "lines": ["2", "3"]}],
        invoices=1,
        credits=0,
    ),
    lambda head: made(
        "statement_ready",
        head,
        account_number="1200",
        month="1",
        closing="2",
        invoices=[("3", "4", "5"), ("6", "7", "")],
        more=8,
    ),
    lambda head: made("statement_ready", head, account_number="1200", month="1", closing="2", invoices=[], more=0),
    lambda head: made("payment_reminder", head, accounts=[{"title": "1", "lines": ["2", "3"]}], overdue=0, soon=2),
    lambda head: made("documents_shared", head, account_number="1200", titles=["1", "2"]),
]


class Words(HTMLParser):
    """The words and links of a mail."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "link", "style", "img", "iframe", "form"}
        assert not [name for name, _ in attrs if name.startswith("on")]
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.words += data.split()


UNPRINTED = "Invoice\u200b of 👨\u200d👩\u200d👧, soft\u00adhyphen \u202e\U000e0062\ufeff\nand more"


def test_what_a_customer_calls_a_question_never_keeps_its_mail_from_leaving() -> None:
    """What is not printed in a header is refused for good, and would note the reader's address as broken."""
    mail = made("reply_not_added", HEAD, subject=UNPRINTED, reason="empty", email=TO, names=[], max_text=1)
    assert mail.subject.endswith("Invoice of 👨👩👧, softhyphen and more")
    assert b"Subject: " in raw_mail(mail, mail_from="portal@x.example")
    named = made(
        "reply_not_added", replace(HEAD, name=UNPRINTED), subject="x", reason="empty", email=TO, names=[], max_text=1
    )
    assert raw_mail(named, mail_from="portal@x.example")


@pytest.mark.parametrize("compose", ALL)
def test_a_dealers_mail_names_the_dealer_and_not_the_product(compose: Callable[[Letterhead], Mail]) -> None:
    mail = compose(HEAD)
    assert "Customer Connect" not in mail.subject + mail.text + mail.html


def test_the_invitation_reads_as_the_model() -> None:
    mail = invitation()
    assert mail.subject == "Create Your Account with Moorbeck Machinery"
    assert mail.text.strip() == INVITATION.strip()
    assert (mail.to, mail.from_name, mail.reply_to) == (TO, "Moorbeck Machinery", "accounts@moorbeck.example")
    words = " ".join(Words(mail.html).words)
    for said in ("Create Your Account", "Complete My Account", "1200, Mr A L Barlow", "until 28 Nov 2026"):
        assert said in words


@pytest.mark.parametrize("compose", ALL)
def test_every_mail_links_to_one_place_in_both_forms(compose: Callable[[Letterhead], Mail]) -> None:
    mail = compose(HEAD)
    assert set(Words(mail.html).links) == {LINK}
    assert mail.text.count(LINK) == 1
    assert max(len(line) for line in mail.text.splitlines() if "http" not in line) <= 90


@pytest.mark.parametrize("compose", ALL[1:])
def test_who_has_no_name_is_greeted_without_one(compose: Callable[[Letterhead], Mail]) -> None:
    mail = compose(HEAD)
    assert "\nHello,\n" in mail.text
    assert "Hello," in Words(mail.html).words
    assert TO not in mail.text + mail.html


@pytest.mark.parametrize(
    "name", ["password_reset", "password_changed", "email_change_requested", "email_changed", "second_factor"]
)
@pytest.mark.parametrize(
    ("where", "said"), [("192.0.2.1, Edge", "When and where: 8, 192.0.2.1, Edge"), ("", "When: 8")]
)
def test_what_was_done_to_a_login_says_when_and_from_where(name: str, where: str, said: str) -> None:
    of_kinds: dict[str, Any] = {"email": "1", **CHANGED, "left": None, "who": "", "is_reset": False, "factors": []}
    mail = made(name, HEAD, **of_kinds, when="8", where=where)
    assert f"\n\n{said}\n\n" in mail.text
    assert said in " ".join(Words(mail.html).words)


@pytest.mark.parametrize("compose", ALL)
def test_a_text_has_no_words_of_a_button(compose: Callable[[Letterhead], Mail]) -> None:
    lines = compose(HEAD).text.splitlines()
    before = [line for line in lines[: lines.index(LINK)] if line]
    assert before[-1].endswith(":")


@pytest.mark.parametrize("compose", ALL)
def test_every_mail_does_without_phone_and_address(compose: Callable[[Letterhead], Mail]) -> None:
    mail = compose(Letterhead())
    assert "None" not in mail.text + mail.html
    assert "call us" not in mail.text.lower() + mail.html.lower()
    assert raw_mail(mail, mail_from="portal@customer-connect.example")


@pytest.mark.parametrize("compose", ALL)
def test_every_mail_is_in_the_language_of_its_letterhead(compose: Callable[[Letterhead], Mail]) -> None:
    with pseudo_locale("en-ZA"):
        mail = compose(Letterhead(name="1", locale="en-ZA"))
    assert unwrapped(mail.html) == [LINK]
    assert [text.removeprefix(f"{CODE} ") for text in unwrapped(mail.text)] == [LINK]  # a code is data above the link
    assert 'lang="en-ZA"' in mail.html
    assert unwrapped(mail.subject) == []


@pytest.mark.parametrize("compose", ALL)
def test_a_dealers_colours_and_hostile_names_stay_what_they_are(compose: Callable[[Letterhead], Mail]) -> None:
    head = Letterhead(name='<script>alert(1)</script>\r\nBcc: x "', nav_bg="#ffff00", nav_fg="#000000")
    mail = compose(head)
    assert "<script>" not in mail.html
    assert "background-color:#ffff00" in mail.html
    assert "\n" not in mail.subject + mail.from_name
    assert raw_mail(mail, mail_from="portal@customer-connect.example")


def test_a_hostile_account_name_is_text() -> None:
    mail = invitation(name='"><img src=x onerror=alert(1)>')
    assert Words(mail.html).links == [LINK, LINK, LINK][: len(Words(mail.html).links)]
    assert "{{7*7}}" in invitation(name="{{7*7}}").html


@pytest.mark.parametrize("compose", ALL)
@pytest.mark.parametrize(("shows_name", "alt"), [(True, "Moorbeck Machinery"), (False, "")])
def test_a_logo_is_a_picture_of_the_html_alone(
    compose: Callable[[Letterhead], Mail],
    shows_name: bool,  # noqa: FBT001 - a column of the table
    alt: str,
) -> None:
    logo = MailLogo("https://portal.example/d/moorbeck/logo.png?v=1", 120, 40, on_plate=False, shows_name=shows_name)
    mail = compose(replace(HEAD, logo=logo))
    (picture,) = re.findall(r"<img [^>]+>", mail.html)
    assert f'src="{logo.address}" width="120" height="40" alt="{alt}"' in picture
    head = mail.html.partition("<img ")[2].partition("</td>")[0]
    assert ("Moorbeck Machinery</span>" in head) is not shows_name
    assert mail.text == compose(HEAD).text
    assert "#ffffff" not in picture
    plated = compose(replace(HEAD, logo=replace(logo, on_plate=True)))
    assert "background-color:#ffffff" in plated.html.partition("<img ")[2].partition(">")[0]
