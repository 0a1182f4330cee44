"""A user of the dealership as the list shows them, and what protects them from being deleted. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.dealers.staff.model import StaffMember, StaffState
from chalicelib.identity.model import FactorKind, Membership, MembershipKind
from chalicelib.kernel.emails import comparable_email
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.i18n import lazy_gettext
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


@dataclass(frozen=True, slots=True)
class Doubts:
    """Why an address may be the wrong one for a colleague: it is that of `customers`, or the first of its domain."""

    customers: tuple[Membership, ...] = ()
    new_domain: str = ""

    def __bool__(self) -> bool:
        return bool(self.customers or self.new_domain)


class UnconfirmedError(ConflictError):
    """Nobody is invited before an admin has confirmed the address (409)."""

    def __init__(self, email: str, doubts: Doubts) -> None:
        super().__init__(lazy_gettext("Check the address first"))
        self.email = email
        self.doubts = doubts


def doubts(email: str, *, members: Iterable[StaffMember], memberships: Iterable[Membership], dealer_id: str) -> Doubts:
    """What speaks against inviting the person with this email; of their `memberships` those at others stay unsaid."""
    domain = _domain(email)
    customers = tuple(
        one for one in memberships if one.dealer_id == dealer_id and one.kind is MembershipKind.CUSTOMER and one.active
    )
    return Doubts(customers, "" if domain in {_domain(member.email) for member in members} else domain)


def _domain(email: str) -> str:
    return comparable_email(email).rpartition("@")[2]
