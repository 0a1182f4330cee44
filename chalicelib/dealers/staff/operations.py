"""Staff are invited, and join. Each is one transaction, and safe to repeat."""

from dataclasses import replace
from datetime import datetime

from chalicelib.dealers.staff import repo
from chalicelib.dealers.staff.model import StaffMember, StaffState
from chalicelib.kernel.errors import ConflictError, NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope, TenantScope
from chalicelib.store.audit import audit_row
from chalicelib.store.outbox import outbox_item

INVITATION = "staff_invitation"


def invite_staff(
    scope: TenantScope, *, email: str, role: str, invited_by: str, again: bool = False, now: datetime, ids: Ids
) -> bool:
    """Queue an invitation. False if this email is a member, or has an open invitation and it is not `again`."""
    known = repo.members(scope)
    if any(member.email == email and member.state is StaffState.ACTIVE for member in known):
        return False
    before = next((member for member in known if member.email == email), None)
    if before and not again:
        return False
    new = StaffMember(email, role, StaffState.QUEUED, ids.ulid(now), now)
    payload = {"email": email, "role": role, "invitation_id": new.invitation_id}
    audit = audit_row(scope, ids=ids, now=now, actor=invited_by, event="staff.invited", subject=email)
    item = outbox_item(scope, kind=INVITATION, payload=payload, now=now, ids=ids)
    repo.put_invitation(scope, new, before=before, also=(audit, item))
    return True


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


def mark_returned(scope: ImportScope, *, email: str, invitation_id: str, reason: str, now: datetime, ids: Ids) -> bool:
    """The mail went out and came back. False where that is known, and as in advance_invitation.

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


def join_staff(scope: ImportScope, *, person_id: str, email: str, role: str, now: datetime, ids: Ids) -> None:
    """This person logged in as staff for the first time. Idempotent."""
    if any(member.person_id == person_id for member in repo.members(scope)):
        return
    member = StaffMember(email, role, StaffState.ACTIVE, "", now, person_id)
    audit = audit_row(scope, ids=ids, now=now, actor=person_id, event="staff.joined", subject=email)
    repo.join(scope, member, also=(audit,))


def remove_member(scope: TenantScope, *, person_id: str, actor: str, now: datetime, ids: Ids) -> StaffMember:
    """This person no longer belongs to the staff. Raises NotFoundError for nobody of it."""
    member = next((one for one in repo.members(scope) if one.person_id == person_id), None)
    if member is None:
        raise NotFoundError
    audit = audit_row(scope, ids=ids, now=now, actor=actor, event="staff.removed", subject=member.email)
    repo.leave(scope, member, also=(audit,))
    return member


def cancel_invitation(scope: TenantScope, invited: StaffMember, *, actor: str, now: datetime, ids: Ids) -> None:
    """End an open invitation: a mail that still waits is not sent. Its link is identity's, and is to be ended first.

    Raises ConflictError where it was accepted or another took its place.
    """
    audit = audit_row(scope, ids=ids, now=now, actor=actor, event="staff.invitation_cancelled", subject=invited.email)
    repo.withdraw(scope, invited, also=(audit,))
