"""The state of an account in the portal: who was invited, who is active, and why some cannot be invited."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from chalicelib.customers.model import DirectoryEntry
from chalicelib.kernel.emails import is_email
from chalicelib.kernel.i18n import LazyText, lazy_gettext


class State(StrEnum):
    """The last thing that happened to an account's invitation."""

    QUEUED = "queued"
    INVITED = "invited"
    UNCERTAIN = "uncertain"
    BOUNCED = "bounced"
    UNSENT = "unsent"  # the mail service took it for no address: nothing left
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    ACTIVE = "active"


class Status(StrEnum):
    """What the Customer Accounts list says of an account and filters by."""

    ACTIVE = "active"
    INVITED = "invited"
    BOUNCED = "bounced"
    IN_DOUBT = "in_doubt"
    NONE = "none"
    INELIGIBLE = "ineligible"


OPEN = frozenset({State.QUEUED, State.INVITED, State.UNCERTAIN, State.BOUNCED, State.UNSENT, State.EXPIRED})
"""States in which an invitation may be sent again or cancelled."""

UNDELIVERED = frozenset({State.BOUNCED, State.UNSENT})
"""States in which staff have a task: nothing can be sent to the address."""

_STATUS = {
    State.QUEUED: Status.INVITED,
    State.INVITED: Status.INVITED,
    State.UNCERTAIN: Status.INVITED,
    State.BOUNCED: Status.BOUNCED,
    State.UNSENT: Status.NONE,
    State.EXPIRED: Status.NONE,
    State.CANCELLED: Status.NONE,
    State.ACTIVE: Status.ACTIVE,
}


@dataclass(frozen=True, slots=True)
class Enrolment:
    """The record of an account that was invited: what single operations rest on.

    Times are aware UTC; `invitation_id` is a ULID. `era` (a ULID, empty for the first) changes when the account's
    number is used again for somebody else; only memberships of that era count. `dismissed_era` is one that an export
    suggested and staff said did not begin: it is the same customer. `repeats`: how often it was sent again on the day
    of `queued_at` (UTC). `campaign` is the id of the one that sent it, `reminders` how often it was reminded of.
    """

    ref: str
    state: State
    email: str
    invitation_id: str
    invited_by: str
    queued_at: datetime
    invited_at: datetime | None = None
    expires_at: datetime | None = None
    activated_at: datetime | None = None
    era: str = ""
    dismissed_era: str = ""
    repeats: int = 0
    campaign: str = ""
    reminders: int = 0
    reminded_at: datetime | None = None

    def repeats_on(self, now: datetime) -> int:
        """How often it was sent again on this day."""
        return self.repeats if self.queued_at.astimezone(UTC).date() == now.astimezone(UTC).date() else 0

    @property
    def summary(self) -> "EnrolmentSummary":
        """What lists show of it."""
        invited, expires = _seconds(self.invited_at), _seconds(self.expires_at)
        return EnrolmentSummary(self.ref, self.state, self.email, invited, expires, self.era, self.dismissed_era)


class AccountUser(NamedTuple):
    """A person who may log in for an account in `era` of it; `since` is their first login.

    `invitation_id` is of the invitation by which they do, empty of those from before it was kept.
    """

    person_id: str
    email: str
    since: datetime
    era: str = ""
    invitation_id: str = ""


class EndedAccess(NamedTuple):
    """Somebody whose access to an account has been ended, when and by whom, in `era` of it."""

    email: str
    at: datetime
    by: str
    era: str = ""


class EnrolmentSummary(NamedTuple):
    """An enrolment in a list. A tuple, because there may be 100,000; `invited` and `expires` are epoch seconds.

    A new field goes to the end, with a default: shards written before stay readable.
    """

    ref: str
    state: State
    email: str
    invited: int | None = None
    expires: int | None = None
    era: str = ""
    dismissed_era: str = ""

    @property
    def invited_at(self) -> datetime | None:
        """When the mail was sent, aware UTC."""
        return None if self.invited is None else datetime.fromtimestamp(self.invited, UTC)


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())


def owner_in_doubt(next_era: str, enrolment: Enrolment | EnrolmentSummary | None) -> bool:
    """Whether an export suggested that `next_era` begins, and staff have not said whether it does."""
    decided = (enrolment.era, enrolment.dismissed_era) if enrolment else ()
    # Tested control: doubtful-owner-suspended
    return bool(next_era) and next_era not in decided


def asks_whose(next_era: str, enrolment: Enrolment | EnrolmentSummary | None, *, is_linked: bool) -> bool:
    """Whether staff have to say if `next_era` begins.

    Not of an account that nobody could ever open, by an invitation or as one that is linked: there it begins with the
    first invitation or link, and there is nobody whose access would end.
    """
    return owner_in_doubt(next_era, enrolment) and (enrolment is not None or is_linked)


_ARCHIVED = lazy_gettext("Not in the last export")
_CLOSED = lazy_gettext("Closed in your dealer system")
_KEPT_OUT = lazy_gettext("Not enabled for the portal in your dealer system")
_NO_EMAIL = lazy_gettext("No usable email address")
_INELIGIBLE_TYPES = {"internal": lazy_gettext("Internal account"), "cash": lazy_gettext("Cash account")}


def ineligibility_reason(entry: DirectoryEntry) -> LazyText | None:
    """Why this account cannot be invited, in the dealer's words, or None where it can."""
    if entry.archived:
        return _ARCHIVED
    if entry.account_type in _INELIGIBLE_TYPES:
        return _INELIGIBLE_TYPES[entry.account_type]
    if entry.account_status == "closed":
        return _CLOSED
    if not entry.portal_eligible:
        return _KEPT_OUT
    if not entry.email or not is_email(entry.email):
        return _NO_EMAIL
    return None


def status_of(entry: DirectoryEntry, enrolment: EnrolmentSummary | None, *, is_linked: bool = False) -> Status:
    """One status an account. An invitation once sent outlives a later loss of the email address.

    While staff have to say whose the account is nobody can open it, whatever it was before.
    """
    if asks_whose(entry.next_era, enrolment, is_linked=is_linked):
        return Status.IN_DOUBT
    known = _STATUS[enrolment.state] if enrolment else Status.NONE
    if known is Status.NONE and ineligibility_reason(entry):
        return Status.INELIGIBLE
    return known
