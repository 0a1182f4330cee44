"""A mail that bounced is seen by those who can act on it.

Of a mail to a customer those are the dealer's staff, of one to staff its admins, and of one that identity sends, the
person at their next login and every dealer that knows them.
"""

from dataclasses import replace
from datetime import datetime

from chalicelib.customers.enrolment.operations import account
from chalicelib.customers.model import DirectoryEntry
from chalicelib.dealers.bounces import queries, repo
from chalicelib.dealers.bounces.model import Bounce
from chalicelib.identity import bounces as bounces_of_people
from chalicelib.identity import queries as identity
from chalicelib.identity.model import MembershipKind
from chalicelib.kernel.emails import comparable_email
from chalicelib.kernel.errors import ConflictError, NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.store.audit import audit_row
from chalicelib.store.record import Record
from chalicelib.tasks.kinds import MAIL_BOUNCED, STAFF_MAIL_BOUNCED
from chalicelib.tasks.operations import open_task
from chalicelib.tasks.queries import open_tasks_of

MAX_DEALERS = 20
"""Dealers who are notified of one mail to a person who is known to many."""


def note(scope: ImportScope, new: Bounce, *, now: datetime, ids: Ids) -> bool:
    """Keep it, with a task for the dealer's staff, or for its admins where it went to one. False where it is known."""
    known = queries.bounces_of(scope, [new.email])
    if any(one.mail_id == new.mail_id or one.is_complaint for one in known):
        return False
    audit = audit_row(
        scope,
        ids=ids,
        now=now,
        actor="mail",
        event="mail.returned",
        subject=new.account_ref,
        detail={"email": new.email, "reason": new.reason},
    )
    try:
        repo.put(scope, new, also=(audit, *_task(scope, new, now=now)))
    except ConflictError:  # another call was quicker
        return False
    return True


def note_of_person(new: Bounce, *, person_id: str = "", now: datetime, ids: Ids) -> bool:
    """A mail of identity's: the person is notified when they log in again, and dealers as of a mail of their own.

    `person_id` where the address is not the one that they log in with. False where nobody is known by it.
    """
    scope = IdentityScope()
    found = identity.person_and_memberships(scope, email=new.email, person_id=person_id)
    if found is None:
        return False
    known_as, memberships = found
    is_new = bounces_of_people.note(scope, known_as, email=new.email, kind=new.kind, mail_id=new.mail_id, now=now)
    accounts: dict[str, str] = {}
    for one in memberships:
        accounts.setdefault(one.dealer_id, "" if one.kind is MembershipKind.STAFF else one.account_ref or "")
    for dealer_id, ref in list(accounts.items())[:MAX_DEALERS]:
        is_new |= note(ImportScope(dealer_id), replace(new, account_ref=ref), now=now, ids=ids)
    return is_new


def _task(scope: ImportScope, new: Bounce, *, now: datetime) -> tuple[Record, ...]:
    """None where there is one about the address already."""
    kind = MAIL_BOUNCED if new.account_ref else STAFF_MAIL_BOUNCED
    email = comparable_email(new.email)
    if any(comparable_email(task.detail["email"]) == email for task in open_tasks_of(scope, kind)):
        return ()
    entry = _entry(scope, new.account_ref) if new.account_ref else None
    task = open_task(
        scope,
        kind=kind,
        task_id=new.mail_id,
        detail={"email": new.email, "reason": new.reason},
        now=now,
        account_ref=new.account_ref or None,
        account_name=entry.name if entry else "",
        depot=entry.depot_code if entry else None,
    )
    return (task,)


def _entry(scope: ImportScope, ref: str) -> DirectoryEntry | None:
    try:
        return account(scope, ref)
    except NotFoundError:
        return None
