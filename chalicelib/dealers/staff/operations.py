"""Staff are invited, join, change their role and leave. Each is one transaction, and safe to repeat."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.dealers.staff import repo
from chalicelib.dealers.staff.model import StaffMember, StaffState
from chalicelib.dealers.staff.repo import StaffList
from chalicelib.kernel.errors import ConflictError, NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import ImportScope, TenantScope
from chalicelib.store.audit import audit_row
from chalicelib.store.outbox import outbox_item
from chalicelib.store.record import Record
from chalicelib.store.transactions import WriteItem, retry_when_refused

INVITATION = "staff_invitation"
MEMBER_CHANGED = "staff_changed"
"""Somebody left, or has another role: identity's side follows."""


def invite_staff(
    scope: TenantScope, *, email: str, role: Role, invited_by: str, again: bool = False, now: datetime, ids: Ids
) -> bool:
    """Queue an invitation. False if this email is a member, or has an open invitation and it is not `again`."""
    seen = repo.staff_list(scope)
    if any(member.email == email and member.state is StaffState.ACTIVE for member in seen.members):
        return False
    before = next((member for member in seen.members if member.email == email), None)
    if before is None:
        add_invitation(scope, email=email, role=role, invited_by=invited_by, seen=seen, now=now, ids=ids)
        return True
    if again:
        resend_invitation(scope, before, role=role, invited_by=invited_by, now=now, ids=ids)
    return again


def add_invitation(
    scope: TenantScope, *, email: str, role: Role, invited_by: str, seen: StaffList, now: datetime, ids: Ids
) -> StaffMember:
    """Queue an invitation to an email that has none. Raises ConflictError where the list is not the one `seen`."""
    new = StaffMember(email, role, StaffState.QUEUED, ids.ulid(now), now)
    repo.add_invitation(scope, new, seen=seen, also=_queued(scope, new, invited_by=invited_by, now=now, ids=ids))
    return new


def resend_invitation(
    scope: TenantScope,
    before: StaffMember,
    *,
    role: Role,
    invited_by: str,
    provided: Iterable[WriteItem] = (),
    now: datetime,
    ids: Ids,
) -> None:
    """Queue another in the place of an open one, whose link ends. Raises ConflictError where it is not `before`.

    The same where one of the checks in `provided` fails.
    """
    new = StaffMember(before.email, role, StaffState.QUEUED, ids.ulid(now), now)
    also = _queued(scope, new, invited_by=invited_by, again=True, now=now, ids=ids)
    repo.put_invitation(scope, new, before=before, also=also, provided=provided)


def advance_invitation(
    scope: ImportScope, *, email: str, invitation_id: str, state: StaffState, expires_at: datetime | None = None
) -> bool:
    """What became of the mail. False where it was accepted or another invitation came in between."""
    before = repo.invitation(scope, email)
    if before is None or before.invitation_id != invitation_id or before.state is StaffState.BOUNCED:
        return False  # a bounce may be reported before the sending is recorded, and remains
    try:
        repo.put_invitation(scope, replace(before, state=state, expires_at=expires_at), before=before)
    except ConflictError:
        return False
    return True


def mark_bounced(scope: ImportScope, *, email: str, invitation_id: str, reason: str, now: datetime, ids: Ids) -> bool:
    """The mail was sent and bounced. False where that is known, and as in advance_invitation.

    Raises ConflictError where somebody else wrote at the same moment: try again.
    """
    before = repo.invitation(scope, email)
    if before is None or before.invitation_id != invitation_id or before.state is StaffState.BOUNCED:
        return False
    audit = audit_row(
        scope, ids=ids, now=now, actor="mail", event="staff.bounced", subject=email, detail={"reason": reason}
    )
    repo.put_invitation(scope, replace(before, state=StaffState.BOUNCED), before=before, also=(audit,))
    return True


def join_staff(
    scope: ImportScope,
    *,
    person_id: str,
    email: str,
    role: Role,
    invited: StaffMember | None = None,
    now: datetime,
    ids: Ids,
) -> None:
    """This person logged in as staff for the first time. Idempotent.

    Raises ConflictError where their invitation is not `invited` any more.
    """
    if any(member.person_id == person_id for member in repo.members(scope)):
        return
    member = StaffMember(email, role, StaffState.ACTIVE, invited.invitation_id if invited else "", now, person_id)
    audit = audit_row(scope, ids=ids, now=now, actor=person_id, event="staff.joined", subject=email)
    repo.join(scope, member, invited=invited, also=(audit,))


