"""A document that staff ask a customer for, and which files count for it. Pure."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.store.due import DueItem
from chalicelib.uploads.model import FilePurpose

MAX_TITLE = 80
MAX_WORDS = 500
MAX_WANTED = 20
MAX_OPEN = 20
"""Of one account."""
MAX_AHEAD = timedelta(days=366)
REMINDED_BEFORE = timedelta(days=3)
TIME_FOR_ANOTHER = timedelta(days=7)
"""What a customer has at least, when a document is asked for again of a request that was fulfilled."""

REMINDERS = "DOCUMENT_REMINDERS"
OVERDUE = "DOCUMENTS_OVERDUE"


class RequestState(StrEnum):
    """ENDED: the account's number was given to another customer."""

    OPEN = "open"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRequest:
    """`request_id` is a ULID, also of its task. It belongs to the `era` of the account in which it was made.

    `wanted` is how many files, `received` the ids of those that count: accepted, and not asked for again. `due` is a
    day where the dealer is. `remind_on`: when the customer is reminded, None if never or no more. `is_noted`: staff
    have a task, since it was not fulfilled in time. `asked_by` and `decided_by` are ids of staff; of a customer who
    fulfilled it `decided_by` is empty.
    """

    request_id: str
    account_ref: str
    era: str
    account_name: str
    purpose: FilePurpose
    title: str
    words: str
    wanted: int
    due: date
    asked_by: str
    asked_at: datetime
    depot: str | None = None
    state: RequestState = RequestState.OPEN
    received: tuple[str, ...] = ()
    remind_on: date | None = None
    is_noted: bool = False
    decided_at: datetime | None = None
    decided_by: str = ""
    version: int = 0

    @property
    def is_open(self) -> bool:
        """Whether files are still wanted."""
        return self.state is RequestState.OPEN

    @property
    def missing(self) -> int:
        """How many files are still to come."""
        return max(0, self.wanted - len(self.received))

    def is_overdue(self, today: date) -> bool:
        """Whether its day has passed without it."""
        return self.is_open and self.due < today

    @property
    def due_items(self) -> frozenset[DueItem]:
        """What a clock has to do about it."""
        if not self.is_open:
            return frozenset()
        days = {REMINDERS: self.remind_on, OVERDUE: None if self.is_noted else self.due + timedelta(days=1)}
        return frozenset(
            DueItem(kind, day, self.request_id, self.account_ref) for kind, day in days.items() if day is not None
        )

    def with_file(self, file_id: str, *, now: datetime) -> "DocumentRequest":
        """As it is once this file counts. One that is closed stays closed, but knows what came."""
        if file_id in self.received:
            return self
        known = replace(self, received=(*self.received, file_id))
        if not known.is_open or known.missing:
            return known
        return known.closed(RequestState.FULFILLED, by="", now=now)

    def without_file(self, file_id: str, *, today: date) -> "DocumentRequest":
        """As it is once another is wanted in place of this file: its place is free, and time is given to fill it."""
        if file_id not in self.received:
            return self
        known = replace(self, received=tuple(one for one in self.received if one != file_id))
        if known.state is not RequestState.FULFILLED or not known.missing:
            return known
        due = max(known.due, today + TIME_FOR_ANOTHER)
        return replace(
            known,
            state=RequestState.OPEN,
            due=due,
            remind_on=reminder_day(due, asked_on=today),
            decided_at=None,
            decided_by="",
        )

    def closed(self, state: RequestState, *, by: str, now: datetime) -> "DocumentRequest":
        """Nobody waits for it any more."""
        return replace(self, state=state, decided_at=now, decided_by=by, remind_on=None, is_noted=False)


def reminder_day(due: date, *, asked_on: date) -> date | None:
    """When the customer is reminded of what is due then; None where it was asked for so late that nobody forgets."""
    day = due - REMINDED_BEFORE
    return day if asked_on < day else None
