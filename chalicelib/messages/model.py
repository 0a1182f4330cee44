"""A thread of messages between a customer and the dealer's staff. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Self

from chalicelib.feed.payloads import MAX_MESSAGE, MAX_QUESTION_SUBJECT
from chalicelib.kernel.areas import Area
from chalicelib.kernel.ids import Ids, moment_of
from chalicelib.messages.recipients.model import Recipient

MAX_SUBJECT, MAX_TEXT = MAX_QUESTION_SUBJECT, MAX_MESSAGE
MAX_ENTRIES = 300
"""Of one thread, which pages read whole."""


class Side(StrEnum):
    """Who wrote an entry."""

    CUSTOMER = "customer"
    STAFF = "staff"


class EntryKind(StrEnum):
    """What an entry is. A NOTE is the staff's own, and so is that it was HANDED to another person or group."""

    MESSAGE = "message"
    FILE = "file"
    NOTE = "note"
    CLOSED = "closed"
    REOPENED = "reopened"
    HANDED = "handed"


OF_STAFF = frozenset({EntryKind.NOTE, EntryKind.HANDED})
"""Those that customers never see."""


class About(NamedTuple):
    """The transaction that a thread is about: the key of its row, its ISO date and its reference as they were then."""

    type: str
    transaction_id: str
    on: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewQuestion:
    """What a customer's form says. `email` is the customer's, `about` a transaction of the account in hand.

    `to` is to whom it goes as the form says, empty where it offers nothing; `rep_code` that of the account.
    """

    subject: str
    text: str
    email: str
    about: About | None = None
    account_name: str = ""
    depot: str | None = None
    to: str = ""
    rep_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`entry_id` is a ULID: entries of a thread sort by it. `person_id` wrote it; `text` is empty of what has none.

    Of a FILE `text` is its name, `file_id` its id and `size` its bytes; of HANDED it is to whom, empty: to all.
    """

    entry_id: str
    kind: EntryKind
    side: Side
    person_id: str
    at: datetime
    text: str = ""
    file_id: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """`thread_id` is a ULID, also of its task and its item of the feed. It belongs to the account's `era`.

    `waits`: for the dealer's answer, and has a task. `newest_id` is that of its newest entry, `shown_id`, `shown_at`
    and `shown_side` are those of the newest that customers see. `writers` are the customer's users who have written.
    `mailed_at` is when the customer's users were last mailed of what staff added, None once they have written since.
    `assigned_to` is who of the staff answers; while there is a task that is the task's to say. `to` is whom it was sent
    or handed to, None: the dealer. Whether that is still there the directory says.
    """

    thread_id: str
    account_ref: str
    era: str
    subject: str
    begun_by: str
    begun_at: datetime
    account_name: str = ""
    depot: str | None = None
    about: About | None = None
    is_open: bool = True
    waits: bool = False
    number: int = 0
    newest_id: str = ""
    shown_id: str = ""
    shown_at: datetime | None = None
    shown_side: Side = Side.CUSTOMER
    writers: tuple[str, ...] = ()
    mailed_at: datetime | None = None
    assigned_to: str | None = None
    to: Recipient | None = None
    version: int = 1

    @property
    def is_full(self) -> bool:
        """Whether it takes no more words."""
        return self.number >= MAX_ENTRIES

    @property
    def areas(self) -> frozenset[Area]:
        """What a customer's user has to be given to open it."""
        return frozenset({Area.MESSAGES, Area.INVOICES} if self.about else {Area.MESSAGES})

    def next_id(self, now: datetime, ids: Ids) -> str:
        """A ULID behind those of all its entries, whichever clock gave them theirs."""
        if not self.newest_id:
            return ids.ulid(now)
        return ids.ulid(max(now, moment_of(self.newest_id) + timedelta(milliseconds=1)))

    def with_entry(self, entry: Entry) -> Self:
        """It with one more entry. A message opens it, the customer's waits for an answer, the dealer's is one.

        A file of the customer's is like a message; one of the dealer's answers nothing by itself.
        """
        grown = replace(self, number=self.number + 1, newest_id=entry.entry_id)
        if entry.kind in OF_STAFF:
            return grown
        of_customer = entry.side is Side.CUSTOMER
        if entry.kind is EntryKind.FILE and not of_customer:
            return replace(grown, shown_id=entry.entry_id, shown_at=entry.at, shown_side=entry.side)
        is_message = entry.kind in {EntryKind.MESSAGE, EntryKind.FILE}
        is_new = of_customer and is_message and entry.person_id not in self.writers
        return replace(
            grown,
            shown_id=entry.entry_id,
            shown_at=entry.at,
            shown_side=entry.side,
            is_open=entry.kind is not EntryKind.CLOSED,
            waits=of_customer if is_message else entry.kind is EntryKind.REOPENED,
            writers=(*self.writers, entry.person_id) if is_new else self.writers,
            mailed_at=None if of_customer else self.mailed_at,
        )


@dataclass(frozen=True, slots=True)
class ReadMark:
    """How far somebody of a side has read a thread: up to the entry of this id, since this moment.

    Notes do not count.
    """

    up_to: str
    at: datetime
    side: Side


class ListedThread(NamedTuple):
    """A thread in a list. `unread`: it has something that the reader has not seen."""

    thread: Thread
    unread: bool


@dataclass(frozen=True, slots=True)
class Conversation:
    """A thread with its entries, oldest first, and by person how far each has read it."""

    thread: Thread
    entries: tuple[Entry, ...]
    read: dict[str, ReadMark]
