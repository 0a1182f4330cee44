"""Disputes in the table: each with its account, and once more in the dealer's list of the month it was raised in."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from chalicelib.disputes.model import Dispute
from chalicelib.disputes.records import DisputeEntryRecord, DisputeNoteRecord, DisputeRecord
from chalicelib.kernel.dispute_codes import OPEN_STATES
from chalicelib.kernel.ids import first_ulid, is_ulid, ulid_month
from chalicelib.kernel.scopes import CustomerScope, DealerScope, TenantScope
from chalicelib.ledger import repo as ledger
from chalicelib.ledger.overlays import DisputeMarks
from chalicelib.store.batch import batch_get
from chalicelib.store.codec import Codec
from chalicelib.store.record import Record, account_pk, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Put, WriteItem, transaction

MAX_READ = 100
"""Of an account, on one page."""
MAX_NOTES = 200
"""Of one dispute."""
_BODY: Codec[Dispute] = Codec(Dispute)


@dataclass(frozen=True, slots=True)
class DisputeNote:
    """What a member of the staff noted. Customers never see it."""

    note_id: str
    at: datetime
    by: str
    text: str


@scoped
def dispute(scope: TenantScope, ref: str, dispute_id: str) -> Dispute | None:
    """One dispute, of a customer only of their own era. Raises NotFoundError for another's account."""
    pk = account_pk(scope, ref)
    record = DisputeRecord.find(pk, f"DISPUTE#{dispute_id}", consistent=True) if is_ulid(dispute_id) else None
    return _dispute(record) if record and _is_own(scope, ref, record) else None


@scoped
def dispute_at(scope: TenantScope, refs: Iterable[str], dispute_id: str) -> Dispute | None:
    """The dispute of this id, whichever of these accounts it is of. One round trip for a hundred accounts."""
    refs_by_pk = {account_pk(scope, ref): ref for ref in refs}
    keys = [(pk, f"DISPUTE#{dispute_id}") for pk in refs_by_pk] if is_ulid(dispute_id) else []
    found = batch_get(DisputeRecord, keys, consistent=True) if keys else ()
    return next((_dispute(one) for one in found if _is_own(scope, refs_by_pk[one.pk], one)), None)


@scoped
def disputes(scope: TenantScope, ref: str, *, era: str, limit: int = 0, before: str = "") -> list[Dispute]:
    """The newest of an era of the account that are older than the one `before`, newest first.

    Raises NotFoundError for another's account.
    """
    model = DisputeRecord
    wanted, last = limit or MAX_READ, before if is_ulid(before) else "~"
    found = model.query(
        account_pk(scope, ref),
        model.sk.between("DISPUTE#", f"DISPUTE#{last}"),  # `before` itself, too
        model.era == era if era else model.era.does_not_exist(),
        scan_index_forward=False,
        limit=wanted + 1,
        consistent_read=True,
    )
    return [_dispute(record) for record in found if not record.sk.endswith(f"#{last}")][:wanted]


@scoped
def open_disputes(scope: TenantScope, ref: str) -> list[Dispute]:
    """All of the account that are open, oldest first, of any era. Raises NotFoundError for another's account.

    At most MAX_OPEN_ROWS: each has a row that is in no other. For the one time when another has the account.
    """
    model = DisputeRecord
    found = model.query(
        account_pk(scope, ref),
        model.sk.startswith("DISPUTE#"),
        model.state.is_in(*(state.value for state in OPEN_STATES)),
        consistent_read=True,
    )
    return list(map(_dispute, found))


@scoped
def raised_between(scope: TenantScope, start: datetime, end: datetime) -> list[Dispute]:
    """All of the dealer's that were raised from `start` to before `end`, a month at most, newest first.

    They are kept by the month that it was in UTC: of a month elsewhere two queries may be needed, by the megabyte.
    """
    model = DisputeEntryRecord
    months = {f"{moment.astimezone(UTC):%Y-%m}" for moment in (start, end - timedelta(milliseconds=1))}
    found = [
        record
        for month in sorted(months, reverse=True)
        for record in model.query(
            tenant_pk(scope, "J", "DISPUTES", month),
            model.sk.between(first_ulid(start), first_ulid(end)),
            scan_index_forward=False,
            consistent_read=True,
        )
    ]
    return [replace(_BODY.unpack(one.body), version=int(one.version)) for one in found]


@scoped
def put(
    scope: TenantScope,
    new: Dispute,
    *,
    before: Dispute | None,
    marks: DisputeMarks | None,
    writes: Iterable[WriteItem] = (),
    also: Iterable[Record] = (),
) -> Dispute:
    """Write it over `before` (None: it is new), in the dealer's list too, and the account's rows in dispute.

    Raises TransactionRefusedError where anything changed since it was read.
    """
    after = replace(new, version=before.version + 1 if before else 1)
    record = DisputeRecord(
        account_pk(scope, new.account_ref),
        f"DISPUTE#{new.dispute_id}",
        state=after.state.value,
        era=after.era or None,
        body=_BODY.pack(after),
        version=after.version,
    )
    entry = DisputeEntryRecord(
        tenant_pk(scope, "J", "DISPUTES", ulid_month(new.dispute_id)),
        new.dispute_id,
        body=_BODY.pack(after),
        version=after.version,
    )
    with transaction() as t:
        t.put(record, DisputeRecord.version == before.version if before else None)
        t.put(entry)
        if marks:
            t.add(ledger.dispute_marks(scope, new.account_ref, marks))
        t.add(*writes, *map(Put, also))
    return after


@scoped
def notes(scope: DealerScope, ref: str, dispute_id: str) -> list[DisputeNote]:
    """What staff noted about it, oldest first, the last MAX_NOTES. No customer's scope reaches them."""
    found = DisputeNoteRecord.query(
        account_pk(scope, ref),
        DisputeNoteRecord.sk.startswith(f"DISPUTE_NOTE#{dispute_id}#"),
        consistent_read=True,
        scan_index_forward=False,
        limit=MAX_NOTES,
    )
    return [DisputeNote(one.sk.rpartition("#")[2], one.at, one.by, one.text) for one in found][::-1]


@scoped
def put_note(scope: DealerScope, ref: str, dispute_id: str, note: DisputeNote, *, also: Iterable[Record]) -> None:
    """Keep a note."""
    sk = f"DISPUTE_NOTE#{dispute_id}#{note.note_id}"
    with transaction() as t:
        t.put(DisputeNoteRecord(account_pk(scope, ref), sk, at=note.at, by=note.by, text=note.text))
        t.add(*map(Put, also))


def _is_own(scope: TenantScope, ref: str, record: DisputeRecord) -> bool:
    # Tested control: disputes-of-own-era
    return not isinstance(scope, CustomerScope) or (record.era or "") == scope.eras.get(ref, "")


def _dispute(record: DisputeRecord) -> Dispute:
    return replace(_BODY.unpack(record.body), version=int(record.version))
