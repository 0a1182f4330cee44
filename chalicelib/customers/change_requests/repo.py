"""Requests of an account, in the table."""

from collections.abc import Iterable
from dataclasses import replace

from chalicelib.customers.change_requests.model import ChangeRequest, RequestState
from chalicelib.customers.change_requests.records import NewestRequestRecord, RequestRecord
from chalicelib.kernel.account_fields import AccountField
from chalicelib.kernel.scopes import CustomerScope, TenantScope
from chalicelib.store.batch import Key
from chalicelib.store.record import Record, account_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Put, WriteItem, transaction

MAX_READ = 100
"""Enough to show what became of the newest request for each field."""


@scoped
def requests(scope: TenantScope, ref: str) -> list[ChangeRequest]:
    """The account's newest requests, newest first. Raises NotFoundError for another's account."""
    model = RequestRecord
    found = model.query(
        account_pk(scope, ref),
        model.sk.startswith("REQUEST#"),
        scan_index_forward=False,
        limit=MAX_READ,
        consistent_read=True,
    )
    return list(map(_request, found))


@scoped
def open_requests(scope: TenantScope, ref: str) -> list[ChangeRequest]:
    """All that are open, oldest first, however many were made since. Raises NotFoundError for another's account."""
    model = RequestRecord
    found = model.query(
        account_pk(scope, ref),
        model.sk.startswith("REQUEST#"),
        model.state == RequestState.OPEN.value,
        consistent_read=True,
    )
    return list(map(_request, found))


@scoped
def request(scope: TenantScope, ref: str, request_id: str) -> ChangeRequest | None:
    """One request. Raises NotFoundError for another's account."""
    record = RequestRecord.find(account_pk(scope, ref), f"REQUEST#{request_id}", consistent=True)
    return _request(record) if record else None


@scoped
def newest_request_id(scope: CustomerScope, ref: str, field: AccountField) -> str | None:
    """The id of the field's newest request, whatever became of it; None where there never was one."""
    record = NewestRequestRecord.find(*_newest_key(scope, ref, field), consistent=True)
    return record.request_id if record else None


@scoped
def put(
    scope: CustomerScope,
    ref: str,
    new: ChangeRequest,
    *,
    newest: str | None,
    provided: Iterable[WriteItem] = (),
    also: Iterable[Record],
) -> None:
    """Write a new request and what comes of it, where `newest` is still the id of the field's newest.

    Raises TransactionRefusedError where it is not, or `provided` does not hold.
    """
    record = NewestRequestRecord(*_newest_key(scope, ref, new.field), request_id=new.request_id)
    is_newest = NewestRequestRecord.request_id == newest if newest else NewestRequestRecord.pk.does_not_exist()
    with transaction() as t:
        t.put(_record(scope, ref, new))
        # Tested control: one-open-change-a-field
        t.put(record, is_newest)
        t.add(*provided, *map(Put, also))


@scoped
def decide(
    scope: TenantScope, ref: str, new: ChangeRequest, *, writes: Iterable[WriteItem], also: Iterable[Record]
) -> None:
    """Write what became of an open request. Raises TransactionRefusedError where anything changed since it was read."""
    after = replace(new, version=new.version + 1)
    still_open = (RequestRecord.version == new.version) & (RequestRecord.state == RequestState.OPEN.value)
    with transaction() as t:
        t.put(_record(scope, ref, after), still_open)
        t.add(*writes, *map(Put, also))


def _newest_key(scope: CustomerScope, ref: str, field: AccountField) -> Key:
    return account_pk(scope, ref), f"NEWEST_REQUEST#{field.value}"


def _record(scope: TenantScope, ref: str, request: ChangeRequest) -> RequestRecord:
    return RequestRecord(
        account_pk(scope, ref),
        f"REQUEST#{request.request_id}",
        field=request.field.value,
        before=request.before or None,
        value=request.value,
        note=request.note or None,
        asked_by=request.asked_by,
        asked_by_id=request.asked_by_id,
        asked_at=request.asked_at,
        era=request.era or None,
        state=request.state.value,
        decided_at=request.decided_at,
        decided_by=request.decided_by or None,
        reason=request.reason or None,
        version=request.version,
    )


def _request(record: RequestRecord) -> ChangeRequest:
    return ChangeRequest(
        request_id=record.sk.removeprefix("REQUEST#"),
        field=AccountField(record.field),
        before=record.before or "",
        value=record.value,
        note=record.note or "",
        asked_by=record.asked_by,
        asked_by_id=record.asked_by_id,
        asked_at=record.asked_at,
        era=record.era or "",
        state=RequestState(record.state),
        decided_at=record.decided_at,
        decided_by=record.decided_by or "",
        reason=record.reason or "",
        version=int(record.version),
    )
