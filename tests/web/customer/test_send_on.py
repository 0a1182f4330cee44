"""A document is sent on, opened by a stranger with the link, and ended: the form, the mail, the page of the link."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from html import unescape
from io import BytesIO
from urllib.parse import unquote, urlsplit

import pytest
from pypdf import PdfReader

from app import app
from chalicelib import settings
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.lifecycle import suspend
from chalicelib.documents.model import document_name
from chalicelib.forwarding import operations, queries
from chalicelib.forwarding.model import LIFE, STATEMENT, Forward, ForwardedDocument, Letter, Sender
from chalicelib.http import cookies
from chalicelib.identity.memberships import remove_membership
from chalicelib.identity.model import MembershipKind
from chalicelib.kernel.areas import Area
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids, secret_hash
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope, OperatorScope
from chalicelib.mail.sender import Mail
from chalicelib.notifications.dispatch import send_due
from chalicelib.notifications.feedback import handle_ses_event
from chalicelib.store import blobs
from chalicelib.web.presenters.own_activity import events_of
from tests.fixtures.cast import Cast, LogIn
from tests.fixtures.trail import audited
from tests.fixtures.worlds import World
from tests.forwarding.made import forwarded
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.notifications.fakes import Clock, Post
from tests.notifications.test_feedback import reported
from tests.web.client import Page, Visitor
from tests.web.customer.barlow import ROWS, spoken
from tests.web.customer.test_invoices import FACTS, LINES, address, with_lines

FORM = address("127070", tail="/send-on?on=2024-06-05")
TO = "books@accountant.example"


@dataclass
class Sending:
    """The customer's browser, a stranger's, and what the portal mails."""

    customer: Visitor
    cast: Cast
    post: Post
    aws: World
    to: str

    def send(self, to: str = "", message: str = "For May. Thanks!") -> Page:
        self.customer.get(FORM)
        return self.customer.submit(urlsplit(FORM).path, to=to or self.to, message=message)

    def mailed(self) -> Mail:
        """The mail that is sent now."""
        send_due(self.cast.ours.import_scope, deps=self.post.deps)
        return self.post.sender.sent[-1]

    def link(self) -> str:
        """Of the newest mail."""
        found: list[str] = re.findall(r"https://portal\.example(/f/\S+)", self.mailed().text)
        return found[-1]

    def forward(self) -> Forward:
        (one, *_older) = queries.forwards(self.cast.ours.customer.customer_scope, "1200")
        return one

    @property
    def events(self) -> list[str]:
        found = audited(self.cast.ours.scope, self.post.clock.now, "forward.")
        return sorted(entry.event for entry in found)


@pytest.fixture
def sending(customer: Visitor, cast: Cast, now: datetime, ids: Ids, aws: World) -> Sending:
    publish(cast.ours.import_scope, [an_account(ROWS, facts=FACTS)])
    store_pdf(cast, b"%PDF-1.7 the invoice")
    to = f"books.{ids.dealer_id()}@accountant.example"  # one address gets ten a day, of all dealers
    return Sending(customer, cast, Post(Clock(now), ids), aws, to)


def store_pdf(cast: Cast, data: bytes) -> None:
    name = document_name(run=1, ref="1200", document_id="cda4b51f")
    blobs.put(cast.ours.import_scope, settings.load().files_bucket, name, data, "application/pdf")


def opened(link: str, **fields: str) -> Page:
    stranger = Visitor(app, address="203.0.113.9")
    stranger.get(link)
    return stranger.submit(urlsplit(link).path, **fields)


def test_it_is_sent_opened_counted_and_ended(sending: Sending) -> None:
    assert sending.customer.get(address("127070")).links["Forward"] == FORM
    page = sending.customer.get(FORM)
    assert "says that you sent it" in page.text
    answer = sending.send()
    assert answer.location == "/sent-on"
    listed = spoken(sending.customer.follow())
    assert (
        f"Sent to {sending.to}. The link works for 30 days" in sending.customer.page.text
        if sending.customer.page
        else ""
    )
    assert f"Invoice 127070 to {sending.to} Sent by you" in listed
    assert "Not opened yet" in listed

    mail = sending.mailed()
    sender = sending.cast.ours.customer.email
    assert (mail.to, mail.reply_to) == (sending.to, sender)
    assert mail.subject.startswith("Invoice 127070 of Moorbeck Machinery")
    for body in (" ".join(mail.text.split()), mail.html):
        for words in ("For May. Thanks!", sender, "Mr A L Barlow", "until 5 Jul 2024"):
            assert words in body
    link = re.findall(r"https://portal\.example(/f/\S+)", mail.text)[-1]

    stranger = Visitor(app, address="203.0.113.9")
    for _ in range(3):  # as programs do that scan mail
        assert stranger.call("HEAD", link).status == 200
        page = stranger.get(link)
        assert "Invoice 127070" in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert cookies.SESSION not in stranger.cookies
    assert sending.forward().views == 0
    answer = stranger.submit(urlsplit(link).path)
    assert fetched_by(sending.aws, answer) == b"%PDF-1.7 the invoice"
    assert "inline" in unquote(answer.location)
    stranger.get(link)
    assert "attachment" in unquote(stranger.submit(urlsplit(link).path, save="1").location)
    assert sending.forward().views == 2
    assert "Opened 2 times" in sending.customer.get("/sent-on").text

    sending.customer.get("/sent-on")
    forward = sending.forward()
    answer = sending.customer.submit(f"/sent-on/{forward.forward_id}/end")
    assert answer.location == "/sent-on"
    assert "Link ended" in sending.customer.follow().text
    assert stranger.get(link).status == 404
    assert sending.events == ["forward.ended", "forward.opened", "forward.sent"]


def fetched_by(aws: World, answer: Page) -> bytes:
    key = unquote(urlsplit(answer.location).path).split("/d/", 1)[1]
    body: bytes = aws.root("s3").get_object(Bucket=aws.settings.files_bucket, Key=f"d/{key}")["Body"].read()
    return body


def test_what_is_drawn_from_lines_is_sent_on_too(sending: Sending) -> None:
    row = with_lines(sending.cast, ROWS[0], LINES)
    publish(sending.cast.ours.import_scope, [an_account([row], facts=FACTS, run=2)], run=2)
    sending.send()
    assert fetched_by(sending.aws, opened(sending.link())).startswith(b"%PDF")


def test_a_statement_is_sent_on_as_it_was_shown(sending: Sending) -> None:
    """Its days, its kind and its parts: the link draws that one, and a later month's movements are not in it."""
    chosen = "period=2024-05&style=open_item&asked=1&with=credits"
    page = sending.customer.get(f"/statements?{chosen}")
    where = page.links["Forward"]
    form = sending.customer.get(where)
    assert "Forward Statement May 2024" in form.text
    answer = sending.customer.submit("/statements/send-on", to=sending.to, message="")
    assert answer.location == "/sent-on"
    assert "Statement May 2024" in sending.customer.follow().text
    link = sending.link()
    text = drawn(sending.aws, opened(link))
    assert "Statement, May 2024" in text
    assert "126884" in text
    assert ("Opening balance" in text, "Ageing on" in text) == (False, False), "open items, without ages"
    assert sending.forward().views == 1
    sending.customer.get(where)
    assert sending.customer.submit("/statements/send-on", to="nobody", message="").status == 422
    assert sending.customer.get("/statements/send-on?period=own&from=x&to=2024-05-01").status == 404


