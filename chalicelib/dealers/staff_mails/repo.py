"""The choices of staff and what waits for their daily mail, in the table."""

from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.dealers.staff_mails.model import Choices, News, Pace, StaffEvent
from chalicelib.dealers.staff_mails.records import DailyNewsRecord, NotifiedStaffRecord, StaffChoicesRecord
from chalicelib.kernel.scopes import ImportScope, TenantScope
from chalicelib.store.batch import Key, batch_get, batch_write
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Delete, Put, TransactionRefusedError, WriteItem, transaction

KEPT_FOR = timedelta(days=30)
MAX_READ = 1_000
"""Lines that are read at a time, of a dealer."""


class DigestLine(NamedTuple):
    """A line that waits, since when and for whom."""

    person_id: str
    line_id: str
    at: datetime
    news: News


@scoped
def choices(scope: TenantScope, person_id: str) -> Choices:
    """As of now; none of somebody who has never chosen."""
    record = StaffChoicesRecord.find(*_key(scope, person_id), consistent=True)
    return _choices(record) if record else Choices()


@scoped
def choices_of(scope: TenantScope, person_ids: Collection[str]) -> dict[str, Choices]:
    """The same of several, by their id; who has never chosen is not there."""
    keys = {_key(scope, one): one for one in person_ids}
    found = batch_get(StaffChoicesRecord, keys, consistent=True) if keys else []
    return {keys[record.pk, record.sk]: _choices(record) for record in found}


@scoped
def put_choices(scope: TenantScope, person_id: str, new: Choices, *, audit: Record) -> None:
    """Write them with the audit row. Raises TransactionRefusedError where they have another version by now."""
    paces = {event.value: pace.value for event, pace in new.chosen.items()}
    record = StaffChoicesRecord(*_key(scope, person_id), paces=paces)
    if new.version is not None:
        record.version = new.version
    with transaction() as t:
        t.put(record)
        t.put(audit)


@scoped
def delete_choices(scope: TenantScope, person_id: str) -> None:
    """Nothing is kept of what they have chosen. One that is gone does no harm."""
    batch_write([], [_key(scope, person_id)])


@scoped
def put_once(scope: ImportScope, item_id: str, records: Iterable[Record], *, now: datetime) -> bool:
    """Write what comes of an outbox item; False where that was done before, whatever has become of it."""
    told = NotifiedStaffRecord(tenant_pk(scope, "STAFF_TOLD"), item_id, ttl=int((now + KEPT_FOR).timestamp()))
    with suppress(TransactionRefusedError):
        with transaction() as t:
            # Tested control: staff-told-once
            t.put(told, NotifiedStaffRecord.pk.does_not_exist())
            t.add(*map(Put, records))
        return True
    return False


def line(scope: ImportScope, waiting: DigestLine) -> Record:
    """One that waits, to be put."""
    return DailyNewsRecord(
        _pk(scope),
        f"{waiting.person_id}#{waiting.line_id}",
        at=waiting.at,
        event=waiting.news.event.value,
        title=waiting.news.title or None,
        customer=waiting.news.customer or None,
        path=waiting.news.path,
    )


@scoped
def waiting(scope: ImportScope) -> list[DigestLine]:
    """What waits, by person and oldest first; so many at most."""
    found = DailyNewsRecord.query(_pk(scope), limit=MAX_READ, consistent_read=True)
    return [_waiting(record) for record in found]


@scoped
def send_lines(scope: ImportScope, lines: Iterable[DigestLine], *, mail: Record | None) -> None:
    """They wait no more: `mail` has them. Raises TransactionRefusedError where another call has taken them."""
    taken: list[WriteItem] = [
        Delete(DailyNewsRecord(_pk(scope), f"{one.person_id}#{one.line_id}"), DailyNewsRecord.pk.exists())
        for one in lines
    ]
    with transaction() as t:
        t.add(*taken, *([Put(mail)] if mail else []))


def _choices(record: StaffChoicesRecord) -> Choices:
    events, paces = {one.value for one in StaffEvent}, {one.value for one in Pace}
    chosen = {
        StaffEvent(event): Pace(pace) for event, pace in record.paces.items() if event in events and pace in paces
    }
    return Choices(chosen, record.version)


def _waiting(record: DailyNewsRecord) -> DigestLine:
    person_id, _hash, line_id = record.sk.partition("#")
    news = News(StaffEvent(record.event), record.title or "", record.customer or "", record.path)
    return DigestLine(person_id, line_id, record.at, news)


def _key(scope: TenantScope, person_id: str) -> Key:
    return tenant_pk(scope, "U", person_id), "STAFF_MAILS"


def _pk(scope: TenantScope) -> str:
    return tenant_pk(scope, "STAFF_NEWS")
