"""An invitation that bounced is a task of the staff until another is sent, or the account has another address."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from chalicelib.customers.enrolment.invitation import INVITATION
from chalicelib.customers.enrolment.model import UNDELIVERED, Enrolment
from chalicelib.customers.enrolment.operations import account
from chalicelib.customers.model import DirectoryEntry
from chalicelib.dealers.bounces import queries as bounces
from chalicelib.dealers.bounces.model import REFUSED, Bounce
from chalicelib.dealers.bounces.repo import record as bounce_record
from chalicelib.kernel.emails import comparable_email
from chalicelib.kernel.errors import ConflictError, NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope
from chalicelib.store.audit import IMPORT, audit_row
from chalicelib.store.record import Record
from chalicelib.tasks import operations as tasks
from chalicelib.tasks import queries
from chalicelib.tasks.kinds import INVITATION_UNDELIVERED
from chalicelib.tasks.model import Task

UNSENT = REFUSED


def bounce(before: Enrolment, *, reason: str, mail_id: str = "", now: datetime) -> Bounce:
    """A mail of an invitation that bounced, or was refused; `mail_id` of its outbox item, where known."""
    return Bounce(
        email=comparable_email(before.email),
        reason=reason,
        at=now,
        kind=INVITATION,
        mail_id=mail_id or before.invitation_id,
        account_ref=before.ref,
    )


def noted(scope: ImportScope, new: Bounce) -> tuple[Record, ...]:
    """What is known of the address from now on; nothing where its reader has complained before."""
    if any(one.is_complaint for one in bounces.bounces_of(scope, [new.email])):
        return ()
    return (bounce_record(scope, new),)


def task_of(scope: ImportScope, before: Enrolment, *, reason: str, now: datetime) -> tuple[Record, ...]:
    """The task, for the transaction that notes that it bounced. `repo` ends it with whatever follows.

    Empty where there is one already, or the account has another address by now. `reason` is what SES says, or UNSENT.
    """
    if before.state in UNDELIVERED:
        return ()
    entry = _entry(scope, before.ref)
    if entry and _has_other_address(entry, before.email):
        return ()
    task = tasks.open_task(
        scope,
        kind=INVITATION_UNDELIVERED,
        task_id=before.invitation_id,
        detail={"email": before.email, "reason": reason},
        now=now,
        account_ref=before.ref,
        account_name=entry.name if entry else "",
        depot=entry.depot_code if entry else None,
    )
    return (task,)


def close_corrected(scope: ImportScope, *, now: datetime, ids: Ids, short_of_time: Callable[[], bool]) -> None:
    """End the tasks about addresses that the published export no longer has. Repeatable; it may leave some."""
    for task in queries.open_tasks_of(scope, INVITATION_UNDELIVERED):
        if short_of_time():
            return
        entry = _entry(scope, task.account_ref or "")
        if entry and _has_other_address(entry, task.detail["email"]):
            _close(scope, task, entry, now=now, ids=ids)


def _close(scope: ImportScope, task: Task, entry: DirectoryEntry, *, now: datetime, ids: Ids) -> None:
    detail = {"before": task.detail["email"], "email": entry.email or ""}
    event = "invitation.address_changed"
    audit = audit_row(scope, ids=ids, now=now, actor=IMPORT, event=event, subject=entry.ref, detail=detail)
    with suppress(ConflictError):  # ended, or taken by somebody, at this moment
        tasks.end_task(scope, task, also=(audit,))


def _entry(scope: ImportScope, ref: str) -> DirectoryEntry | None:
    try:
        return account(scope, ref)
    except NotFoundError:
        return None


def _has_other_address(entry: DirectoryEntry, email: str) -> bool:
    return comparable_email(entry.email or "") != comparable_email(email)