def drawn(aws: World, answer: Page) -> str:
    assert answer.status == 303, answer.text
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(fetched_by(aws, answer))).pages).split())


def test_only_the_hash_of_the_secret_is_kept(sending: Sending) -> None:
    sending.send()
    secret = sending.link().removeprefix("/f/").partition("?")[0]
    assert sending.forward().link_hash == secret_hash(secret)
    assert secret not in repr(sending.forward())


def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(sending: Sending) -> None:
    for to, message, wrong in (
        ("nobody", "", "to"),
        ("a@b.example, c@d.example", "", "to"),
        (sending.to, "see https://evil.example", "message"),
        (sending.to, "<b>now</b>", "message"),
        (sending.to, "x" * 501, "message"),
    ):
        page = sending.send(to, message)
        assert page.status == 422
        assert f'id="{wrong}-error"' in page.html
        fields = page.form(urlsplit(FORM).path).fields
        assert (fields["to"], fields["message"]) == (to, message)
    assert queries.forwards(sending.cast.ours.customer.customer_scope, "1200") == []


def test_the_same_form_counts_once(sending: Sending) -> None:
    page = sending.customer.get(FORM)
    fields = {**page.form(urlsplit(FORM).path).fields, "to": sending.to}
    for _ in range(2):
        assert sending.customer.post(FORM, fields).location == "/sent-on"
    assert len(queries.forwards(sending.cast.ours.customer.customer_scope, "1200")) == 1


