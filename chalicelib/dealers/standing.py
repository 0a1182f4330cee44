"""The operator suspends a dealer's portal and ends that; the dealer leaves, and its data are to be deleted."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from chalicelib.dealers import repo
from chalicelib.dealers.model import Profile, Suspension
from chalicelib.dealers.queries import forget_settings
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import OperatorScope, TenantScope
from chalicelib.kernel.texts import visible
from chalicelib.store.audit import AuditRow, audit_row
from chalicelib.store.outbox import outbox_item
from chalicelib.store.record import Record
from chalicelib.store.transactions import Put

CLOSING_NOTICE = "dealer_closing"
TERM, SHORTEST_TERM, LONGEST_TERM = 30, 7, 365
"""Days between the request to close a dealer and the deletion of its data."""


def suspend(
    operator: OperatorScope, scope: TenantScope, *, reason: str, contact: str, now: datetime, ids: Ids
) -> Suspension:
    """Nobody uses the dealer's portal from within 5 seconds on. Suspended already: with this reason from now on.

    Settings come first and the operator's list follows; again completes what a crash left. Raises InvalidError,
    NotFoundError, and ConflictError where the settings change at the same moment.
    """
    try:
        new = Suspension(since=now, reason=_line(reason), contact=_line(contact))
    except ValidationError as error:
        wrong = {str(one["loc"][-1]): one["msg"] for one in error.errors()}
        raise InvalidError(_("The portal cannot be suspended so"), wrong) from None

    def change(before: Profile) -> Profile:
        same = before.suspension and replace(before.suspension, since=now) == new
        return before if same else replace(before, suspension=new)

    _change(operator, scope, change, "dealer.suspended", {"reason": new.reason}, now=now, ids=ids)
    return new


def resume(operator: OperatorScope, scope: TenantScope, *, now: datetime, ids: Ids) -> bool:
    """End the suspension; whether there was one. Raises ConflictError where the dealer is being closed."""

    def change(before: Profile) -> Profile:
        if before.closing:
            raise ConflictError(_("The portal is to be closed. Withdraw that first"))
        return replace(before, suspension=None)

    return _change(operator, scope, change, "dealer.resumed", {}, now=now, ids=ids).suspension is not None


def _line(text: str) -> str:
    return " ".join(visible(text).split())


def _change(
    operator: OperatorScope,
    scope: TenantScope,
    change: Callable[[Profile], Profile],
    event: str,
    detail: Mapping[str, Any],
    *,
    notice: Mapping[str, Any] | None = None,
    now: datetime,
    ids: Ids,
) -> Profile:
    """The settings before. They are not written where they stay; the operator's list is, after them."""
    changed: list[Profile] = []

    def noted(before: Profile) -> Profile:
        changed.append(change(before))
        return changed[-1]

    def audit(before: Profile) -> AuditRow:
        return audit_row(scope, ids=ids, now=now, actor=operator.actor, event=event, subject=before.slug, detail=detail)

    also: list[Record] = []
    if notice is not None:
        also.append(outbox_item(scope, kind=CLOSING_NOTICE, payload=notice, now=now, ids=ids))
    before = repo.change_profile(scope, noted, audit, also=[Put(one) for one in also])
    repo.mark_suspended(operator, scope.dealer_id, suspended=bool(changed[-1].suspended))
    forget_settings(scope)
    return before
