"""For whom people may act: taken away here, given by invitations."""

from datetime import datetime

from chalicelib.identity import repo, session_revocation
from chalicelib.identity.model import Membership, MembershipKind, membership_key
from chalicelib.identity.repo import writes
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store.transactions import WriteItem

_UNKNOWN_EMAIL = lazy_gettext("Nobody has an account with this email address")


def remove_membership(
    scope: IdentityScope,
    *,
    person_id: str,
    dealer_id: str,
    kind: MembershipKind,
    subject_ref: str | None = None,
    now: datetime,
    ids: Ids,
) -> None:
    """Take it away; the sessions that act for it end in the same moment. Raises NotFoundError where there is none."""
    key = membership_key(dealer_id=dealer_id, kind=kind, subject_ref=subject_ref)
    membership = repo.membership(scope, person_id, key)
    if membership is None:
        raise NotFoundError
    _change(scope, person_id, key, writes.drop_membership(person_id, membership), now=now, ids=ids)


def end_membership(
    scope: IdentityScope,
    *,
    person_id: str,
    dealer_id: str,
    kind: MembershipKind,
    subject_ref: str | None,
    before: str,
    now: datetime,
    ids: Ids,
) -> None:
    """Take it away with its sessions, unless its invitation is newer than the ULID `before`. Repeatable.

    Raises ConflictError where the person is given another meanwhile: try again.
    """
    key = membership_key(dealer_id=dealer_id, kind=kind, subject_ref=subject_ref)
    membership = repo.membership(scope, person_id, key)
    if membership and membership.invitation_id < before:
        _change(scope, person_id, key, writes.drop_membership_of_invitation(person_id, membership), now=now, ids=ids)


def change_staff_role(
    scope: IdentityScope, *, person_id: str, dealer_id: str, role: Role, now: datetime, ids: Ids
) -> None:
    """What they may do as staff of the dealer from now on; sessions with the earlier role end. Again: no change.

    Raises ConflictError where the person is given another membership meanwhile: try again.
    """
    key = membership_key(dealer_id=dealer_id, kind=MembershipKind.STAFF, subject_ref=None)
    membership = repo.membership(scope, person_id, key)
    if membership and membership.role is not role:
        change = writes.change_role(person_id, membership, role)
        _change(scope, person_id, key, change, event="role_changed", now=now, ids=ids)
    if membership:
        _end_sessions_of_other_role(scope, person_id, key, role)


def _end_sessions_of_other_role(scope: IdentityScope, person_id: str, key: str, role: Role) -> None:
    """Those that a repetition finds, or that an acceptance left behind: a session has its role from when it began."""
    open_ids = [session_id for session_id, acts_for in repo.session_ids(scope, person_id) if acts_for == key]
    found = repo.sessions(scope, open_ids)
    stale = {one.session_id for one in found if one.membership and one.membership.role is not role}
    session_revocation.revoke_remaining(scope, person_id, lambda session_id, _: session_id in stale)


def end_all_sessions(scope: IdentityScope, *, email: str, now: datetime, ids: Ids) -> int:
    """Log the person out everywhere; how many sessions there were. Raises NotFoundError for nobody's email."""
    person_id = repo.person_id_of(scope, email)
    if person_id is None:
        raise NotFoundError(_UNKNOWN_EMAIL)
    count = len(repo.session_ids(scope, person_id))
    session_revocation.revoke_remaining(scope, person_id, session_revocation.every)
    repo.commit(scope, [writes.audit(person_id, "sessions_ended", now=now, ids=ids)])
    return count


def memberships_of(scope: IdentityScope, *, email: str) -> tuple[str, list[Membership]]:
    """The person's id and all that they may act for. Raises NotFoundError for nobody's email."""
    person_id = repo.person_id_of(scope, email)
    if person_id is None:
        raise NotFoundError(_UNKNOWN_EMAIL)
    return person_id, repo.memberships(scope, person_id)


def end_earlier_era(
    scope: IdentityScope, *, person_id: str, dealer_id: str, account_ref: str, era: str, now: datetime, ids: Ids
) -> None:
    """Take away a membership of the account from before `era`, with its sessions. Again, or without one: no change.

    Raises ConflictError where the person is given one of the new era meanwhile: try again.
    """
    key = membership_key(dealer_id=dealer_id, kind=MembershipKind.CUSTOMER, subject_ref=account_ref)
    membership = repo.membership(scope, person_id, key)
    # Tested control: era-ends-membership
    if membership and membership.era < era:
        _change(scope, person_id, key, writes.drop_membership_of_era(person_id, membership), now=now, ids=ids)


def _change(
    scope: IdentityScope,
    person_id: str,
    key: str,
    change: WriteItem,
    *,
    event: str = "membership_removed",
    now: datetime,
    ids: Ids,
) -> None:
    """Make the change, and end the sessions that act for the membership as it was."""

    def acts_for_it(_: str, acts_for: str | None) -> bool:
        return acts_for == key

    audit = writes.audit(person_id, event, now=now, ids=ids, membership=key)
    with session_revocation.ending(scope, person_id, acts_for_it) as ended:
        repo.commit(scope, [change, *ended, audit])


def end_sessions_at(scope: IdentityScope, *, person_id: str, dealer_id: str) -> int:
    """End the sessions in which somebody acts at a dealer, for whatever they may there; how many. Others go on."""

    def acts_there(_: str, acts_for: str | None) -> bool:
        return acts_for is not None and acts_for.startswith(f"{dealer_id}#")

    count = sum(acts_there(*one) for one in repo.session_ids(scope, person_id))
    session_revocation.revoke_remaining(scope, person_id, acts_there)
    return count
