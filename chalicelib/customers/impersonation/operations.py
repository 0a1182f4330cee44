"""Staff begin and stop to see the portal as a customer does; the account's audit trail says both, and why."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from chalicelib.customers import queries
from chalicelib.customers.impersonation import repo
from chalicelib.customers.impersonation.model import LIFE, MAX_PER_DAY, MAX_REASON, MIN_REASON, Impersonation
from chalicelib.identity import rate_limits
from chalicelib.identity.rate_limits import DAY, Attempt, Limit
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import DealerScope, IdentityScope
from chalicelib.kernel.texts import visible
from chalicelib.store.audit import AuditRow, audit_row, put_audit_row
from chalicelib.store.record import Record

LOOKS = Limit("see-as.account", MAX_PER_DAY, DAY)


def begin_impersonation(
    scope: DealerScope, *, ref: str, reason: str, session_id: str, now: datetime, ids: Ids
) -> Impersonation:
    """Until `expires_at` or the end of the session. Another account ends the one before.

    The accounts that it is the master of are seen too, so the trail of each says the same, before the look begins.
    Raises NotFoundError for an account that is not there, InvalidError on `reason`, TooManyError.
    """
    found = queries.staff_account(scope, ref)
    new = Impersonation(scope.dealer_id, ref, found.row.entry.name, found.era, _checked(reason), session_id, now + LIFE)
    subject = f"{scope.dealer_id}\n{scope.person_id}\n{ref}"
    # Tested control: looks-limited
    rate_limits.consume(IdentityScope(), (Attempt(LOOKS, subject),), now=now)
    detail = {"reason": new.reason, "until": new.expires_at.isoformat()}
    audit = _viewed(scope, ref, detail, now=now, ids=ids)
    # Tested control: looks-name-the-group
    for member in sorted(queries.account_group(scope, found.published, ref) - {ref}):
        put_audit_row(scope, _viewed(scope, member, {**detail, "master": ref}, now=now, ids=ids))
    before = repo.impersonation(scope)
    runs = before and before.expires_at > now and not before.stopped
    ended = _ended(scope, before, now=now, ids=ids) if before and runs else ()
    repo.put(scope, new, also=(audit, *ended))
    return new


def end_impersonation(scope: DealerScope, *, now: datetime, ids: Ids) -> None:
    """Again, or without one: no change."""
    found = repo.impersonation(scope)
    if found is None or found.stopped:
        return
    with suppress(ConflictError):  # ended by another click
        repo.stop(scope, found, also=_ended(scope, found, now=now, ids=ids))


def _viewed(scope: DealerScope, ref: str, detail: Mapping[str, str], *, now: datetime, ids: Ids) -> AuditRow:
    actor = scope.person_id
    return audit_row(scope, ids=ids, now=now, actor=actor, event="access.viewed", subject=ref, detail=detail)


def _ended(scope: DealerScope, impersonation: Impersonation, *, now: datetime, ids: Ids) -> tuple[Record]:
    return (
        audit_row(
            scope,
            ids=ids,
            now=now,
            actor=scope.person_id,
            event="access.view_ended",
            subject=impersonation.account_ref,
        ),
    )


def _checked(reason: str) -> str:
    if len(reason) > MAX_REASON:
        text = _("Give a reason of at most %(most)s characters", most=MAX_REASON)
        raise InvalidError(text, {"reason": text})
    text = " ".join(visible(reason).split())
    if len(text) < MIN_REASON:
        said = _("Say why: the customer can read it")
        raise InvalidError(said, {"reason": said})
    return text
