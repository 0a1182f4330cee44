"""What the tests of sending share: a clock in hand, and items put straight into the outboxes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.invitation import INVITATION
from chalicelib.customers.enrolment.model import Enrolment, State
from chalicelib.identity import invitations, operations, recovery
from chalicelib.identity.model import ClientInfo
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.mail.sender import Mail, RecordingSender
from chalicelib.notifications.deps import MailDeps
from chalicelib.notifications.handlers import ComposedMail, Notice, OutboxScope
from chalicelib.rendering.templates import render
from chalicelib.store import outbox
from chalicelib.store.batch import batch_write
from chalicelib.store.outbox import OutboxItem, OutboxState, outbox_item
from chalicelib.store.roles import assume_scope
from tests.fixtures.cast import Dealership
from tests.fixtures.worlds import World

NEW_PASSWORD = "quiet orchard ladder"


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def forward(self, step: timedelta) -> None:
        self.now += step


@dataclass
class Post:
    """What sending needs, and what it did."""

    clock: Clock
    ids: Ids
    sender: RecordingSender = field(default_factory=RecordingSender)

    @property
    def deps(self) -> MailDeps:
        return MailDeps(self.sender, render, "https://portal.example", self.clock, self.ids)

    @property
    def recipients(self) -> list[str]:
        return [mail.to for mail in self.sender.sent]

    @property
    def links(self) -> Iterator[str]:
        """The secrets of the links, mail by mail."""
        for mail in self.sender.sent:
            line = next(line for line in mail.text.splitlines() if line.startswith("https://portal.example/"))
            yield line.rpartition("/")[2].partition("?")[0]


def queue_invitation(
    dealership: Dealership,
    post: Post,
    *,
    ref: str = "1300",
    email: str = "",
    replaces: Mapping[str, str] | None = None,
) -> Enrolment:
    """What the dealer's Invite leaves behind."""
    now, ids = post.clock.now, post.ids
    to = email or f"{ref}@{dealership.dealer.slug}.example"
    new = Enrolment(ref, State.QUEUED, to, ids.ulid(now), "admin", now)
    payload = {
        "account_ref": ref,
        "account_name": "Barn & Co",
        "email": to,
        "invitation_id": new.invitation_id,
        **({"replaces": replaces} if replaces else {}),
    }
    item = outbox_item(dealership.scope, kind=INVITATION, payload=payload, now=now, ids=ids)
    before = enrolments.enrolment(dealership.scope, ref)
    enrolments.put(dealership.scope, new, before=before, also=(item,))
    return new


class Greeting(Notice):
    """A kind of these tests: it notes what becomes of it. To nobody it is overtaken."""

    kind = "greeting"

    def __init__(self) -> None:
        self.fate: list[str] = []
        self.failures: list[Exception] = []
        self.failing_notes: list[Exception] = []

    @staticmethod
    def mail(item: OutboxItem, deps: MailDeps) -> Mail:
        return deps.mail("email_change", None, to=item.payload["to"], link="https://portal.example/forgot")

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        del scope
        if self.failures:
            raise self.failures.pop()
        return ComposedMail(self.mail(item, deps), self._note, {"n": "1"}) if item.payload["to"] else None

    def uncertain(self, scope: ImportScope, item: OutboxItem) -> None:
        del scope, item
        self.fate.append("uncertain")

    def refused(self, scope: ImportScope, item: OutboxItem, *, now: datetime) -> None:
        del scope, item, now
        self.fate.append("refused")

    def _note(self, _sent_at: datetime) -> None:
        if self.failing_notes:
            raise self.failing_notes.pop()
        self.fate.append("sent")


def greet(scope: OutboxScope, post: Post, *recipients: str, kind: str = "greeting", bulk: bool = False) -> None:
    """Put a greeting for each into the scope's outbox."""
    new = [
        outbox_item(scope, kind=kind, payload={"to": to}, now=post.clock.now, ids=post.ids, bulk=bulk)
        for to in recipients
    ]
    with assume_scope(scope):
        batch_write(new)


def states(scope: OutboxScope, lane: int | None = None) -> list[str]:
    """Of all that is in an outbox, parked items included."""
    return [item.state.value for item in outbox.items(scope, states=tuple(OutboxState), lane=lane, limit=1000)]


def empty(scope: OutboxScope) -> None:
    """Take out what other tests have left."""
    while found := outbox.items(scope, states=tuple(OutboxState)):
        for item in found:
            outbox.confirm(scope, item)


def ask_for_reset(email: str, post: Post) -> None:
    """What Forgot Password leaves behind."""
    client = ClientInfo(f"2001:db8:{post.ids.random_bytes(2).hex()}::7")
    recovery.request_reset(IdentityScope(), email=email, client=client, now=post.clock.now, ids=post.ids)


def complete_account(post: Post) -> None:
    """The person invited last sets a password and logs in."""
    now, ids, scope = post.clock.now, post.ids, IdentityScope()
    secret = list(post.links)[-1]
    here = ClientInfo(f"2001:db8:{ids.random_bytes(2).hex()}::7")
    done = invitations.accept_invitation(scope, secret=secret, password=NEW_PASSWORD, client=here, now=now, ids=ids)
    operations.log_in(scope, email=done.email, password=NEW_PASSWORD, client=here, now=now, ids=ids)


def audit_events(world: World, dealer_id: str) -> list[str]:
    """The events of a dealer's audit trail, sorted."""
    items = world.root("dynamodb").scan(TableName=world.settings.table_name)["Items"]
    return sorted(item["event"]["S"] for item in items if item["pk"]["S"].startswith(f"D#{dealer_id}#AUDIT"))
