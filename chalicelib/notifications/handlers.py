"""What each kind of outbox item is to dispatch: a mail that is composed and followed up, or a step without one.

A new kind of mail is a `Notice` with a `kind` and `compose`, added to `registry.KINDS`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from ulid import ULID

from chalicelib.alerts.model import Alert
from chalicelib.dealers.bounces.model import REFUSED, Bounce
from chalicelib.kernel.emails import comparable_email
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import from_link_part
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.mail.sender import Mail
from chalicelib.mail.texts import TextMessage
from chalicelib.notifications import bounces
from chalicelib.notifications.deps import MailDeps
from chalicelib.store.outbox import OutboxItem

OutboxScope = ImportScope | IdentityScope
S = TypeVar("S", ImportScope, IdentityScope)


class BounceReport(NamedTuple):
    """A mail that bounced: its address, the tags it carried, and why as SES says."""

    to: str
    tags: Mapping[str, str]
    reason: str

    def as_bounce(self, now: datetime) -> Bounce:
        """What is kept of it."""
        return Bounce(
            email=comparable_email(self.to),
            reason=self.reason,
            at=now,
            kind=self.tags["kind"],
            mail_id=self.tags["item"],
            account_ref=from_link_part(self.tags["account"]) if "account" in self.tags else "",
        )


def _nothing(_sent_at: datetime) -> None:
    """Most mails leave no trace but the log's."""


@dataclass(frozen=True, slots=True)
class ComposedMail:
    """A mail, or a text message, ready to send; what to note once it is sent; tags that SES hands to `bounced`.

    Tags are names and values of A-Z, a-z, 0-9, - and _. Dispatch adds the item's: see `delivery.tags_of`. `alerts`:
    what its reader is shown in the portal, all of one kind, of the first account that they reach and of others.
    `staff_event`: what its reader, of the staff, may have chosen not to be mailed of. `counts`: how many of what it is
    about, where a text message says so.
    """

    mail: Mail | TextMessage
    on_sent: Callable[[datetime], None] = _nothing
    tags: Mapping[str, str] = field(default_factory=dict)
    alerts: Sequence[Alert] = ()
    staff_event: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


class NotYetError(Exception):
    """Raised by `compose`: it may leave at `until`, and not before."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class MailHandler(ABC, Generic[S]):
    """A kind of mail. Dispatch logs whatever becomes of one; override what somebody must also be shown."""

    kind: ClassVar[str]
    scope_type: ClassVar[type[OutboxScope]]
    parks: ClassVar[bool]
    """Whether an item that failed is kept for 30 days, so that it can be looked into, or deleted at once."""
    even_suspended: ClassVar[bool] = False
    """Whether it leaves while the dealer's portal is suspended. All others wait."""

    @abstractmethod
    def compose(self, scope: S, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """The mail, or None where the item is overtaken. InvalidError, ConflictError: it will never be sent."""

    def uncertain(self, scope: S, item: OutboxItem) -> None:
        """Nobody knows whether it was sent."""

    @abstractmethod
    def refused(self, scope: S, item: OutboxItem, *, now: datetime) -> None:
        """It cannot be sent to this address."""

    @abstractmethod
    def bounced(self, scope: S, report: BounceReport, *, now: datetime, ids: Ids) -> bool:
        """It was sent, and bounced. False where nothing changes by that. Raises ConflictError: try again."""


class Notice(MailHandler[ImportScope]):
    """A dealer's mail, of the dealer's outbox."""

    scope_type = ImportScope
    parks = True

    def refused(self, scope: ImportScope, item: OutboxItem, *, now: datetime) -> None:  # noqa: ARG002 - see repeatable_ids
        """As one that bounced."""
        bounces.note(scope, _refused(item), now=item.queued_at, ids=repeatable_ids(item))

    def bounced(self, scope: ImportScope, report: BounceReport, *, now: datetime, ids: Ids) -> bool:
        """The account's staff see it, or of a mail to staff their admins."""
        return bounces.note(scope, report.as_bounce(now), now=now, ids=ids)


class IdentityMail(MailHandler[IdentityScope]):
    """A mail of identity's. One that failed leaves no address behind: the person can ask for another."""

    scope_type = IdentityScope
    parks = False

    def refused(self, scope: IdentityScope, item: OutboxItem, *, now: datetime) -> None:  # noqa: ARG002
        """As one that bounced."""
        person_id = item.payload.get("person_id", "")
        bounces.note_of_person(_refused(item), person_id=person_id, now=item.queued_at, ids=repeatable_ids(item))

    def bounced(self, scope: IdentityScope, report: BounceReport, *, now: datetime, ids: Ids) -> bool:  # noqa: ARG002
        """The person sees it when they log in, and the staff of every dealer that knows them."""
        person_id = report.tags.get("person", "")
        return bounces.note_of_person(report.as_bounce(now), person_id=person_id, now=now, ids=ids)


class Step(ABC, Generic[S]):
    """Work without a mail. It is tried until it succeeds, ever more rarely: a repetition must do no harm."""

    kind: ClassVar[str]
    scope_type: ClassVar[type[OutboxScope]]

    @abstractmethod
    def run(self, scope: S, item: OutboxItem) -> None:
        """Do it. Any error is logged, and it is tried again."""


class IdentityStep(Step[IdentityScope]):
    """What identity leaves for a dealer's side."""

    scope_type = IdentityScope


class DealerStep(Step[ImportScope]):
    """What a dealer's side leaves for identity's."""

    scope_type = ImportScope


def repeatable_ids(item: OutboxItem, *, about: str = "") -> Ids:
    """Ids that come out the same each time this item is done, so that a repeated row overwrites itself.

    `about` distinguishes rows of one item.
    """
    seed = sha256(f"{item.item_id} {about}".encode()).digest() if about else ULID.from_str(item.item_id).bytes
    return Ids(random_bytes=lambda n: seed[-n:])


def _refused(item: OutboxItem) -> Bounce:
    return Bounce(
        email=comparable_email(item.payload["email"]),
        reason=REFUSED,
        at=item.queued_at,
        kind=item.kind,
        mail_id=item.item_id,
        account_ref=item.payload.get("account_ref", ""),
    )


Handler = MailHandler[Any] | Step[Any]
Handlers = tuple[Handler, ...]
