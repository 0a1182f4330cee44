"""The events of a run, as an import has left them, and who was told of them."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import unquote

from chalicelib.alerts.digests.model import NewRow
from chalicelib.alerts.digests.records import NotifiedRecord
from chalicelib.kernel.keys import key_part
from chalicelib.kernel.scopes import ImportScope
from chalicelib.store.batch import batch_write
from chalicelib.store.events import KEPT_FOR, EventRecord, events_pk
from chalicelib.store.record import Record
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import TransactionRefusedError, transaction

_NEW = "new_document#"


@scoped
def new_rows(scope: ImportScope, run: int, *, ref: str | None = None) -> list[NewRow]:
    """The invoices and credit notes that the run has brought, of all accounts or of one."""
    begin = _NEW if ref is None else f"{_NEW}{key_part(ref)}#"
    found = EventRecord.query(
        events_pk(scope, run), EventRecord.sk.startswith(begin), attributes_to_get=["pk", "sk"], consistent_read=True
    )
    return [_row(record.sk) for record in found]


@scoped
def queue(scope: ImportScope, items: Iterable[Record]) -> None:  # noqa: ARG001
    """Put items into the outbox. Again, the same items overwrite themselves."""
    batch_write(items)


@scoped
def queue_once(scope: ImportScope, run: int, person_id: str, item: Record, *, now: datetime) -> bool:
    """Put the mail to somebody into the outbox; False where it was put there before, whatever has become of it."""
    ttl = int((now + KEPT_FOR).timestamp())
    told = NotifiedRecord(events_pk(scope, run), f"NOTIFIED#{person_id}", at=now, ttl=ttl)
    try:
        with transaction() as t:
            # Tested control: told-once-of-a-run
            t.put(told, NotifiedRecord.pk.does_not_exist())
            t.put(item)
    except TransactionRefusedError:
        return False
    return True


@scoped
def was_told(scope: ImportScope, run: int, person_id: str) -> bool:
    """Whether their mail about this run was queued."""
    return NotifiedRecord.find(events_pk(scope, run), f"NOTIFIED#{person_id}", consistent=True) is not None


def _row(sk: str) -> NewRow:
    _, ref, row_type, row_id = sk.split("#")
    return NewRow(unquote(ref), row_type, unquote(row_id))
