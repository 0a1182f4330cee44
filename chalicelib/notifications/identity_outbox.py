"""Carries identity's outbox to the dealers' side and to mailboxes. Steps repeat without harm; mails are claimed."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from ulid import ULID

from chalicelib.customers.enrolment import operations as customers
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.staff import operations as staff
from chalicelib.identity import recovery, repo
from chalicelib.identity.model import Kind, Membership, Work
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope, ImportScope, TenantScope
from chalicelib.mail import messages
from chalicelib.mail.messages import Letterhead
from chalicelib.mail.sender import Mail, MailRefusedError
from chalicelib.notifications.tools import Tools, letterhead
from chalicelib.observability import logger
from chalicelib.store.audit import audit_row
from chalicelib.store.record import Record
from chalicelib.store.roles import scoped

UNCERTAIN_AFTER = timedelta(minutes=10)
_IDENTITY = IdentityScope()


def deliver_identity_outbox(*, tools: Tools, mails: bool = True) -> int:
    """Deliver all that waits, or all but mails; how many were done. One that fails is logged and waits."""
    return sum(_deliver(work, tools) for work in repo.outbox(_IDENTITY) if mails or work.kind not in _MAILS)


def _deliver(work: Work, tools: Tools) -> bool:
    try:
        if work.kind in _MAILS:
            return _send(work, tools)
        _STEPS[work.kind](work)
        repo.forget(_IDENTITY, work)
    except Exception:  # noqa: BLE001 - the others go on, and this one is tried again
        logger.exception("identity_outbox.failed", kind=work.kind, item=work.work_id)
        return False
    return True


def _activated(work: Work) -> None:
    done, scope = work.payload, ImportScope(work.payload["dealer_id"])
    who = {"person_id": done["person_id"], "email": done["email"], "now": work.queued_at, "ids": _ids_of(work)}
    if done["kind"] == Kind.CUSTOMER:
        customers.activate(scope, ref=done["account_ref"], **who)
    else:
        staff.join_staff(scope, role=done["role"], **who)


def _audit(work: Work) -> None:
    what, scope = work.payload, ImportScope(work.payload["dealer_id"])
    row = audit_row(
        scope,
        ids=_ids_of(work),
        now=work.queued_at,
        actor=what["actor"],
        event=what["event"],
        subject=what["subject"],
        detail=what["detail"],
    )
    _put(scope, row)


@scoped
def _put(scope: ImportScope, row: Record) -> None:  # noqa: ARG001
    row.save()


def _send(work: Work, tools: Tools) -> bool:
    now = tools.clock()
    if work.claimed_at and now - work.claimed_at >= UNCERTAIN_AFTER:
        logger.error("mail.uncertain", kind=work.kind, item=work.work_id)  # who needs it asks for another
        repo.forget(_IDENTITY, work)
    if work.state != "queued" or not repo.claim(_IDENTITY, work, now):
        return False
    try:
        mail = _MAILS[work.kind](work, tools, now)
    except Exception:
        repo.release(_IDENTITY, work)  # nothing was sent
        raise
    if mail is None:
        repo.forget(_IDENTITY, work)
        return False
    return _sent(mail, work, tools)


def _sent(mail: Mail, work: Work, tools: Tools) -> bool:
    """Any other error of the sender leaves the claim: the mail may be out."""
    try:
        tools.mail.send(mail)
    except MailRefusedError as error:
        logger.warning("mail.refused", kind=work.kind, item=work.work_id, reason=str(error))
        if error.for_good:
            repo.forget(_IDENTITY, work)
        else:
            repo.release(_IDENTITY, work)
        return False
    repo.forget(_IDENTITY, work)
    return True


def _reset(work: Work, tools: Tools, now: datetime) -> Mail | None:
    """None for somebody nobody knows: the page has said the same to both."""
    made = recovery.create_reset_link(
        _IDENTITY, email=work.payload["email"], request_id=work.work_id, now=now, ids=tools.ids
    )
    if made is None:
        return None
    address = tools.link(f"/reset/{made.link.secret}")
    return messages.password_reset(tools.render, _head(made.memberships), to=made.email, link=address)


def _changed(work: Work, tools: Tools, _now: datetime) -> Mail:
    return messages.password_changed(tools.render, Letterhead(), to=work.payload["email"], link=tools.link("/forgot"))


def _head(memberships: tuple[Membership, ...]) -> Letterhead:
    """The dealer's, if the person knows one alone."""
    known = {one.dealer_id for one in memberships}
    return letterhead(dealers.dealer(TenantScope(known.pop()))) if len(known) == 1 else Letterhead()


def _ids_of(work: Work) -> Ids:
    """Ids that come out the same each time this work is done, so that a repeated row overwrites itself."""
    return Ids(random_bytes=lambda n: ULID.from_str(work.work_id).bytes[-n:])


_STEPS: Mapping[str, Callable[[Work], None]] = {"activated": _activated, "audit": _audit}
_MAILS: Mapping[str, Callable[[Work, Tools, datetime], Mail | None]] = {
    "password_reset": _reset,
    "password_changed": _changed,
}
