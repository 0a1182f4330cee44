"""The outboxes: work that one slice leaves for another, written in the transaction that causes it.

The scope chooses the outbox: a dealer's is `D#d#OUTBOX`, identity's `T#OUTBOX`. Both are *single*: a person waits.
What nobody waits for (digests, reminders, statements) is *bulk* and spread over a dealer's 16 lanes,
`D#d#OUTBOX#<0..15>`, where any number of it keeps nobody waiting. An item is claimed, then confirmed, released,
postponed or parked.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from ulid import ULID

from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope, TenantScope
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped

BULK_LANES = 16
PAGE = 100
"""Items that a read returns at most, by default."""

_PARKED_FOR = timedelta(days=30)
_PROMPT_ATTEMPTS = 3
_FIRST_DELAY, _MAX_DELAY = timedelta(minutes=1), timedelta(hours=6)


class OutboxState(StrEnum):
    """UNCERTAIN: nobody knows whether it was done. DROPPED: it never will be."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    UNCERTAIN = "uncertain"
    DROPPED = "dropped"


OPEN = frozenset({OutboxState.QUEUED, OutboxState.CLAIMED})


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """An item as it was read. `item_id` is a ULID, `payload` JSON; `lane` is a bulk lane, None of a single item.

    `failures` is how often it has failed, and `retry_at` the earliest time of the next attempt.
    """

    item_id: str
    kind: str
    payload: Mapping[str, Any]
    state: OutboxState
    queued_at: datetime
    claimed_at: datetime | None = None
    lane: int | None = None
    failures: int = 0
    retry_at: datetime | None = None

    def waits(self, now: datetime) -> bool:
        """Whether it failed a short while ago and is not to be tried yet."""
        return self.retry_at is not None and now < self.retry_at


class _OutboxRecord(Record):
    kind = UnicodeAttribute()
    payload: JSONAttribute = JSONAttribute()
    state = UnicodeAttribute()
    created_at = UTCDateTimeAttribute(null=True)
    queued_at = UTCDateTimeAttribute(null=True)  # what identity's items called created_at until there was one outbox
    claimed_at = UTCDateTimeAttribute(null=True)
    detail = UnicodeAttribute(null=True)
    failures = NumberAttribute(null=True)
    retry_at = UTCDateTimeAttribute(null=True)
    version = NumberAttribute(null=True)


def outbox_item(
    scope: TenantScope | IdentityScope,
    *,
    kind: str,
    payload: Mapping[str, Any],
    now: datetime,
    ids: Ids,
    bulk: bool = False,
    not_before: datetime | None = None,
) -> Record:
    """A queued item, to be put in the transaction of what causes it. `payload` is JSON without secrets.

    `bulk`: nobody waits for it. It is not done before `not_before`. Raises TypeError for bulk of identity's,
    which has no lanes.
    """
    item_id = ids.ulid(now)
    lane = ULID.from_str(item_id).bytes[-1] % BULK_LANES if bulk else None  # a random byte: lanes fill evenly
    return _OutboxRecord(
        pk=_pk(scope, lane),
        sk=item_id,
        kind=kind,
        payload=dict(payload),
        state=OutboxState.QUEUED.value,
        created_at=now,
        retry_at=not_before,
    )


@scoped
def items(
    scope: TenantScope | IdentityScope,
    *,
    states: Collection[OutboxState] = OPEN,
    after: str = "",
    limit: int = PAGE,
    lane: int | None = None,
) -> list[OutboxItem]:
    """Up to `limit` items in these states, oldest first, from behind the id `after`; one read of an empty outbox."""
    model = _OutboxRecord
    found = model.query(
        _pk(scope, lane),
        model.sk > after if after else None,
        filter_condition=model.state.is_in(*sorted(states)),
        consistent_read=True,  # the worker that a message woke must see what it is about
        limit=limit,
    )
    return [_item(record, lane) for record in found]


