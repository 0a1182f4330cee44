"""A user of the dealership as the list shows them, and what protects them from being deleted. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.dealers.staff.model import StaffMember, StaffState
from chalicelib.identity.model import FactorKind
from chalicelib.profiles.model import NOBODY, Named


class Protection(StrEnum):
    """Why somebody cannot be deleted: they are who asks, or the dealership's only admin, or both."""

    YOURSELF = "yourself"
    ONLY_ADMIN = "only_admin"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class DealershipUser:
    """`last_login` is None of somebody who has not logged in yet; `named` is empty until they say their name.

    `factors` is what they show beside the password.
    """

    member: StaffMember
    last_login: datetime | None = None
    protection: Protection | None = None
    named: Named = NOBODY
    factors: frozenset[FactorKind] = frozenset()

    def is_expired(self, now: datetime) -> bool:
        """Whether the link of an invitation that was sent works no more."""
        expires_at = self.member.expires_at
        return self.member.state is StaffState.INVITED and expires_at is not None and expires_at <= now


def protection(member: StaffMember, members: Iterable[StaffMember], *, reader_id: str) -> Protection | None:
    """What protects this member of the list from `reader_id`."""
    is_only_admin = member.is_active_admin and not any(
        one.is_active_admin for one in members if one.member_id != member.member_id
    )
    if member.person_id == reader_id:
        return Protection.BOTH if is_only_admin else Protection.YOURSELF
    return Protection.ONLY_ADMIN if is_only_admin else None
