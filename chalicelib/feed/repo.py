"""The feed in the table. An item moves from one partition to the other in one transaction, and so ends once."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from pynamodb.expressions.condition import Condition

from chalicelib.feed.kinds import KINDS
from chalicelib.feed.model import FeedItem, ItemState, Taker, is_item_id
from chalicelib.feed.records import FeedRecord, FeedSettingsRecord
from chalicelib.kernel.ids import ulid_month
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.batch import Key, batch_get
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Check, Delete, Put, TransactionRefusedError, WriteItem, transaction


def new_item(scope: TenantScope, item: FeedItem) -> Record:
    """The record to put in the transaction of what the item says."""
    return _record(_waiting_key(scope, item.item_id), item)


@scoped
def waiting(scope: TenantScope, *, after: str = "", limit: int | None = None) -> list[FeedItem]:
    """Items that nobody has taken, oldest first, from behind the id `after`."""
    condition = FeedRecord.sk > after if after else None
    found = FeedRecord.query(tenant_pk(scope, "FEED"), condition, consistent_read=True, limit=limit)
    return list(map(_item, found))


@scoped
def waiting_of(scope: TenantScope, account_ref: str) -> list[FeedItem]:
    """Those that are of this account: all that waits is read, and they alone are kept."""
    is_of_account = FeedRecord.account_ref == account_ref
    found = FeedRecord.query(tenant_pk(scope, "FEED"), None, is_of_account, consistent_read=True)
    return list(map(_item, found))


@scoped
def settled(scope: TenantScope, month: str, *, before: str = "", limit: int | None = None) -> list[FeedItem]:
    """Items of a month, `yyyy-mm`, that have ended, newest first, from behind the id `before`."""
    condition = FeedRecord.sk < before if before else None
    pk = tenant_pk(scope, "FED", month)
    return list(map(_item, FeedRecord.query(pk, condition, scan_index_forward=False, limit=limit)))


@scoped
def items(scope: TenantScope, ids: Iterable[str]) -> dict[str, FeedItem]:
    """Those of these ids that there are, waiting or not, by id.

    What waits is read first: an item that ends in between is then found where it went.
    """
    wanted = [one for one in dict.fromkeys(ids) if is_item_id(one)]
    found = batch_get(FeedRecord, [_waiting_key(scope, one) for one in wanted], consistent=True)
    missing = sorted(set(wanted) - {record.sk for record in found})
    found += batch_get(FeedRecord, [_settled_key(scope, one) for one in missing], consistent=True)
    return {record.sk: _item(record) for record in found}


def settled_item(
    scope: TenantScope, item: FeedItem, *, state: ItemState, by: str, now: datetime, reason: str = ""
) -> tuple[WriteItem, ...]:
    """A waiting item ends. Refused, with all of the transaction, where it waits no longer."""
    ended = replace(item, state=state, settled_at=now, settled_by=by, reason=reason)
    return (
        Delete(FeedRecord(*_waiting_key(scope, item.item_id)), FeedRecord.pk.exists()),
        Put(_record(_settled_key(scope, item.item_id), ended)),
    )


@scoped
def commit(scope: TenantScope, writes: Sequence[WriteItem], *, also: Iterable[Record], taker: Taker) -> tuple[Key, ...]:
    """Write all, while `taker` is who takes items. The keys that refused, and then nothing is written; else none."""
    try:
        with transaction() as t:
            # Tested control: feed-one-taker
            t.add(*writes, Check(FeedSettingsRecord, *settings_key(scope), _is_taker(taker)), *map(Put, also))
    except TransactionRefusedError as error:
        return error.failed
    return ()


def settings_key(scope: TenantScope) -> Key:
    """Where it stands who takes items: the key that refuses a transaction when that has changed."""
    return tenant_pk(scope, "DEALER"), "FEED"


@scoped
def taker(scope: TenantScope) -> Taker:
    """Who takes items; the page until somebody chooses."""
    record = FeedSettingsRecord.find(*settings_key(scope), consistent=True)
    return Taker(record.taker) if record else Taker.PAGE


@scoped
def put_taker(scope: TenantScope, new: Taker, *, before: Taker, also: Iterable[Record]) -> None:
    """From here on `new` takes them. Raises ConflictError where it was not `before`."""
    with transaction() as t:
        t.put(FeedSettingsRecord(*settings_key(scope), taker=new.value), _is_taker(before))
        for record in also:
            t.put(record)


def _is_taker(expected: Taker) -> Condition:
    same: Condition = FeedSettingsRecord.taker == expected.value
    unset: Condition = same | FeedSettingsRecord.pk.does_not_exist()
    return unset if expected is Taker.PAGE else same


def _waiting_key(scope: TenantScope, item_id: str) -> Key:
    return tenant_pk(scope, "FEED"), item_id


def _settled_key(scope: TenantScope, item_id: str) -> Key:
    return tenant_pk(scope, "FED", ulid_month(item_id)), item_id


def _record(key: Key, item: FeedItem) -> FeedRecord:
    return FeedRecord(
        *key,
        kind=item.kind,
        kind_version=item.version,
        at=item.at,
        data=KINDS[item.kind].codec.pack(item.data),
        account_ref=item.account_ref or None,
        account_name=item.account_name or None,
        state=item.state.value,
        settled_at=item.settled_at,
        settled_by=item.settled_by or None,
        reason=item.reason or None,
    )


def _item(record: FeedRecord) -> FeedItem:
    return FeedItem(
        item_id=record.sk,
        kind=record.kind,
        version=int(record.kind_version),
        at=record.at,
        data=KINDS[record.kind].codec.unpack(record.data),
        account_ref=record.account_ref or "",
        account_name=record.account_name or "",
        state=ItemState(record.state),
        settled_at=record.settled_at,
        settled_by=record.settled_by or "",
        reason=record.reason or "",
    )
