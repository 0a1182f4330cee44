"""The dealer's list of users and identity's memberships are brought together, by the outbox of either."""

from datetime import datetime

from chalicelib.dealers.staff import operations as staff
from chalicelib.dealers.staff import queries as staff_queries
from chalicelib.identity import memberships
from chalicelib.identity.invitations import end_open_invitation
from chalicelib.identity.model import MembershipKind, membership_key
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope, ImportScope

_IDENTITY = IdentityScope()


def join(scope: ImportScope, *, person_id: str, email: str, role: Role, before: str, now: datetime, ids: Ids) -> None:
    """This person logged in as staff for the first time, at `now`. Repeatable.

    No link that was mailed to them until then works any more. Where their invitation was deleted meanwhile, or is newer
    than the login, the membership ends instead. `before` is the ULID of the login's outbox item.
    """
    if staff_queries.colleague(scope, person_id) is None:
        invited = next((one for one in staff_queries.open_invitations(scope, email) if one.since <= now), None)
        # Tested control: deleted-invitation-joins-nobody
        if invited is None:
            _end_membership(scope, person_id, before=before, now=now, ids=ids)
            return
        staff.join_staff(scope, person_id=person_id, email=email, role=role, invited=invited, now=now, ids=ids)
    _end_links(scope, email, before=before, now=now)


def sync_membership(scope: ImportScope, *, person_id: str, email: str, before: str, now: datetime, ids: Ids) -> None:
    """Make identity's side what the dealer's list says of this person. Repeatable, in any order.

    A link that was mailed to them before, and would give them what they had, no longer works.

    Of somebody who is not on it the membership ends with its sessions, unless its invitation is newer than the ULID
    `before`. Raises ConflictError where they are given another meanwhile: try again.
    """
    # Tested control: change-ends-open-link
    _end_links(scope, email, before=before, now=now)
    member = staff_queries.colleague(scope, person_id)
    if member:
        memberships.change_staff_role(
            _IDENTITY, person_id=person_id, dealer_id=scope.dealer_id, role=member.role, now=now, ids=ids
        )
        return
    _end_membership(scope, person_id, before=before, now=now, ids=ids)


def _end_links(scope: ImportScope, email: str, *, before: str, now: datetime) -> None:
    key = membership_key(dealer_id=scope.dealer_id, kind=MembershipKind.STAFF, subject_ref=None)
    end_open_invitation(_IDENTITY, email=email, key=key, before=before, now=now)


def _end_membership(scope: ImportScope, person_id: str, *, before: str, now: datetime, ids: Ids) -> None:
    memberships.end_membership(
        _IDENTITY,
        person_id=person_id,
        dealer_id=scope.dealer_id,
        kind=MembershipKind.STAFF,
        subject_ref=None,
        before=before,
        now=now,
        ids=ids,
    )
