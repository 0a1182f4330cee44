"""What becomes of an invitation of a colleague: sent, refused, bounced or accepted. Safe to repeat."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from chalicelib.customers.colleagues import removal, repo
from chalicelib.customers.colleagues.model import GONE, OPEN, Grant, State, admins, colleagues, invitation_key
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment import transitions as enrolment
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.customers.enrolment.queries import current_era
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope
from chalicelib.store.audit import audit_row
from chalicelib.store.outbox import outbox_item

JOINED = "colleague_joined"


class Joining(StrEnum):
    """Whether somebody who has logged in for an account for the first time is a user of it now."""

    JOINED = "joined"
    COLLEAGUE = "colleague"  # invited by a colleague or as one: the admins are notified
    ERA_OVER = "era_over"
    WITHDRAWN = "withdrawn"


def invited(scope: ImportScope, *, ref: str, invitation_id: str) -> Grant | None:
    """The invitation, while it is open."""
    found = repo.grant(scope, ref, invitation_key(invitation_id))
    return found if found and found.state in OPEN else None


def advance(
    scope: ImportScope, *, ref: str, invitation_id: str, state: State, expires_at: datetime | None = None
) -> bool:
    """What became of the mail. False where it was answered or withdrawn meanwhile."""
    before = invited(scope, ref=ref, invitation_id=invitation_id)
    if before is None or before.state is State.BOUNCED:
        return False  # a bounce may be reported before the sending is recorded, and remains
    return _put(scope, replace(before, state=state, expires_at=expires_at or before.expires_at), ref=ref)


def mark_bounced(scope: ImportScope, *, ref: str, invitation_id: str, reason: str, now: datetime, ids: Ids) -> bool:
    """The mail was sent and bounced. False where that is known, and as in advance.

    Raises ConflictError where somebody else wrote at the same moment: try again.
    """
    before = invited(scope, ref=ref, invitation_id=invitation_id)
    if before is None or before.state is State.BOUNCED:
        return False
    detail = {"email": before.email, "reason": reason}
    audit = audit_row(scope, ids=ids, now=now, actor="mail", event="colleague.bounced", subject=ref, detail=detail)
    repo.put(scope, replace(before, state=State.BOUNCED), ref=ref, seen=None, also=[audit])
    return True


def join(scope: ImportScope, user: AccountUser, *, ref: str, ids_of: Callable[[str], Ids]) -> Joining:
    """This person logged in for this account for the first time, by the invitation of the dealer or of a colleague.

    Admins of the account are notified of a colleague. Repeatable. Raises ConflictError where the invitation changes, or
    another era begins, at the same moment: try again. `ids_of` makes those of one thing, the same each time.
    """
    found = repo.grant(scope, ref, invitation_key(user.invitation_id)) if user.invitation_id else None
    # Tested control: withdrawn-invitation-joins-nobody
    if found and found.state in GONE:
        return Joining.WITHDRAWN
    if found and found.state in OPEN:
        if current_era(scope, ref) != user.era:
            return Joining.ERA_OVER
        _accept(scope, found, user, ref=ref, ids_of=ids_of)
    if not enrolment.activate(scope, user, ref=ref, ids=ids_of("")):
        return Joining.ERA_OVER
    return Joining.COLLEAGUE if found else Joining.JOINED


def _accept(scope: ImportScope, found: Grant, user: AccountUser, *, ref: str, ids_of: Callable[[str], Ids]) -> None:
    now = user.since
    people = colleagues(repo.grants(scope, ref).by_key.values(), enrolments.users(scope, ref), user.era)
    audit = audit_row(
        scope,
        ids=ids_of("joined"),
        now=now,
        actor=user.person_id,
        event="colleague.joined",
        subject=ref,
        detail={"email": user.email, "level": found.rights.role.value},
    )
    mails = [
        outbox_item(
            scope,
            kind=JOINED,
            payload={"account_ref": ref, "era": user.era, "email": one.email, "colleague": user.email},
            now=now,
            ids=ids_of(one.person_id),
        )
        for one in admins(people)
        if one.person_id != user.person_id
    ]
    active = replace(found, state=State.ACTIVE, person_id=user.person_id, email=user.email)
    own_era = enrolments.in_era(scope, ref, user.era)
    repo.put(scope, active, ref=ref, seen=None, also=[audit, *mails], provided=[own_era])


def end_withdrawn_membership(
    scope: ImportScope, *, ref: str, person_id: str, before: str, now: datetime, ids: Ids
) -> None:
    """Of somebody who accepted an invitation that was withdrawn at the same moment."""
    removal.end_membership_of(scope, ref=ref, person_id=person_id, before=before, now=now, ids=ids)


def _put(scope: ImportScope, new: Grant, *, ref: str) -> bool:
    try:
        repo.put(scope, new, ref=ref, seen=None)
    except ConflictError:
        return False
    return True
