"""A member of a dealer's staff, or somebody invited to become one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class StaffState(StrEnum):
    """The state of a member. An invitation is UNCERTAIN when nobody knows whether its mail went out."""

    QUEUED = "queued"
    INVITED = "invited"
    UNCERTAIN = "uncertain"
    BOUNCED = "bounced"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class StaffMember:
    """`role` is admin or user. `person_id` is None until the invitation is accepted."""

    email: str
    role: str
    state: StaffState
    invitation_id: str
    since: datetime
    person_id: str | None = None
    expires_at: datetime | None = None