@scoped
def claim(scope: TenantScope | IdentityScope, item: OutboxItem, now: datetime) -> OutboxItem | None:
    """Take a queued item, and give it as it is then; None if another took it first."""
    model = _OutboxRecord
    taken = replace(item, state=OutboxState.CLAIMED, claimed_at=now)
    actions = [model.state.set(taken.state.value), model.claimed_at.set(now)]
    return taken if _update(scope, item, actions) else None


@scoped
def release(scope: TenantScope | IdentityScope, item: OutboxItem) -> None:
    """A claimed item that was surely not done waits again."""
    model = _OutboxRecord
    _update(scope, item, [model.state.set(OutboxState.QUEUED.value), model.claimed_at.remove()])


@scoped
def postpone(scope: TenantScope | IdentityScope, item: OutboxItem, now: datetime) -> None:
    """An item that has failed waits: three times not at all, then one minute, two, four and so on, six hours at most.

    What always fails is tried four times a day, not each minute, until what is wrong with it has been mended.
    """
    model = _OutboxRecord
    delay = min(_FIRST_DELAY * 2 ** min(item.failures - _PROMPT_ATTEMPTS, 16), _MAX_DELAY)
    retry_at = now if item.failures < _PROMPT_ATTEMPTS else now + delay
    queued = [model.state.set(OutboxState.QUEUED.value), model.claimed_at.remove()]
    _update(scope, item, [*queued, model.failures.set(item.failures + 1), model.retry_at.set(retry_at)])


@scoped
def defer(scope: TenantScope | IdentityScope, item: OutboxItem, until: datetime) -> None:
    """A claimed item that was surely not done waits until then."""
    model = _OutboxRecord
    queued = [model.state.set(OutboxState.QUEUED.value), model.claimed_at.remove()]
    _update(scope, item, [*queued, model.retry_at.set(until)])


@scoped
def park(
    scope: TenantScope | IdentityScope, item: OutboxItem, state: OutboxState, *, detail: str, now: datetime
) -> bool:
    """Set a claimed item aside as UNCERTAIN or DROPPED, for 30 days; False if another changed it first."""
    model = _OutboxRecord
    until = int((now + _PARKED_FOR).timestamp())
    return _update(scope, item, [model.state.set(state.value), model.detail.set(detail), model.ttl.set(until)])


@scoped
def confirm(scope: TenantScope | IdentityScope, item: OutboxItem) -> bool:
    """It is done, and goes; False if another changed it first."""
    try:
        _record(scope, item).delete(_unchanged(item))
    except ConflictError:
        return False
    return True


def _update(scope: TenantScope | IdentityScope, item: OutboxItem, actions: Sequence[Action]) -> bool:
    # Functions of the release before, which run on for two minutes while this one is deployed, go by the version.
    growing = _OutboxRecord.version.add(1)
    try:
        _record(scope, item).update([*actions, growing], _unchanged(item))
    except ConflictError:
        return False
    return True


def _unchanged(item: OutboxItem) -> Condition:
    """Nobody has claimed it since it was read, nor taken it over from the first: `claimed_at` distinguishes claims."""
    same = _OutboxRecord.state == item.state.value
    return same if item.claimed_at is None else same & (_OutboxRecord.claimed_at == item.claimed_at)


def _record(scope: TenantScope | IdentityScope, item: OutboxItem) -> _OutboxRecord:
    return _OutboxRecord(pk=_pk(scope, item.lane), sk=item.item_id)


def _item(record: _OutboxRecord, lane: int | None) -> OutboxItem:
    queued_at = _first(record.created_at, record.queued_at)
    state = OutboxState(record.state)
    return OutboxItem(
        record.sk,
        record.kind,
        record.payload,
        state,
        queued_at,
        record.claimed_at,
        lane,
        failures=int(record.failures or 0),
        retry_at=record.retry_at,
    )


def _first(*times: datetime | None) -> datetime:
    return next(one for one in times if one is not None)


def _pk(scope: TenantScope | IdentityScope, lane: int | None) -> str:
    if lane is not None:
        return tenant_pk(scope, "OUTBOX", str(lane))  # type: ignore[arg-type]  # it refuses identity's
    return "T#OUTBOX" if isinstance(scope, IdentityScope) else tenant_pk(scope, "OUTBOX")
