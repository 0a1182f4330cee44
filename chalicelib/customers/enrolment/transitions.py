"""What becomes of an invitation that was queued: sent, refused, bounced, expired or accepted. Safe to repeat."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chalicelib.customers.enrolment import reminders, repo, undelivered
from chalicelib.customers.enrolment.model import OPEN, AccountUser, Enrolment, State
from chalicelib.customers.enrolment.operations import account
from chalicelib.feed.operations import feed_item
from chalicelib.feed.payloads import InvitationAccepted
from chalicelib.kernel.errors import ConflictError, NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope
from chalicelib.store.audit import audit_row
from chalicelib.store.record import Record

_MOVING = OPEN - {State.BOUNCED}
"""A bounce may be reported before the sending is recorded. It remains until another invitation is sent."""


def mark_invited(scope: ImportScope, *, ref: str, invitation_id: str, expires_at: datetime, now: datetime) -> bool:
    """The mail is sent. False where another invitation or a cancellation came in between."""
    return _advance(
        scope,
        ref,
        invitation_id,
        lambda p: replace(p, state=State.INVITED, invited_at=now, expires_at=expires_at),
        also=lambda p: reminders.due_records(scope, p, invited_at=now),
    )


def mark_reminded(scope: ImportScope, *, ref: str, invitation_id: str, expires_at: datetime) -> bool:
    """Another mail with a fresh link is sent: it works until then. False as in mark_invited."""
    return _advance(scope, ref, invitation_id, lambda p: replace(p, expires_at=expires_at))


def mark_uncertain(scope: ImportScope, *, ref: str, invitation_id: str) -> bool:
    """Nobody knows whether the mail was sent: staff see it and decide. False as in mark_invited."""
    return _advance(scope, ref, invitation_id, lambda p: replace(p, state=State.UNCERTAIN))


def mark_unsent(scope: ImportScope, *, ref: str, invitation_id: str, now: datetime) -> bool:
    """The mail service refused the address: no mail left, and staff have a task. False as in mark_invited."""
    return _advance(
        scope,
        ref,
        invitation_id,
        lambda p: replace(p, state=State.UNSENT),
        also=lambda p: (
            *undelivered.task_of(scope, p, reason=undelivered.UNSENT, now=now),
            *undelivered.noted(scope, undelivered.bounce(p, reason=undelivered.UNSENT, now=now)),
        ),
    )


def mark_bounced(
    scope: ImportScope, *, ref: str, invitation_id: str, reason: str, mail_id: str = "", now: datetime, ids: Ids
) -> bool:
    """The mail was sent and bounced: staff have a task. False where that is known, or in mark_invited's cases.

    Raises ConflictError where somebody else wrote at the same moment: try again.
    """
    before = repo.enrolment(scope, ref)
    if before is None or before.invitation_id != invitation_id or before.state not in _MOVING:
        return False
    audit = audit_row(
        scope,
        ids=ids,
        now=now,
        actor="mail",
        event="invitation.bounced",
        subject=ref,
        detail={"email": before.email, "reason": reason},
    )
    task = undelivered.task_of(scope, before, reason=reason, now=now)
    noted = undelivered.noted(scope, undelivered.bounce(before, reason=reason, mail_id=mail_id, now=now))
    repo.put(scope, replace(before, state=State.BOUNCED), before=before, also=(audit, *task, *noted))
    return True


def expire(scope: ImportScope, *, ref: str, now: datetime) -> bool:
    """Close an invitation whose time is over; False where it is not, or was answered."""
    before = repo.enrolment(scope, ref)
    if not before or before.state is not State.INVITED or not before.expires_at or before.expires_at > now:
        return False
    return _advance(scope, ref, before.invitation_id, lambda p: replace(p, state=State.EXPIRED))


def activate(scope: ImportScope, user: AccountUser, *, ref: str, ids: Ids) -> bool:
    """This person logged in for this account for the first time. Idempotent.

    False, and nothing is written, where the account has begun another era since they were invited.
    """
    before = repo.enrolment(scope, ref)
    if before and before.era != user.era:
        return False
    repo.add_user(scope, user, ref=ref)
    if before is None or before.state is State.ACTIVE:
        return True
    now, email = user.since, user.email
    audit = audit_row(
        scope, ids=ids, now=now, actor=user.person_id, event="account.activated", subject=ref, detail={"email": email}
    )
    item = feed_item(
        scope,
        InvitationAccepted(email=email),
        item_id=ids.ulid(now),
        now=now,
        account_ref=ref,
        account_name=_name(scope, ref),
    )
    active = replace(before, state=State.ACTIVE, email=email, activated_at=now)
    repo.put(scope, active, before=before, also=(audit, item))
    return True


def change_email(scope: ImportScope, *, ref: str, person_id: str, email: str, now: datetime, ids: Ids) -> None:
    """A user of the account logs in with this email from now on, and lists show it where they showed the old one.

    Repeatable; nothing happens where they are no user of it. Raises ConflictError where somebody else wrote at the same
    moment: try again.
    """
    user = next((one for one in repo.users(scope, ref) if one.person_id == person_id), None)
    if user is None or user.email == email:
        return
    before = repo.enrolment(scope, ref)
    if before and before.state is State.ACTIVE and before.email == user.email:
        repo.put(scope, replace(before, email=email), before=before)
    detail = {"before": user.email, "email": email}
    audit = audit_row(
        scope, ids=ids, now=now, actor=person_id, event="account.email_changed", subject=ref, detail=detail
    )
    repo.change_user_email(scope, user, ref=ref, email=email, also=[audit])


def _name(scope: ImportScope, ref: str) -> str:
    """The customer's name; empty where the account has gone meanwhile."""
    try:
        return account(scope, ref).name
    except NotFoundError:
        return ""


def _advance(
    scope: ImportScope,
    ref: str,
    invitation_id: str,
    change: Callable[[Enrolment], Enrolment],
    *,
    also: Callable[[Enrolment], tuple[Record, ...]] = lambda _: (),
) -> bool:
    before = repo.enrolment(scope, ref)
    if before is None or before.invitation_id != invitation_id or before.state not in _MOVING:
        return False
    try:
        repo.put(scope, change(before), before=before, also=also(before))
    except ConflictError:
        return False
    return True
