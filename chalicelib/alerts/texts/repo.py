"""Which text messages were queued and how many were sent, in the table."""

from datetime import datetime, timedelta

from chalicelib.alerts.texts.records import TextCountRecord, TextRecord
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.scopes import ImportScope, TenantScope
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import TransactionRefusedError, transaction

_KEPT_FOR = timedelta(days=62)
"""Longer than an item of the outbox waits, and than a month lasts."""


@scoped
def queue_once(scope: ImportScope, event: str, person_id: str, item: Record, *, now: datetime) -> bool:
    """Put somebody's text message about an event into the outbox; False where it was put there before."""
    record = TextRecord(_pk(scope), _event(event, person_id), at=now, ttl=_ttl(now))
    try:
        with transaction() as t:
            # Tested control: texted-once-of-an-event
            t.put(record, TextRecord.pk.does_not_exist())
            t.put(item)
    except TransactionRefusedError:
        return False
    return True


@scoped
def is_counted(scope: ImportScope, event: str, person_id: str) -> bool:
    """Whether it counts already: it was not sent then, and is tried again."""
    found = TextRecord.find(_pk(scope), _event(event, person_id), consistent=True)
    return found is not None and found.is_counted


@scoped
def mark_counted(scope: ImportScope, event: str, person_id: str) -> None:
    """It counts."""
    TextRecord(_pk(scope), _event(event, person_id)).update([TextRecord.is_counted.set(True)], TextRecord.pk.exists())


@scoped
def count_of_day(scope: ImportScope, day: str, person_id: str, *, maximum: int, now: datetime) -> bool:
    """Count one more to the person; False where there are as many already."""
    return _count(scope, f"DAY#{day}#{person_id}", maximum, now)


@scoped
def count_of_month(scope: ImportScope, month: str, *, maximum: int, now: datetime) -> bool:
    """Count one more of the dealer's; False where there are as many already."""
    return _count(scope, f"MONTH#{month}", maximum, now)


@scoped
def sent_in_month(scope: TenantScope, month: str) -> int:
    """How many of the dealer's were sent."""
    found = TextCountRecord.find(_pk(scope), f"MONTH#{month}", consistent=True)
    return int(found.n) if found else 0


@scoped
def notify_once(scope: ImportScope, month: str, task: Record, *, now: datetime) -> bool:
    """Give staff the task that the month's are used up; False where they have had it."""
    model = TextCountRecord
    record = TextCountRecord(_pk(scope), f"MONTH#{month}")
    # Tested control: used-up-said-once
    not_yet = model.is_notified.does_not_exist() | (model.is_notified == False)  # noqa: E712 - a condition of DynamoDB
    try:
        with transaction() as t:
            t.update(record, [model.is_notified.set(True), model.ttl.set(_ttl(now))], not_yet)
            t.put(task)
    except TransactionRefusedError:
        return False
    return True


def _count(scope: ImportScope, sk: str, maximum: int, now: datetime) -> bool:
    model = TextCountRecord
    room = model.n.does_not_exist() | (model.n < maximum)
    if maximum <= 0:
        return False
    try:
        TextCountRecord(_pk(scope), sk).update([model.n.add(1), model.ttl.set(_ttl(now))], room)
    except ConflictError:
        return False
    return True


def _event(event: str, person_id: str) -> str:
    return f"EVENT#{event}#{person_id}"


def _ttl(now: datetime) -> int:
    return int((now + _KEPT_FOR).timestamp())


def _pk(scope: TenantScope) -> str:
    return tenant_pk(scope, "TEXTS")
