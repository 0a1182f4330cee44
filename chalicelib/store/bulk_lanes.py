"""Who works on a bulk lane of a dealer's outbox, and how much of it is left for today."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.outbox import BULK_LANES
from chalicelib.store.record import Versioned, tenant_pk
from chalicelib.store.roles import scoped

MAX_PER_DAY = 50_000
"""Bulk items of one dealer in a day (UTC), so that no dealer uses up what the mail service allows for all."""

LEASED_FOR = timedelta(minutes=3)
"""Longer than the function may run: a lease that outlives this belongs to a worker that died."""


class _LaneRecord(Versioned):
    leased_until = UTCDateTimeAttribute(null=True)
    day = UnicodeAttribute()
    taken = NumberAttribute()


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a lane alone, until it expires: on `allowance` items, 0 when today's are used up."""

    lane: int
    allowance: int
    expires_at: datetime


@scoped
def lease(scope: TenantScope, lane: int, *, at_most: int, now: datetime) -> Lease | None:
    """Take a lane; None where another works on it. Its allowance counts as used until `give_back` says otherwise."""
    record = _find(scope, lane)
    if record and _is_held(record, now):
        return None
    today = now.astimezone(UTC).date().isoformat()
    if record is None:
        record = _LaneRecord(*_key(scope, lane), day=today, taken=0)
    if record.day != today:
        record.day, record.taken = today, 0
    allowance = min(at_most, MAX_PER_DAY // BULK_LANES - int(record.taken))
    record.taken, record.leased_until = record.taken + allowance, now + LEASED_FOR
    try:
        record.save()
    except ConflictError:
        return None
    return Lease(lane, allowance, now + LEASED_FOR)


@scoped
def give_back(scope: TenantScope, held: Lease, *, used: int) -> None:
    """End a lease of which `used` items were handled. One that has expired and was taken over is left alone."""
    record = _find(scope, held.lane)
    if record is None or record.leased_until != held.expires_at:
        return
    record.taken, record.leased_until = record.taken - (held.allowance - used), None
    with suppress(ConflictError):
        record.save()


def _is_held(record: _LaneRecord, now: datetime) -> bool:
    until: datetime | None = record.leased_until
    return until is not None and until > now


def _find(scope: TenantScope, lane: int) -> _LaneRecord | None:
    return _LaneRecord.find(*_key(scope, lane), consistent=True)


def _key(scope: TenantScope, lane: int) -> tuple[str, str]:
    """`D#d#OUTBOX#LANES`, `<0..15>`."""
    return tenant_pk(scope, "OUTBOX", "LANES"), str(lane)