def test_who_is_kept_from_statements_sees_and_ends_none_that_was_sent_on(
    sending: Sending, now: datetime, ids: Ids
) -> None:
    ours, to = sending.cast.ours, "stranger@farm.example"
    statement = ForwardedDocument(kind=STATEMENT, document_id="2024-05", reference="May 2024", on="2024-05-31")
    invoice = forwarded(ours, "127070", now, ids)[0]
    sent = operations.send(
        ours.customer.customer_scope,
        ref="1200",
        account_name="Farm",
        document=statement,
        letter=Letter(to, ""),
        sender=Sender("", ours.customer.email),
        now=now,
        ids=ids,
    )
    everything, kept = (
        ours.customer.customer_scope,
        replace(ours.customer.customer_scope, areas=frozenset({Area.INVOICES})),
    )
    assert {one.forward_id for one in queries.forwards(everything, "1200")} == {invoice.forward_id, sent.forward_id}
    assert [one.forward_id for one in queries.forwards(kept, "1200")] == [invoice.forward_id]
    with pytest.raises(NotFoundError):
        operations.end(kept, ref="1200", forward_id=sent.forward_id, now=now, ids=ids)
    assert not any(event.startswith("forward.") for event in events_of({Area.INVOICES}, Role.ADMIN))
    assert "forward.sent" in events_of({Area.INVOICES, Area.STATEMENTS}, Role.VIEW)


