"""The operator suspends a dealer's portal and ends that; the dealer leaves, and its data are to be deleted."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from chalicelib.dealers import repo
from chalicelib.dealers.lifecycle_model import CheckedExport, Closing, Suspension
from chalicelib.dealers.model import Dealer, Profile
from chalicelib.dealers.queries import forget_settings
from chalicelib.dealers.staff import repo as staff
from chalicelib.dealers.staff.model import StaffState
from chalicelib.kernel.clock import local_date
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import OperatorScope, TenantScope
from chalicelib.kernel.texts import visible
from chalicelib.store.audit import AuditRow, audit_row, put_audit_row
from chalicelib.store.outbox import outbox_item
from chalicelib.store.record import Record
from chalicelib.store.transactions import Put

CLOSING_NOTICE = "dealer_closing"
TERM, MIN_TERM, MAX_TERM = 30, 7, 365
"""Days between the request to close a dealer and the deletion of its data."""
MAX_MAILED = 90
"""Admins who are mailed in one transaction."""


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

    _change(operator, scope, change, event="dealer.suspended", detail={"reason": new.reason}, now=now, ids=ids)
    return new


def resume(operator: OperatorScope, scope: TenantScope, *, now: datetime, ids: Ids) -> bool:
    """End the suspension; whether there was one. Raises ConflictError where the dealer is being closed."""

    def change(before: Profile) -> Profile:
        if before.closing:
            raise ConflictError(_("The portal is to be closed. Withdraw that first"))
        return replace(before, suspension=None)

    return _change(operator, scope, change, event="dealer.resumed", detail={}, now=now, ids=ids).suspension is not None


def request_closing(
    operator: OperatorScope, scope: TenantScope, *, slug: str, days: int, contact: str, now: datetime, ids: Ids
) -> Closing:
    """The dealer leaves: its portal is suspended from now on, and `days` later its data may be deleted.

    Suspended rather than read-only, so that an export that is made from now on has everything: nothing is written any
    more, and nobody goes on paying by figures that no export corrects. `slug` is typed as a confirmation. Its admins
    are mailed. Raises InvalidError, NotFoundError, and ConflictError where it is to be closed already.
    """
    dealer = _the(scope)
    if slug != dealer.slug:
        wrong = _("Type the portal's address, %(slug)s, to confirm", slug=dealer.slug)
        raise InvalidError(_("The dealer is not closed"), {"confirm": wrong})
    if not MIN_TERM <= days <= MAX_TERM:
        wrong = _("Give %(least)s to %(most)s days", least=MIN_TERM, most=MAX_TERM)
        raise InvalidError(_("The dealer is not closed"), {"days": wrong})
    try:
        new = Closing(
            requested_at=now,
            deletes_on=local_date(now, dealer.time_zone) + timedelta(days=days),
            contact=_line(contact),
        )
    except ValidationError as error:
        wrongs = {str(one["loc"][-1]): one["msg"] for one in error.errors()}
        raise InvalidError(_("The dealer is not closed"), wrongs) from None

    def change(before: Profile) -> Profile:
        if before.closing:
            day = before.closing.deletes_on.isoformat()
            raise ConflictError(_("The dealer is to be closed already: its data are kept until %(day)s", day=day))
        return replace(before, closing=new)

    detail = {"day": new.deletes_on.isoformat()}
    notice = {**detail, "contact": new.contact}
    _change(operator, scope, change, event="dealer.closing_requested", detail=detail, notice=notice, now=now, ids=ids)
    return new


def withdraw_closing(operator: OperatorScope, scope: TenantScope, *, now: datetime, ids: Ids) -> bool:
    """The dealer stays; whether it was to be closed. A suspension from before goes on. Its admins are mailed.

    Raises NotFoundError, and ConflictError once its data are being deleted.
    """
    dealer = _the(scope)

    def change(before: Profile) -> Profile:
        # Tested control: deletion-not-withdrawn
        if before.closing and before.closing.deleting_since:
            raise ConflictError(_("The dealer's data are being deleted already"))
        return replace(before, closing=None)

    notice = {"day": "", "contact": dealer.operators_contact}
    before = _change(
        operator, scope, change, event="dealer.closing_withdrawn", detail={}, notice=notice, now=now, ids=ids
    )
    return before.closing is not None


def note_made(
    operator: OperatorScope, scope: TenantScope, *, records: int, files: int, now: datetime, ids: Ids
) -> None:
    """An export of everything was made, checked or not yet."""
    detail = {"records": records, "files": files}
    row = audit_row(scope, ids=ids, now=now, actor=operator.actor, event="dealer.exported", subject="", detail=detail)
    put_audit_row(scope, row)


def note_export(operator: OperatorScope, scope: TenantScope, export: CheckedExport, *, now: datetime, ids: Ids) -> None:
    """An export of everything was read again and found whole: without one nothing is deleted.

    Raises ConflictError for a dealer that is not to be closed, and for an export from before that was said.
    """

    def change(before: Profile) -> Profile:
        if before.closing is None:
            raise ConflictError(_("The dealer is not to be closed"))
        # Tested control: export-after-request
        if export.made_at < before.closing.requested_at:
            raise ConflictError(_("The export is older than the request to close the dealer. Make another"))
        same = before.closing.export and before.closing.export.digest == export.digest
        return before if same else replace(before, closing=replace(before.closing, export=export))

    _change(operator, scope, change, event="dealer.export_checked", detail={"digest": export.digest}, now=now, ids=ids)


def begin_deletion(
    operator: OperatorScope, scope: TenantScope, *, without_export: bool = False, now: datetime, ids: Ids
) -> None:
    """From here on it cannot be withdrawn. Again changes nothing.

    Raises ConflictError for a dealer that is not to be closed, before its day, and without an export that was checked.
    """
    dealer = _the(scope)
    today = local_date(now, dealer.time_zone)

    def change(before: Profile) -> Profile:
        closing = before.closing
        if closing is None:
            raise ConflictError(_("The dealer is not to be closed"))
        if closing.deleting_since:
            return before
        # Tested control: deletion-after-term
        if today < closing.deletes_on:
            raise ConflictError(_("Its data are kept until %(day)s", day=closing.deletes_on.isoformat()))
        # Tested control: deletion-needs-export
        if closing.export is None and not without_export:
            raise ConflictError(_("There is no export that was checked"))
        return replace(before, closing=replace(closing, deleting_since=now))

    _change(operator, scope, change, event="dealer.deletion_begun", detail={}, now=now, ids=ids)


def is_due(closing: Closing | None, today: date) -> bool:
    """Whether the term of a dealer that leaves is over."""
    return closing is not None and closing.deletes_on <= today


def _the(scope: TenantScope) -> Dealer:
    found = repo.dealer(scope)
    if found is None:
        raise NotFoundError
    return found


def _admins(scope: TenantScope) -> list[str]:
    members = staff.members(scope)
    return [one.email for one in members if one.role is Role.ADMIN and one.state is StaffState.ACTIVE][:MAX_MAILED]


def _line(text: str) -> str:
    return " ".join(visible(text).split())


def _change(
    operator: OperatorScope,
    scope: TenantScope,
    change: Callable[[Profile], Profile],
    *,
    event: str,
    detail: Mapping[str, Any],
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
    for email in _admins(scope) if notice is not None else ():
        payload = {**(notice or {}), "email": email}
        also.append(outbox_item(scope, kind=CLOSING_NOTICE, payload=payload, now=now, ids=ids))
    before = repo.change_profile(scope, noted, audit, also=[Put(one) for one in also])
    repo.mark_suspended(operator, scope.dealer_id, suspended=bool(changed[-1].suspended))
    forget_settings(scope)
    return before
