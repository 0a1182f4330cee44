"""Which reminders were made, in the table."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from chalicelib.alerts.reminders.records import ReminderRecord
from chalicelib.kernel.scopes import ImportScope
from chalicelib.store.batch import batch_write
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import TransactionRefusedError, transaction

_KEPT_FOR = timedelta(days=30)


@scoped
def is_shared_out(scope: ImportScope, day: str) -> bool:
    """Whether the day's reminders are queued."""
    return ReminderRecord.find(_pk(scope), day, consistent=True) is not None


@scoped
def last_shared_out(scope: ImportScope, *, before: str) -> str | None:
    """The last day before this one whose reminders were queued, of the last month."""
    found = ReminderRecord.query(_pk(scope), ReminderRecord.sk < before, scan_index_forward=False, limit=1)
    return next((one.sk[: len(before)] for one in found), None)


@scoped
def share_out(scope: ImportScope, day: str, items: Iterable[Record], *, now: datetime) -> None:
    """Queue them. Again, the same items overwrite themselves."""
    batch_write(items)
    _record(scope, day, now).save()


@scoped
def queue_once(scope: ImportScope, day: str, person_id: str, item: Record, *, now: datetime) -> bool:
    """Put somebody's mail of this day into the outbox; False where it was put there before."""
    try:
        with transaction() as t:
            # Tested control: reminded-once-a-day
            t.put(_record(scope, f"{day}#{person_id}", now), ReminderRecord.pk.does_not_exist())
            t.put(item)
    except TransactionRefusedError:
        return False
    return True


def _record(scope: ImportScope, sk: str, now: datetime) -> ReminderRecord:
    return ReminderRecord(_pk(scope), sk, at=now, ttl=int((now + _KEPT_FOR).timestamp()))


def _pk(scope: ImportScope) -> str:
    return tenant_pk(scope, "REMINDERS")
