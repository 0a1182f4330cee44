"""A change of the email address that waits for its link to be opened: shown, sent again, cancelled.

Another password ends it.
"""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.identity import rate_limits, repo, tokens
from chalicelib.identity.model import Session, WaitingEmail
from chalicelib.identity.rate_limits import DAY, Attempt, Limit
from chalicelib.identity.repo import writes
from chalicelib.kernel.errors import NotFoundError, PortalError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store.transactions import WriteItem

CHANGES = Limit("email.change", 5, DAY)
TO_ADDRESS = Limit("email.change_to", 3, DAY)
"""Links that one person has sent to one address."""
ALL_TO_ADDRESS = Limit("email.change_to.all", 10, DAY)
"""Mails to one address that has been typed, by anybody: past these the answer is the same, and none is sent."""
NONE_WAITS = lazy_gettext("No change of your email address is waiting any longer")


def subject(person_id: str) -> str:
    """What its link is for: a newer one replaces it, whichever address that goes to."""
    return tokens.subject(tokens.EMAIL, person_id)


def ended_change(scope: IdentityScope, person_id: str, *, now: datetime, ids: Ids) -> tuple[WriteItem, ...]:
    """The items that end it, also where its mail is yet to be composed."""
    return (writes.drop_waiting_email(person_id), *cancelled(scope, subject(person_id), now=now, ids=ids))


def waiting_email(scope: IdentityScope, person_id: str, now: datetime) -> WaitingEmail | None:
    """The address that waits, the same whether it is somebody's already."""
    found = repo.waiting_email(scope, person_id)
    return found if found and found.expires_at > now else None


def resend_link(scope: IdentityScope, *, session: Session, now: datetime, ids: Ids) -> str:
    """Mail the link once more, which ends the one before; to whom.

    Raises NotFoundError, TooManyError, and ConflictError where it was just cancelled.
    """
    found = waiting_email(scope, session.person_id, now)
    if found is None:
        raise NotFoundError(NONE_WAITS)
    rate_limits.consume(scope, attempts(session.person_id, found.email), now=now)
    changes = [
        writes.extend_waiting_email(session.person_id, found.email, now + tokens.EMAIL_LIFE),
        writes.audit(session.person_id, "email_change_resent", now=now, ids=ids, address=session.address),
    ]
    commit_with_link(
        scope, changes, person_id=session.person_id, before=session.email, email=found.email, now=now, ids=ids
    )
    return found.email


def commit_with_link(
    scope: IdentityScope,
    changes: Iterable[WriteItem],
    *,
    person_id: str,
    before: str,
    email: str,
    now: datetime,
    ids: Ids,
) -> None:
    """Write `changes`, and have the link mailed to `email`, unless as many mails as it takes went there today."""
    count = Attempt(ALL_TO_ADDRESS, email)
    # Tested control: email-change-mails-limited
    is_sent = rate_limits.is_within(scope, count, now=now)
    payload = {"person_id": person_id, "before": before, "email": email}
    if is_sent:
        made: tuple[WriteItem, ...] = (writes.outbox_item("email_change", payload, now=now, ids=ids),)
    else:
        made = _ended_other(scope, person_id, email, now=now, ids=ids)
    try:
        repo.commit(scope, [*changes, *made])
    except PortalError:
        if is_sent:
            rate_limits.refund(scope, (count,), now=now)
        raise


def _ended_other(scope: IdentityScope, person_id: str, email: str, *, now: datetime, ids: Ids) -> tuple[WriteItem, ...]:
    """A link to another address works no more, as if one to this were on its way."""
    before = waiting_email(scope, person_id, now)
    return cancelled(scope, subject(person_id), now=now, ids=ids) if before and before.email != email else ()


def cancel_change(scope: IdentityScope, *, session: Session, now: datetime, ids: Ids) -> None:
    """Its link no longer works. Raises NotFoundError, and ConflictError where it was just asked for once more."""
    if waiting_email(scope, session.person_id, now) is None:
        raise NotFoundError(NONE_WAITS)
    changes = [
        *ended_change(scope, session.person_id, now=now, ids=ids),
        writes.audit(session.person_id, "email_change_cancelled", now=now, ids=ids, address=session.address),
    ]
    repo.commit(scope, changes)


def attempts(person_id: str, email: str) -> tuple[Attempt, ...]:
    """What a link to an address counts against."""
    # Tested control: email-change-address-by-person
    return (Attempt(CHANGES, person_id), Attempt(TO_ADDRESS, f"{person_id}\n{email}"))


def cancelled(scope: IdentityScope, of: str, *, now: datetime, ids: Ids) -> tuple[WriteItem, ...]:
    """The items that end the link of a subject, and those of requests until now."""
    current = repo.active_link(scope, of)
    newest = max(ids.ulid(now), current.request_id if current else "")
    return writes.cancel_link(subject=of, request_id=newest, link_hash=current.link_hash if current else None, now=now)
