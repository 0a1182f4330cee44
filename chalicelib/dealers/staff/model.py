"""A member of a dealer's staff, or somebody invited to become one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.roles import Role

ROLE_LABELS = {
    Role.ADMIN: lazy_gettext("Admin"),
    Role.SERVICE_MANAGER: lazy_gettext("Service manager"),
    Role.USER: lazy_gettext("User"),
}
"""Those of staff, the highest first."""


class StaffState(StrEnum):
    """The state of a member. An invitation is UNCERTAIN when nobody knows whether its mail went out."""

    QUEUED = "queued"
    INVITED = "invited"
    UNCERTAIN = "uncertain"
    BOUNCED = "bounced"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class StaffMember:
    """`person_id` is None until the invitation is accepted.

    `invitation_id` stays, so that the page of the pending user leads on; it is empty of those who joined before it did.
    """

    email: str
    role: Role
    state: StaffState
    invitation_id: str
    since: datetime
    person_id: str | None = None
    expires_at: datetime | None = None

    @property
    def member_id(self) -> str:
        """Names it on the dealer's list: the person's id, or the invitation's until they have joined."""
        return self.person_id or self.invitation_id

    @property
    def is_active_admin(self) -> bool:
        """Whether they can set up the portal now."""
        return self.person_id is not None and self.role is Role.ADMIN
