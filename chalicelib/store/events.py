"""What a run of the import brought: read by a higher slice, which finds the people each event is for."""

from datetime import datetime, timedelta

from pynamodb.attributes import UTCDateTimeAttribute

from chalicelib.kernel.keys import key_part
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.record import Record, tenant_pk

KEPT_FOR = timedelta(days=30)


class EventRecord(Record):
    """`D#d#EVENTS#<run>`, `<kind>#<ref>#<type>#<id>`: kept 30 days; of a run that is not visible none is sent."""

    at = UTCDateTimeAttribute()


def events_pk(scope: TenantScope, run: int) -> str:
    """The partition of a run's events: ten digits, so that it is named as the run's other keys are."""
    return tenant_pk(scope, "EVENTS", f"{run:010d}")


def event_record(
    scope: TenantScope, *, run: int, kind: str, ref: str, row_type: str, row_id: str, at: datetime
) -> EventRecord:
    """The item to put. Put again it is the same, byte for byte, so any number of workers may do so at once."""
    sk = "#".join((kind, key_part(ref), row_type, key_part(row_id)))
    return EventRecord(pk=events_pk(scope, run), sk=sk, at=at, ttl=int((at + KEPT_FOR).timestamp()))
