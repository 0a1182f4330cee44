"""B31: a notification by text message: who gets one, of what, when, how often, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product

import pytest

from chalicelib.alerts import operations as alerts
from chalicelib.alerts import queries
from chalicelib.alerts.kinds import BY_NAME, KINDS, AlertChannel
from chalicelib.alerts.model import Alert
from chalicelib.alerts.texts.model import MAX_A_DAY
from chalicelib.dealers.operations import change_allowances, change_settings, settings_fingerprint
from chalicelib.dealers.queries import dealer as dealer_of
from chalicelib.identity import repo as identity
from chalicelib.identity import text_numbers
from chalicelib.identity.repo.text_numbers import drop_text_number, put_text_number
from chalicelib.kernel.i18n import SOURCE_LOCALE, installed_languages
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.kernel.versions import version_text
from chalicelib.mail.sender import MailRefusedError
from chalicelib.mail.texts import RecordingTextSender, is_one_part, is_short
from chalicelib.notifications.deps import MailDeps
from chalicelib.notifications.dispatch import send_bulk, send_due
from chalicelib.notifications.handlers import ComposedMail, Notice
from chalicelib.notifications.kinds.alert_text import AlertText, text_of
from chalicelib.store.outbox import BULK_LANES, OutboxItem, OutboxState, items
from chalicelib.tasks.kinds import TEXTS_USED_UP
from chalicelib.tasks.queries import open_tasks_of
from tests.fixtures.cast import Cast, Dealership
from tests.messages.made import asked
from tests.notifications.fakes import Post, greet, states
from tests.uploads.document_requests.made import known

NUMBER = "+447400123456"
TEXTED = [kind for kind in KINDS if kind.may_be_texted]
COUNTS = {"invoices": 2, "credits": 1, "overdue": 1, "soon": 2, "documents": 1}
SAID = {
    "new_documents": "2 new invoices, 1 new credit note",
    "payment_reminder": "1 invoice overdue, 2 due soon",
    "message_answered": "Your question was answered",
    "dispute_news": "There is news of your dispute",
    "statement_ready": "Your monthly statement is ready",
    "documents_shared": "1 new document for you",
}


class News(Notice):
    """A kind of these tests, about which its reader is told as about the alert that it stands for."""

    kind = "news"

    def __init__(self, alert: str, email: str) -> None:
        self.alert = alert
        self.email = email

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        del scope, item
        mail = deps.mail("email_change", None, to=self.email, link="https://portal.example/x")
        return ComposedMail(mail, alerts=(Alert(self.alert, "1200", "", "/secret-path", {}),), counts=COUNTS)


@dataclass
class Texting:
    """Our dealer, whose customer is told by text message; `news` happen to the customer."""

    ours: Dealership
    post: Post
    texts: RecordingTextSender

    @property
    def deps(self) -> MailDeps:
        return replace(self.post.deps, texts=self.texts, text_countries=frozenset({"GB"}))

    @property
    def said(self) -> list[str]:
        return [message.text for message in self.texts.sent]

    def choose(self, *channels: AlertChannel) -> None:
        scope = self.ours.customer.customer_scope
        chosen = {kind.name: frozenset(channels) for kind in TEXTED}
        seen = version_text(queries.own_preferences(scope).version)
        alerts.choose(scope, chosen, seen=seen, now=self.post.clock.now, ids=self.post.ids)

    def offer(self, *, is_on: bool) -> None:
        wanted, scope = {"sms_notifications": is_on or None}, self.ours.admin.staff_scope
        seen = settings_fingerprint(dealer_of(scope, fresh=True), wanted)
        change_settings(scope, wanted, seen=seen, now=self.post.clock.now, ids=self.post.ids)

    def number(self, number: str) -> None:
        put = put_text_number(self.ours.customer.person_id, number, now=self.post.clock.now)
        identity.commit(IdentityScope(), [put])

    def news(self, kind: str = "message_answered", *, times: int = 1) -> None:
        """What is written into the outbox, and all that can leave now."""
        greet(self.ours.import_scope, self.post, *("x@farm.example" for _ in range(times)), kind="news")
        self.send(kind)

    def send(self, kind: str = "message_answered") -> None:
        """Twice: what is queued in one turn leaves in the next."""
        kinds = (News(kind, self.ours.customer.email), AlertText())
        for _ in range(2):
            send_due(self.ours.import_scope, deps=self.deps, kinds=kinds)


@pytest.fixture
def texting(cast: Cast, post: Post) -> Texting:
    known(cast.ours, post.clock.now)
    made = Texting(cast.ours, post, RecordingTextSender())
    made.offer(is_on=True)
    made.number(NUMBER)
    made.choose(AlertChannel.SMS)
    return made


def test_each_kind_is_said_in_few_words_and_with_nothing_else(texting: Texting) -> None:
    for kind in TEXTED[:MAX_A_DAY]:
        texting.news(kind.name)
    texting.post.clock.forward(timedelta(days=1))
    texting.news(TEXTED[-1].name)
    home = f"https://portal.example/d/{texting.ours.dealer.slug}"
    assert texting.said == [f"Moorbeck Machinery: {SAID[kind.name]}. {home}" for kind in TEXTED]
    assert {message.to for message in texting.texts.sent} == {NUMBER}
    assert texting.post.recipients == [], "a text message was chosen in place of the mail"
    assert states(texting.ours.import_scope) == []


def test_of_other_kinds_and_to_who_has_not_ticked_it_none_is_sent(texting: Texting) -> None:
    texting.news("document_requested")
    texting.choose(AlertChannel.PORTAL, AlertChannel.EMAIL)
    texting.news()
    assert (texting.said, len(texting.post.recipients)) == ([], 2)
    texting.choose(AlertChannel.EMAIL, AlertChannel.SMS)
    texting.news()
    assert (len(texting.said), len(texting.post.recipients)) == (1, 3)


def test_nobody_is_texted_by_default_nor_by_a_dealer_that_has_not_turned_it_on(texting: Texting) -> None:
    assert not any(AlertChannel.SMS in kind.channels for kind in KINDS)
    assert not texting.ours.dealer.offers_sms_notifications
    texting.offer(is_on=False)
    texting.news()
    assert (texting.said, states(texting.ours.import_scope)) == ([], [])


def test_by_night_it_waits_for_the_morning_and_what_has_changed_by_then_counts(texting: Texting) -> None:
    clock = texting.post.clock
    clock.now = clock.now.replace(hour=19, minute=30)  # half past eight in the evening
    texting.news(times=2)
    assert texting.said == []
    assert states(texting.ours.import_scope) == ["queued", "queued"]
    clock.forward(timedelta(hours=11))
    texting.send()
    assert texting.said == []
    clock.forward(timedelta(minutes=30))
    texting.send()
    assert len(texting.said) == 2


def changed(texting: Texting, what: str) -> None:
    """Between the mail and the morning."""
    customer = texting.ours.customer
    match what:
        case "number deleted":
            identity.commit(IdentityScope(), [drop_text_number(customer.person_id)])
        case "unticked":
            texting.choose(AlertChannel.EMAIL)
        case "turned off":
            texting.offer(is_on=False)
        case "opted out":
            text_numbers.note_opted_out(IdentityScope(), customer.person_id, NUMBER, now=texting.post.clock.now)
        case "abroad":
            texting.number("+491512345678")


@pytest.mark.parametrize("what", ["number deleted", "unticked", "turned off", "opted out", "abroad"])
def test_what_has_changed_by_the_morning_counts_at_once(texting: Texting, what: str) -> None:
    clock = texting.post.clock
    clock.now = clock.now.replace(hour=20)
    texting.news()
    changed(texting, what)
    clock.forward(timedelta(hours=12))
    texting.send()
    assert (texting.said, states(texting.ours.import_scope)) == ([], [])


def test_a_reminder_of_yesterday_is_not_sent(texting: Texting) -> None:
    clock = texting.post.clock
    clock.now = clock.now.replace(hour=20)
    texting.news("payment_reminder")
    clock.forward(timedelta(hours=12))
    texting.send()
    assert (texting.said, states(texting.ours.import_scope)) == ([], [])


def test_an_event_is_texted_once_and_what_was_surely_not_sent_is_tried_again(texting: Texting) -> None:
    scope = texting.ours.import_scope
    texting.choose(AlertChannel.EMAIL, AlertChannel.SMS)
    texting.post.sender.failures = [MailRefusedError("Throttling", for_good=False)]
    texting.texts.failures = [MailRefusedError("Throttling", for_good=False)]
    texting.news()
    texting.send()
    assert (len(texting.said), len(texting.post.recipients)) == (1, 1), "the mail was written twice"
    texting.texts.failures = [TimeoutError("no answer")]
    texting.news()
    assert states(scope) == ["claimed"]
    texting.post.clock.forward(timedelta(minutes=10))
    texting.send()
    assert (len(texting.said), states(scope)) == (1, ["uncertain"])


def test_a_person_gets_five_a_day_and_a_dealer_sends_no_more_than_its_month_has(texting: Texting) -> None:
    scope = texting.ours.import_scope
    texting.news(times=MAX_A_DAY + 1)
    assert (len(texting.said), states(scope)) == (MAX_A_DAY, [])
    assert open_tasks_of(scope, TEXTS_USED_UP) == []
    change_allowances(
        texting.ours.scope,
        {"monthly_texts": MAX_A_DAY},
        actor="operator",
        now=texting.post.clock.now,
        ids=texting.post.ids,
    )
    texting.post.clock.forward(timedelta(days=1))
    texting.news(times=2)
    assert (len(texting.said), states(scope)) == (MAX_A_DAY, [])
    assert len(open_tasks_of(scope, TEXTS_USED_UP)) == 1


def test_who_has_answered_stop_is_sent_none_and_it_is_noted(texting: Texting) -> None:
    person_id = texting.ours.customer.person_id
    texting.texts.opted_out = {NUMBER}
    texting.news()
    found = text_numbers.text_number(IdentityScope(), person_id)
    assert (texting.said, found and found.opted_out_at) == ([], texting.post.clock.now)
    texting.texts.opted_out = set()
    texting.news()
    assert texting.said == []
    texting.number(NUMBER)  # it was proved again
    texting.news()
    assert len(texting.said) == 1


def test_an_answer_is_told_by_the_real_mail_too(texting: Texting, now: datetime) -> None:
    texting.choose(AlertChannel.EMAIL, AlertChannel.SMS)
    asked(texting.ours, now, texting.post.ids).answer("On Monday")
    for _ in range(2):
        send_due(texting.ours.import_scope, deps=texting.deps)
    assert [SAID["message_answered"] in text for text in texting.said] == [True]
    assert texting.post.recipients == [texting.ours.customer.email]


def test_beside_bulk_mail_it_is_bulk(texting: Texting) -> None:
    scope, kinds = texting.ours.import_scope, (News("new_documents", texting.ours.customer.email), AlertText())
    greet(scope, texting.post, "x@farm.example", kind="news", bulk=True)
    for _ in range(2):
        for lane in range(BULK_LANES):
            send_bulk(scope, lane, deps=texting.deps, kinds=kinds)
            assert items(scope, states=tuple(OutboxState)) == []
    assert [SAID["new_documents"] in text for text in texting.said] == [True]


LONG = "Gebrüder Hinterhuber-Oberleitner Landmaschinenhandel und Werkstätten"
NAMES = [
    "Moorbeck Machinery",
    LONG,
    "Gospodarstwo Rolne Łódź i Synowie Traktory i Kombajny",
    "農業機械販売株式会社" * 6,
]
HOSTS = ["https://portal.example", "https://customer-portal.a-long-name-of-a-dealer.example"]
MANY: Mapping[str, int] = dict.fromkeys(COUNTS, 12_345)


def test_in_every_language_and_for_a_long_name_it_is_short(texting: Texting) -> None:
    slug = "a" * 40
    for locale, name, host, kind in product([SOURCE_LOCALE, *installed_languages()], NAMES, HOSTS, TEXTED):
        dealer = replace(texting.ours.dealer, name=name, locale=locale, slug=slug)
        text = text_of(kind, MANY, dealer, replace(texting.deps, base_url=host))
        assert is_short(text), (locale, text)
        assert is_one_part(text) or not name.isascii(), (locale, text)
        assert text.startswith(f"{name[:20]}".strip()), text
        assert host in text, text


def test_what_there_is_none_of_is_not_said(texting: Texting) -> None:
    none = dict.fromkeys(COUNTS, 0)
    said = [
        text_of(BY_NAME[name], {**none, **counts}, texting.ours.dealer, texting.deps)
        for name, counts in (
            ("new_documents", {"credits": 2}),
            ("new_documents", {"invoices": 1}),
            ("payment_reminder", {"soon": 1}),
            ("payment_reminder", {"overdue": 2}),
        )
    ]
    words = ("2 new credit notes", "1 new invoice", "1 invoice due soon", "2 invoices overdue")
    assert [text.partition(": ")[2].partition(". ")[0] for text in said] == list(words)


def test_each_kind_that_may_be_texted_has_its_words() -> None:
    assert {kind.name for kind in TEXTED} == SAID.keys()
    assert all(not BY_NAME[name].must for name in SAID)
