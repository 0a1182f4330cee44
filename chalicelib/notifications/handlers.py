"""What each kind of outbox item is to dispatch: a mail that is composed and followed up, or a step without one.

A new kind of mail is a `Notice` with a `kind` and `compose`, added to `registry.KINDS`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from ulid import ULID

from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.mail.sender import Mail
from chalicelib.notifications.deps import MailDeps
from chalicelib.store.outbox import OutboxItem

OutboxScope = ImportScope | IdentityScope
S = TypeVar("S", ImportScope, IdentityScope)


class Bounce(NamedTuple):
    """A mail that came back from an address: the tags it carried, and why as SES says."""

    to: str
    tags: Mapping[str, str]
    reason: str


def _nothing(_sent_at: datetime) -> None:
    """Most mails leave no trace but the log's."""


@dataclass(frozen=True, slots=True)
class ComposedMail:
    """A mail ready to send; what to note once it is sent; tags that SES hands to `returned` should it come back.

    Tags are names and values of A-Z, a-z, 0-9, - and _. `kind` and `dealer` are added to them.
    """

    mail: Mail
    on_sent: Callable[[datetime], None] = _nothing
    tags: Mapping[str, str] = field(default_factory=dict)


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

    def refused(self, scope: S, item: OutboxItem, *, now: datetime) -> None:
        """It cannot be sent to this address."""

    def returned(self, scope: S, bounce: Bounce, *, now: datetime, ids: Ids) -> bool:  # noqa: ARG002
        """It was sent, and came back. False where nothing changes by that. Raises ConflictError: try again."""
        return False


class Notice(MailHandler[ImportScope]):
    """A dealer's mail, of the dealer's outbox."""

    scope_type = ImportScope
    parks = True


class IdentityMail(MailHandler[IdentityScope]):
    """A mail of identity's. One that failed leaves no address behind: the person can ask for another."""

    scope_type = IdentityScope
    parks = False


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


Handler = MailHandler[Any] | Step[Any]
Handlers = tuple[Handler, ...]
