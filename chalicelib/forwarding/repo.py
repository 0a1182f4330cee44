"""What was sent on, in the table: with the account whose document it is."""

from collections.abc import Iterable
from dataclasses import replace

from chalicelib.forwarding.model import LISTED_FOR, Forward
from chalicelib.forwarding.records import ForwardRecord
from chalicelib.kernel.ids import is_ulid
from chalicelib.kernel.scopes import CustomerScope, TenantScope
from chalicelib.store.codec import Codec
from chalicelib.store.record import Record, account_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Put, WriteItem, transaction

MAX_READ = 200
"""The newest of an account that its page lists."""
_BODY: Codec[Forward] = Codec(Forward)


@scoped
def forward(scope: TenantScope, ref: str, forward_id: str) -> Forward | None:
    """One, of a customer only of their own era. Raises NotFoundError for another's account."""
    pk = account_pk(scope, ref)
    record = ForwardRecord.find(pk, f"FORWARD#{forward_id}", consistent=True) if is_ulid(forward_id) else None
    return _forward(record) if record and _is_own(scope, ref, record) else None


@scoped
def forwards(scope: TenantScope, ref: str, *, era: str) -> list[Forward]:
    """The newest of an era of the account, newest first. Raises NotFoundError for another's account."""
    model = ForwardRecord
    found = model.query(
        account_pk(scope, ref),
        model.sk.startswith("FORWARD#"),
        model.era == era if era else model.era.does_not_exist(),
        scan_index_forward=False,
        limit=MAX_READ,
        consistent_read=True,
    )
    return list(map(_forward, found))


@scoped
def put(
    scope: TenantScope,
    new: Forward,
    *,
    before: Forward | None,
    writes: Iterable[WriteItem] = (),
    also: Iterable[Record] = (),
) -> Forward:
    """Write it over `before` (None: it is new). Raises TransactionRefusedError where that has changed."""
    after = replace(new, version=before.version + 1 if before else 1)
    record = ForwardRecord(
        account_pk(scope, new.account_ref),
        f"FORWARD#{new.forward_id}",
        era=after.era or None,
        body=_BODY.pack(after),
        version=after.version,
        ttl=int((after.expires_at + LISTED_FOR).timestamp()),
    )
    with transaction() as t:
        t.put(record, ForwardRecord.version == before.version if before else None)
        t.add(*writes, *map(Put, also))
    return after


def _is_own(scope: TenantScope, ref: str, record: ForwardRecord) -> bool:
    # Tested control: forwards-of-own-era
    return not isinstance(scope, CustomerScope) or (record.era or "") == scope.eras.get(ref, "")


def _forward(record: ForwardRecord) -> Forward:
    return replace(_BODY.unpack(record.body), version=int(record.version))
