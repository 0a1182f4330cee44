"""A document is asked for, reminded of, noted as overdue, and cancelled or ended; each is one transaction."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import DealerScope, ImportScope, TenantScope
from chalicelib.store.audit import IMPORT, AuditRow, audit_row
from chalicelib.store.outbox import outbox_item
from chalicelib.store.record import Record
from chalicelib.store.transactions import WriteItem, retry_when_refused
from chalicelib.tasks.kinds import DOCUMENT_OVERDUE
from chalicelib.tasks.operations import close_task, open_task
from chalicelib.uploads.document_requests import repo
from chalicelib.uploads.document_requests.model import MAX_OPEN, DocumentRequest, RequestState

ASKED, REMINDED = "document_requested", "document_reminder"
"""The mails to the customer."""
CLOCK = "system"
"""The actor of what a clock decides."""
_EVENTS = {RequestState.CANCELLED: "request.cancelled", RequestState.ENDED: "request.ended"}
CLOSED = lazy_gettext("This is no longer requested. Nothing has changed.")


def ask(
    scope: DealerScope, new: DocumentRequest, *, emails: Iterable[str], provided: WriteItem, now: datetime, ids: Ids
) -> None:
    """Ask the customer, who is notified at each of `emails`. Callers notify the outbox.

    `provided` holds while the account is in the era of the request. Raises InvalidError beyond MAX_OPEN, ConflictError
    where the account was given to another customer at this moment.
    """

    def write() -> None:
        newest = repo.newest_id(scope, new.account_ref)  # first: what is asked for after it refuses this one
        asked = [one for one in repo.open_requests(scope, new.account_ref) if one.era == new.era]
        # Tested control: open-document-requests-limited
        if len(asked) >= MAX_OPEN:
            raise InvalidError(
                _("This customer has %(max)s open requests already. Cancel one that is not needed.", max=MAX_OPEN)
            )
        also: list[Record] = [_audit(scope, new, "request.asked", actor=new.asked_by, now=now, ids=ids)]
        also += [_mail(scope, ASKED, new, email, now=now, ids=ids) for email in emails]
        repo.put(scope, new, newest=newest, provided=(provided,), also=also)

    retry_when_refused(write)


def cancel(scope: DealerScope, *, account_ref: str, request_id: str, now: datetime, ids: Ids) -> DocumentRequest:
    """Staff need it no more, and the customer sees it no more. Repeatable.

    Raises NotFoundError, and ConflictError where it was closed otherwise.
    """
    return _close(scope, account_ref, request_id, RequestState.CANCELLED, by=scope.person_id, now=now, ids=ids)


def end_earlier(scope: ImportScope, *, account_ref: str, era: str, now: datetime, ids_of: Callable[[str], Ids]) -> None:
    """The account is another customer's since `era`: of the earlier one nothing is wanted any more. Repeatable.

    `ids_of` gives the ids to use for a request's id.
    """
    for request in repo.open_requests(scope, account_ref):
        if request.era < era:
            request_id = request.request_id
            _close(scope, account_ref, request_id, RequestState.ENDED, by=IMPORT, now=now, ids=ids_of(request_id))


def remind(scope: ImportScope, request: DocumentRequest, *, emails: Iterable[str], now: datetime, ids: Ids) -> None:
    """The customer is reminded of an open request, once. Raises TransactionRefusedError where it changed meanwhile."""
    after = replace(request, remind_on=None)
    also: list[Record] = [_audit(scope, request, "request.reminded", actor=CLOCK, now=now, ids=ids)]
    also += [_mail(scope, REMINDED, request, email, now=now, ids=ids) for email in emails]
    repo.change(scope, request, after, also=also)


def note_overdue(scope: ImportScope, request: DocumentRequest, *, now: datetime, ids: Ids) -> None:
    """Staff get a task, since the day of an open request has passed. Raises TransactionRefusedError as above."""
    task = open_task(
        scope,
        kind=DOCUMENT_OVERDUE,
        task_id=request.request_id,
        detail={"title": request.title},
        now=now,
        account_ref=request.account_ref,
        account_name=request.account_name,
        depot=request.depot,
    )
    row = _audit(scope, request, "request.overdue", actor=CLOCK, now=now, ids=ids)
    repo.change(scope, request, replace(request, is_noted=True), also=(task, row))


def _close(
    scope: TenantScope,
    account_ref: str,
    request_id: str,
    state: RequestState,
    *,
    by: str,
    now: datetime,
    ids: Ids,
) -> DocumentRequest:
    def write() -> DocumentRequest:
        before = repo.request(scope, account_ref, request_id)
        if before is None:
            raise NotFoundError
        if before.state is state:
            return before
        if not before.is_open:
            raise ConflictError(CLOSED)
        after = before.closed(state, by=by, now=now)
        writes = [close_task(scope, kind=DOCUMENT_OVERDUE, task_id=request_id)] if before.is_noted else []
        row = _audit(scope, before, _EVENTS[state], actor=by, now=now, ids=ids)
        repo.change(scope, before, after, writes=writes, also=(row,))
        return after

    return retry_when_refused(write)


def _mail(scope: TenantScope, kind: str, request: DocumentRequest, email: str, *, now: datetime, ids: Ids) -> Record:
    payload = {"account_ref": request.account_ref, "request_id": request.request_id, "email": email}
    return outbox_item(scope, kind=kind, payload=payload, now=now, ids=ids, bulk=kind == REMINDED)


def _audit(
    scope: TenantScope, request: DocumentRequest, event: str, *, actor: str, now: datetime, ids: Ids
) -> AuditRow:
    detail = {"request": request.request_id, "title": request.title}
    return audit_row(scope, ids=ids, now=now, actor=actor, event=event, subject=request.account_ref, detail=detail)
