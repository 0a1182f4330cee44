"""Where an account stands with the portal: who was invited, who is active, and why some cannot be invited."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.customers.model import DirectoryEntry


class State(StrEnum):
    """The last thing that happened to an account's invitation."""

    QUEUED = "queued"
    INVITED = "invited"
    UNCERTAIN = "uncertain"
    BOUNCED = "bounced"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    ACTIVE = "active"


class Status(StrEnum):
    """What the Customer Accounts list says of an account and filters by."""

    ACTIVE = "active"
    INVITED = "invited"
    BOUNCED = "bounced"
    NONE = "none"
    CANNOT = "cannot"


OPEN = frozenset({State.QUEUED, State.INVITED, State.UNCERTAIN, State.BOUNCED, State.EXPIRED})
"""States in which an invitation may be sent again or cancelled."""

_STATUS = {
    State.QUEUED: Status.INVITED,
    State.INVITED: Status.INVITED,
    State.UNCERTAIN: Status.INVITED,
    State.BOUNCED: Status.BOUNCED,
    State.EXPIRED: Status.NONE,
    State.CANCELLED: Status.NONE,
    State.ACTIVE: Status.ACTIVE,
}


@dataclass(frozen=True, slots=True)
class Portal:
    """The portal's own record of an account. Times are aware UTC; `invitation_id` is a ULID."""

    ref: str
    state: State
    email: str
    invitation_id: str
    invited_by: str
    queued_at: datetime
    invited_at: datetime | None = None
    expires_at: datetime | None = None
    activated_at: datetime | None = None


def why_not(entry: DirectoryEntry) -> str | None:
    """Why this account cannot be invited, in the dealer's words, or None where it can."""
    if entry.archived:
        return "Not in the last export"
    if entry.account_type in {"internal", "cash"}:
        return f"{entry.account_type.capitalize()} account"
    if entry.account_status == "closed":
        return "Closed in your dealer system"
    if not entry.portal_eligible:
        return "Kept out of the portal by your dealer system"
    if not entry.email:
        return "No email address"
    return None


def status_of(entry: DirectoryEntry, portal: Portal | None) -> Status:
    """One status an account. An invitation once sent outlives a later loss of the email address."""
    known = _STATUS[portal.state] if portal else Status.NONE
    if known is Status.NONE and why_not(entry):
        return Status.CANNOT
    return known
