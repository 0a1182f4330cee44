"""Reads and writes of whom a member of staff sees the portal as."""

from collections.abc import Iterable
from dataclasses import replace

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
        bool(record.stopped),
    )


@scoped
def put(scope: DealerScope, new: Impersonation, *, also: Iterable[Record]) -> None:
    """Write it over the one before."""
    with transaction() as t:
        t.put(_record(scope, new))
        for one in also:
            t.put(one)


@scoped
def stop(scope: DealerScope, found: Impersonation, *, also: Iterable[Record]) -> None:
    """End it before its time: until then its page says so. Raises ConflictError where another ended it."""
    running = (ImpersonationRecord.expires_at == found.expires_at) & ImpersonationRecord.stopped.does_not_exist()
    with transaction() as t:
        t.put(_record(scope, replace(found, stopped=True)), running)
        for one in also:
            t.put(one)


def _record(scope: DealerScope, one: Impersonation) -> ImpersonationRecord:
    return ImpersonationRecord(
        *_key(scope),
        ttl=int(one.expires_at.timestamp()),
        account_ref=one.account_ref,
        account_name=one.account_name,
        era=one.era or None,
        reason=one.reason,
        session_id=one.session_id,
        expires_at=one.expires_at,
        stopped=one.stopped or None,
    )


def _key(scope: DealerScope) -> tuple[str, str]:
    return tenant_pk(scope, "U", scope.person_id), "IMPERSONATION"