def change_role(
    scope: TenantScope, member: StaffMember, *, role: Role, actor: str, seen: StaffList, now: datetime, ids: Ids
) -> None:
    """Callers notify the outbox at once, by which identity's side follows. Raises ConflictError as add_invitation."""
    also = [_changed(scope, member, now=now, ids=ids)]  # also for the same role: identity's side may differ
    if member.role is not role:
        detail = {"before": member.role.value, "role": role.value}
        audit = audit_row(
            scope, ids=ids, now=now, actor=actor, event="staff.role_changed", subject=member.email, detail=detail
        )
        also.append(audit)
    repo.change_member(scope, replace(member, role=role), seen=seen, also=also)


def change_email(scope: TenantScope, *, person_id: str, email: str, now: datetime, ids: Ids) -> None:
    """They log in with this one from now on. Repeatable; nothing happens where they are not on the list."""

    def change() -> None:
        seen = repo.staff_list(scope)
        member = next((one for one in seen.members if one.person_id == person_id), None)
        if member is None or member.email == email:
            return
        detail = {"before": member.email, "email": email}
        audit = audit_row(
            scope, ids=ids, now=now, actor=person_id, event="staff.email_changed", subject=email, detail=detail
        )
        repo.change_member(scope, replace(member, email=email), seen=seen, also=(audit,))

    retry_when_refused(change)


def remove_member(scope: TenantScope, *, person_id: str, actor: str, now: datetime, ids: Ids) -> StaffMember:
    """This person no longer belongs to the staff, whatever their role. Raises NotFoundError for nobody of it."""

    def remove() -> StaffMember:
        seen = repo.staff_list(scope)
        member = next((one for one in seen.members if one.person_id == person_id), None)
        if member is None:
            raise NotFoundError
        leave(scope, member, actor=actor, seen=seen, now=now, ids=ids)
        return member

    return retry_when_refused(remove)


def leave(
    scope: TenantScope,
    member: StaffMember,
    *,
    actor: str,
    seen: StaffList,
    also: Iterable[Record] = (),
    now: datetime,
    ids: Ids,
) -> None:
    """Take a member off the list. Callers notify the outbox at once. Raises ConflictError as add_invitation."""
    audit = audit_row(scope, ids=ids, now=now, actor=actor, event="staff.removed", subject=member.email)
    repo.leave(scope, member, seen=seen, also=(audit, _changed(scope, member, now=now, ids=ids), *also))


def cancel_invitation(
    scope: TenantScope,
    invited: StaffMember,
    *,
    actor: str,
    provided: Iterable[WriteItem] = (),
    now: datetime,
    ids: Ids,
) -> None:
    """End an open invitation: a mail that still waits is not sent. Its link is identity's, and is to be ended first.

    Raises ConflictError where it was accepted or another took its place.
    """
    audit = audit_row(scope, ids=ids, now=now, actor=actor, event="staff.invitation_cancelled", subject=invited.email)
    repo.withdraw(scope, invited, also=(audit,), provided=provided)


def _queued(
    scope: TenantScope, new: StaffMember, *, invited_by: str, again: bool = False, now: datetime, ids: Ids
) -> tuple[Record, Record]:
    detail = {"role": new.role.value, **({"again": True} if again else {})}
    audit = audit_row(
        scope, ids=ids, now=now, actor=invited_by, event="staff.invited", subject=new.email, detail=detail
    )
    payload = {"email": new.email, "role": new.role.value, "invitation_id": new.invitation_id}
    return audit, outbox_item(scope, kind=INVITATION, payload=payload, now=now, ids=ids)


def _changed(scope: TenantScope, member: StaffMember, *, now: datetime, ids: Ids) -> Record:
    return outbox_item(
        scope, kind=MEMBER_CHANGED, payload={"person_id": member.person_id, "email": member.email}, now=now, ids=ids
    )
