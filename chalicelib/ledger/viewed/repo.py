"""Who has opened which documents, in the table: an item for each viewer and month, beside the account's rows.

It names rows by their keys and not by a run, so that exports come and go over it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from json import dumps, loads
from zlib import decompress

from chalicelib.kernel.scopes import CustomerScope, TenantScope
from chalicelib.ledger.row import RowKey
from chalicelib.ledger.viewed.model import KEPT, Seen, SeenRows, Viewer, Viewing, Viewings, noted
from chalicelib.ledger.viewed.records import ViewedRecord
from chalicelib.store.batch import Key
from chalicelib.store.codec import compressed
from chalicelib.store.record import Record, account_pk
from chalicelib.store.roles import scoped

_LIFE = KEPT + timedelta(days=62)
"""From the beginning of a month: no document of it is asked about any more."""


@scoped
def note(
    scope: CustomerScope, ref: str, viewer: Viewer, keys: Collection[RowKey], *, month: str, now: datetime
) -> None:
    """A viewer opens documents of that month. One read, and a write where that says something new.

    Raises ConflictError where they open another at the same moment, NotFoundError for another's account.
    """
    at = account_pk(scope, ref), _sk(scope.eras.get(ref, ""), month, viewer.key)
    record = ViewedRecord.find(*at, consistent=True) or ViewedRecord(*at, rows=_pack({}))
    rows = noted(_unpack(record.rows), keys, now=now)
    if rows is not None:
        record.name, record.rows, record.ttl = viewer.called(), _pack(rows), _ttl(month)
        record.save()


def wanted(scope: CustomerScope, ref: str, person_id: str, months: Iterable[str]) -> dict[Key, type[Record]]:
    """For those who read along with other items what one person has opened."""
    pk, era = account_pk(scope, ref), scope.eras.get(ref, "")
    return {(pk, _sk(era, month, person_id)): ViewedRecord for month in months}


def opened(found: Mapping[Key, Record]) -> frozenset[RowKey]:
    """The documents that these items name."""
    records = (record for record in found.values() if isinstance(record, ViewedRecord))
    return frozenset(key for record in records for key in _unpack(record.rows))


@scoped
def viewings(scope: TenantScope, ref: str, *, era: str, since: str) -> Viewings:
    """Who has opened documents of the months from `since` (yyyy-mm) on, in this era of the account. One query."""
    first, end = _sk(era, since, ""), _sk(era, "~", "")
    by_row: dict[RowKey, list[Viewing]] = defaultdict(list)
    for record in ViewedRecord.query(account_pk(scope, ref), ViewedRecord.sk.between(first, end)):
        is_recipient = record.sk.rpartition("#")[2].startswith("~")
        for key, seen in _unpack(record.rows).items():
            by_row[key].append(Viewing(record.name, seen, is_recipient))
    return Viewings({key: tuple(sorted(found, key=_people_first)) for key, found in by_row.items()})


def _people_first(one: Viewing) -> tuple[bool, Seen]:
    return one.is_recipient, one.seen


def _sk(era: str, month: str, viewer: str) -> str:
    return f"VIEWED#{era}#{month}#{viewer}"


def _ttl(month: str) -> int:
    return int((datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC) + _LIFE).timestamp())


def _pack(rows: SeenRows) -> bytes:
    return compressed(dumps([[*key, *seen] for key, seen in sorted(rows.items())], separators=(",", ":")).encode())


def _unpack(data: bytes) -> dict[RowKey, Seen]:
    found: list[tuple[str, str, int, int]] = loads(decompress(data))
    return {(kind, transaction_id): Seen(first, last) for kind, transaction_id, first, last in found}
