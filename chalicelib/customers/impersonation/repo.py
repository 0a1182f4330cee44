"""Reads and writes of whom a member of staff sees the portal as."""

from collections.abc import Iterable

from chalicelib.customers.impersonation.model import Impersonation
from chalicelib.customers.impersonation.records import ImpersonationRecord
from chalicelib.kernel.scopes import DealerScope
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import transaction


@scoped
def impersonation(scope: DealerScope) -> Impersonation | None:
    """The newest of this member of staff, whether it has ended or not."""
    record = ImpersonationRecord.find(*_key(scope), consistent=True)
    if record is None:
        return None
    return Impersonation(
        scope.dealer_id,
        record.account_ref,
        record.account_name,
        record.era or "",
        record.reason,
        record.session_id,
        record.expires_at,
    )


@scoped
def put(scope: DealerScope, new: Impersonation, *, also: Iterable[Record]) -> None:
    """Write it over the one before."""
    record = ImpersonationRecord(
        *_key(scope),
        ttl=int(new.expires_at.timestamp()),
        account_ref=new.account_ref,
        account_name=new.account_name,
        era=new.era or None,
        reason=new.reason,
        session_id=new.session_id,
        expires_at=new.expires_at,
    )
    with transaction() as t:
        t.put(record)
        for one in also:
            t.put(one)


@scoped
def delete(scope: DealerScope, *, also: Iterable[Record]) -> None:
    """Take it away. Raises ConflictError where there is none."""
    with transaction() as t:
        t.delete(ImpersonationRecord(*_key(scope)), ImpersonationRecord.pk.exists())
        for one in also:
            t.put(one)


def _key(scope: DealerScope) -> tuple[str, str]:
    return tenant_pk(scope, "U", scope.person_id), "IMPERSONATION"
