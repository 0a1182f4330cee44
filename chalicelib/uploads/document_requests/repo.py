"""Document requests, in the table. A write takes the version that was read, and what is due moves with it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from chalicelib.kernel.ids import moment_of
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store import due
from chalicelib.store.batch import Key, batch_get
from chalicelib.store.record import Record, account_pk, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Put, WriteItem, transaction
from chalicelib.uploads.document_requests.model import DocumentRequest, RequestState
from chalicelib.uploads.document_requests.records import (
    DocumentRequestRecord,
    MadeRequestRecord,
    NewestDocumentRequestRecord,
)
from chalicelib.uploads.model import FilePurpose

_PREFIX = "ASKED#"


@scoped
def request(scope: TenantScope, account_ref: str, request_id: str) -> DocumentRequest | None:
    """One request as it is now. Raises NotFoundError for another's account."""
    record = DocumentRequestRecord.find(account_pk(scope, account_ref), f"{_PREFIX}{request_id}", consistent=True)
    return _request(record, account_ref) if record else None


@scoped
def open_requests(scope: TenantScope, account_ref: str) -> list[DocumentRequest]:
    """All that are open of an account, of every era."""
    model = DocumentRequestRecord
    found = model.query(
        account_pk(scope, account_ref),
        model.sk.startswith(_PREFIX),
        filter_condition=model.state == RequestState.OPEN.value,
        consistent_read=True,
    )
    return [_request(record, account_ref) for record in found]


@scoped
def newest_requests(scope: TenantScope, account_ref: str, *, limit: int) -> list[DocumentRequest]:
    """The newest of an account, whatever became of them."""
    model = DocumentRequestRecord
    found = model.query(
        account_pk(scope, account_ref),
        model.sk.startswith(_PREFIX),
        scan_index_forward=False,
        consistent_read=True,
        limit=limit,
    )
    return [_request(record, account_ref) for record in found]


@scoped
def made_in(scope: TenantScope, year: int, *, before: str, limit: int) -> list[tuple[str, str]]:
    """Account and id of the requests made in a year (UTC), newest first, from `before` on."""
    condition = MadeRequestRecord.sk < before if before else None
    records = MadeRequestRecord.query(
        _made_pk(scope, year), condition, scan_index_forward=False, consistent_read=True, limit=limit
    )
    return [(record.account_ref, record.sk) for record in records]


@scoped
def requests(scope: TenantScope, keys: Iterable[tuple[str, str]]) -> list[DocumentRequest]:
    """The requests at these accounts and ids, in that order."""
    refs = {(account_pk(scope, ref), f"{_PREFIX}{request_id}"): ref for ref, request_id in keys}
    return [_request(record, refs[record.pk, record.sk]) for record in batch_get(DocumentRequestRecord, refs)]


@scoped
def newest_id(scope: TenantScope, account_ref: str) -> str | None:
    """The id of the account's newest request; None where there never was one."""
    record = NewestDocumentRequestRecord.find(*_newest_key(scope, account_ref), consistent=True)
    return record.request_id if record else None


@scoped
def put(
    scope: TenantScope,
    new: DocumentRequest,
    *,
    newest: str | None,
    provided: Iterable[WriteItem],
    also: Iterable[Record],
) -> None:
    """Write a new request and what comes of it, where `newest` is still the id of the account's newest.

    Raises TransactionRefusedError where it is not, or `provided` does not hold.
    """
    model = NewestDocumentRequestRecord
    record = model(*_newest_key(scope, new.account_ref), request_id=new.request_id)
    year = moment_of(new.request_id).year
    with transaction() as t:
        t.add(*provided, *changed(scope, None, new))
        t.put(record, model.request_id == newest if newest else model.pk.does_not_exist())
        t.put(MadeRequestRecord(_made_pk(scope, year), new.request_id, account_ref=new.account_ref))
        t.add(*map(Put, also))


@scoped
def change(
    scope: TenantScope,
    before: DocumentRequest,
    after: DocumentRequest,
    *,
    writes: Sequence[WriteItem] = (),
    also: Iterable[Record],
) -> None:
    """Put the request in place of the one that was read. Raises TransactionRefusedError where it has changed since."""
    with transaction() as t:
        t.add(*changed(scope, before, after), *writes, *map(Put, also))


def changed(scope: TenantScope, before: DocumentRequest | None, after: DocumentRequest) -> list[WriteItem]:
    """The same for another transaction: the request, and what is due by it and no longer is."""
    was, now = before.due_items if before else frozenset(), after.due_items
    return [
        Put(_record(scope, after)),
        *(due.removed(scope, item) for item in sorted(was - now)),
        *(due.added(scope, item) for item in sorted(now - was)),
    ]


def _newest_key(scope: TenantScope, account_ref: str) -> Key:
    return account_pk(scope, account_ref), "NEWEST_ASKED"


def _made_pk(scope: TenantScope, year: int) -> str:
    return tenant_pk(scope, "J", "ASKED", str(year))


def _record(scope: TenantScope, request: DocumentRequest) -> DocumentRequestRecord:
    values: dict[str, Any] = {name: None if value == "" else value for name, value in asdict(request).items()}
    for name in ("request_id", "account_ref", "version"):
        del values[name]
    values |= {
        "due": request.due.isoformat(),
        "remind_on": request.remind_on.isoformat() if request.remind_on else None,
        "received": list(request.received),
    }
    pk, sk = account_pk(scope, request.account_ref), f"{_PREFIX}{request.request_id}"
    record = DocumentRequestRecord(pk, sk, **values)
    if request.version:
        record.version = request.version
    return record


def _request(record: DocumentRequestRecord, account_ref: str) -> DocumentRequest:
    return DocumentRequest(
        request_id=record.sk.removeprefix(_PREFIX),
        account_ref=account_ref,
        era=record.era or "",
        account_name=record.account_name or "",
        depot=record.depot,
        purpose=FilePurpose(record.purpose),
        title=record.title,
        words=record.words or "",
        wanted=int(record.wanted),
        due=date.fromisoformat(record.due),
        asked_by=record.asked_by,
        asked_at=record.asked_at,
        state=RequestState(record.state),
        received=tuple(record.received),
        remind_on=date.fromisoformat(record.remind_on) if record.remind_on else None,
        is_noted=bool(record.is_noted),
        decided_at=record.decided_at,
        decided_by=record.decided_by or "",
        version=int(record.version),
    )
