"""What a clock has to find: one item for each thing that is due, under its day, deleted when it is done."""

from datetime import date
from typing import NamedTuple

from pynamodb.attributes import UnicodeAttribute

from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Delete, Put, WriteItem


class _DueRecord(Record):
    """`D#d#DUE#<kind>`, `<yyyy-mm-dd>#<ulid>`."""

    account_ref = UnicodeAttribute()


class DueItem(NamedTuple):
    """What is due `on` a day where the dealer is; `item_id` is its ULID, `account_ref` whose partition it is in."""

    kind: str
    on: date
    item_id: str
    account_ref: str


def added(scope: TenantScope, item: DueItem) -> WriteItem:
    """For the transaction that makes it due. The same again overwrites itself."""
    return Put(_record(scope, item))


def due_record(scope: TenantScope, item: DueItem) -> Record:
    """The same as a record, where a transaction takes records."""
    return _record(scope, item)


def removed(scope: TenantScope, item: DueItem) -> WriteItem:
    """For the transaction that does it, or after which nobody waits for it. One that is gone does no harm."""
    return Delete(_record(scope, item))


def taken(scope: TenantScope, item: DueItem) -> WriteItem:
    """The same where it may be done once alone: the transaction is refused where another has taken it."""
    return Delete(_record(scope, item), _DueRecord.pk.exists())


@scoped
def due(scope: TenantScope, kind: str, *, until: date) -> list[DueItem]:
    """What is due on that day or was before, the oldest first. One query."""
    found = _DueRecord.query(_pk(scope, kind), _DueRecord.sk < f"{until.isoformat()}~", consistent_read=True)
    return [_item(kind, record) for record in found]


def _item(kind: str, record: _DueRecord) -> DueItem:
    day, _, item_id = record.sk.partition("#")
    return DueItem(kind, date.fromisoformat(day), item_id, record.account_ref)


def _record(scope: TenantScope, item: DueItem) -> _DueRecord:
    return _DueRecord(_pk(scope, item.kind), f"{item.on.isoformat()}#{item.item_id}", account_ref=item.account_ref)


def _pk(scope: TenantScope, kind: str) -> str:
    return tenant_pk(scope, "DUE", kind)