def test_too_many_are_too_many(sending: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sending.send().status == 303
    for limit in ("OF_PERSON", "OF_ACCOUNT", "OF_DEALER", "OF_RECIPIENT"):
        with monkeypatch.context() as patched:
            patched.setattr(operations, limit, replace(getattr(operations, limit), maximum=1))
            assert sending.send().status == 429


def test_a_name_that_is_a_link_is_left_out(sending: Sending, ids: Ids) -> None:
    scope = sending.cast.ours.customer.customer_scope
    document = ForwardedDocument(kind="invoice", document_id="127070", reference="127070", on="2024-06-05")
    sent = operations.send(
        scope,
        ref="1200",
        account_name="Farm",
        document=document,
        letter=Letter(sending.to, ""),
        sender=Sender("Pay at evil.example", "al@farm.example"),
        now=sending.post.clock.now,
        ids=ids,
    )
    assert (sent.sender_name, sent.sender_email) == ("", "al@farm.example")
    assert "evil" not in sending.mailed().text


def test_a_message_is_said_to_be_its_senders_and_not_the_dealers(sending: Sending) -> None:
    sending.send()
    mail = sending.mailed()
    said = f"Message from {sending.cast.ours.customer.email}, not from {sending.cast.ours.dealer.name}:"
    assert said in " ".join(mail.text.split())
    assert said in " ".join(unescape(re.sub("<[^>]+>", "", mail.html)).split())


def test_a_link_ends_with_its_time_and_with_everything_that_it_rests_on(sending: Sending, ids: Ids) -> None:
    sending.send()
    link, now, ours = sending.link(), sending.post.clock.now, sending.cast.ours
    secret = link.removeprefix("/f/").partition("?")[0]
    found = queries.opened(secret, now=now)
    assert (found.scope.account_refs, found.scope.role) == (frozenset({"1200"}), Role.VIEW)
    for wrong in ("", "x", "x" * 43, "x" * 10_000):
        with pytest.raises(NotFoundError):
            queries.opened(wrong, now=now)
    with pytest.raises(NotFoundError):
        queries.opened(secret, now=now + LIFE)
    suspend(OperatorScope("tests"), ours.scope, reason="Tests", contact="tests", now=now, ids=ids)
    dealers.forget_settings(ours.scope)
    assert Visitor(app).get(link).status == 404


def test_it_ends_with_the_access_of_who_sent_it(sending: Sending, ids: Ids) -> None:
    sending.send()
    link, ours = sending.link(), sending.cast.ours
    assert Visitor(app).get(link).status == 200
    remove_membership(
        IdentityScope(),
        person_id=ours.customer.person_id,
        dealer_id=ours.dealer.dealer_id,
        kind=MembershipKind.CUSTOMER,
        subject_ref="1200",
        now=sending.post.clock.now,
        ids=ids,
    )
    stranger = Visitor(app)
    page = stranger.get(link)
    assert (page.status, "the person who sent it has ended it" in page.text) == (404, True)
    assert page.text == stranger.get("/f/" + "x" * 43).text


def test_nobody_is_mailed_what_was_ended_before(sending: Sending, ids: Ids) -> None:
    sending.send()
    scope, now = sending.cast.ours.customer.customer_scope, sending.post.clock.now
    for _ in range(2):
        operations.end(scope, ref="1200", forward_id=sending.forward().forward_id, now=now, ids=ids)
    send_due(sending.cast.ours.import_scope, deps=sending.post.deps)
    assert sending.post.sender.sent == []
    assert sending.events == ["forward.ended", "forward.sent"]


def test_a_mail_sent_again_has_the_only_link_that_works(sending: Sending, ids: Ids) -> None:
    sending.send()
    older, now = sending.link(), sending.post.clock.now
    made = operations.make_link(
        sending.cast.ours.import_scope, ref="1200", forward_id=sending.forward().forward_id, now=now, ids=ids
    )
    assert made
    assert Visitor(app).get(f"/f/{made[1]}").status == 200
    assert Visitor(app).get(older).status == 404


def test_what_bounces_is_shown_and_its_link_ends(sending: Sending) -> None:
    sending.send()
    mail = sending.mailed()
    for expected in (True, False):
        assert handle_ses_event(reported(mail), now=sending.post.clock.now, ids=sending.post.ids) is expected
    assert "Not delivered" in sending.customer.get("/sent-on").text
    assert sending.events == ["forward.sent", "forward.undelivered"]
    with pytest.raises(NotFoundError):
        queries.opened(re.findall(r"/f/([^?\s]+)", mail.text)[-1], now=sending.post.clock.now)


def test_others_neither_see_nor_end_it(sending: Sending, log_in: LogIn) -> None:
    sending.send()
    sending.customer.get("/sent-on")
    forward = sending.forward()
    for other in (sending.cast.ours.other_customer, sending.cast.rival.customer):
        sending.customer.cookies[cookies.SESSION] = log_in(other).secret
        page = sending.customer.get("/sent-on")
        assert sending.to not in page.text
        token = page.form("/logout").fields["csrf"]
        assert sending.customer.post(f"/sent-on/{forward.forward_id}/end", {"csrf": token}).status == 404
    assert sending.forward().ended_at is None


def test_an_earlier_customer_of_the_number_left_nothing(sending: Sending) -> None:
    sending.send()
    later = replace(sending.cast.ours.customer.customer_scope, eras={"1200": "01HZM2Z5Q0XYZXYZXYZXYZXYZX"})
    assert queries.forwards(later, "1200") == []
    with pytest.raises(NotFoundError):
        queries.forward(later, "1200", sending.forward().forward_id)


def test_what_has_no_document_is_not_sent_on(sending: Sending) -> None:
    for reference in ("127072", "126950"):
        assert sending.customer.get(address(reference, tail="/send-on")).status == 404
        assert "Forward" not in sending.customer.get(address(reference)).links


def test_what_one_link_shows_is_bounded(sending: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "VIEWS", replace(operations.VIEWS, maximum=1))
    sending.send()
    link = sending.link()
    assert [opened(link).status for _ in range(2)] == [303, 429]
