"""Items are written with what they say, and end once: taken, rejected with a task for staff, or withdrawn."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from chalicelib.feed import repo
from chalicelib.feed.kinds import KIND_OF
from chalicelib.feed.model import FeedItem, ItemState, Taker
from chalicelib.feed.payloads import Payload
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import is_portal_customer
from chalicelib.kernel.scopes import DealerScope, ImportScope, TenantScope
from chalicelib.store.audit import audit_row
from chalicelib.store.outbox import outbox_item
from chalicelib.store.record import Record
from chalicelib.store.transactions import TransactionRefusedError, WriteItem, retry_when_refused
from chalicelib.tasks.kinds import NOT_TAKEN
from chalicelib.tasks.operations import close_task, open_task

MAX_IDS = 40
"""Each takes two items of a transaction, which has a hundred."""
MAX_REASON = 500
PROGRAM = "agent"
"""The actor of audit rows: the dealer's program, by its key."""
OUTBOX = "outbox"
"""The same of items that the portal writes as files."""
FILES = "feed_files"
"""The kind of the outbox item that has `item_ids` written. notifications does it."""


def feed_item(
    scope: TenantScope,
    data: Payload,
    *,
    item_id: str,
    now: datetime,
    account_ref: str = "",
    account_name: str = "",
) -> Record:
    """The item's record, to be put in the transaction of the change that it tells of; `item_id` is a fresh ULID.

    A customer whom no export names has no number that the dealer's system would know.
    """
    kind = KIND_OF[type(data)]
    ref = "" if is_portal_customer(account_ref) else account_ref
    item = FeedItem(
        item_id=item_id,
        kind=kind.name,
        version=kind.version,
        at=now,
        data=data,
        account_ref=ref,
        account_name=account_name,
    )
    return repo.new_item(scope, item)


def settle_item(
    scope: TenantScope, item: FeedItem, *, state: ItemState, by: str, now: datetime
) -> tuple[WriteItem, ...]:
    """A waiting item ends in the transaction of another change, which is refused where it waits no longer."""
    return repo.settled_item(scope, item, state=state, by=by, now=now)


def withdraw_item(scope: TenantScope, item_id: str, *, by: str, now: datetime) -> tuple[WriteItem, ...]:
    """What ends an item that waits, or the task of one that was rejected, in the transaction of another change."""
    item = repo.items(scope, [item_id]).get(item_id)
    if item and item.state is ItemState.REJECTED:
        return (close_task(scope, kind=NOT_TAKEN, task_id=item_id),)
    if item is None or item.state is not ItemState.WAITING:
        return ()
    return settle_item(scope, item, state=ItemState.WITHDRAWN, by=by, now=now)


def acknowledge(
    scope: ImportScope | DealerScope, *, item_ids: Sequence[str], now: datetime, ids: Ids
) -> dict[str, ItemState]:
    """These are taken. Returns the state of each: whatever ended before stays as it was, so repeating does no harm.

    A program does so by its key, staff on the page. Raises InvalidError beyond MAX_IDS, ConflictError where the other
    of the two takes the items.
    """
    if len(item_ids) > MAX_IDS:
        raise InvalidError(_("Send at most %(max)s ids at once", max=MAX_IDS))

    def writes(waiting: Sequence[FeedItem]) -> tuple[list[WriteItem], list[Record]]:
        return _taken(scope, waiting, by=_actor(scope), now=now, ids=ids)

    return _settle(scope, item_ids, writes, taker=_taker(scope))


def take_as_files(scope: ImportScope, *, now: datetime, ids: Ids) -> int:
    """Where files are the taker all that waits is taken, and the outbox writes it. Returns how much.

    What is taken and what is to be written are one transaction: nothing is lost between them, and nothing that was
    withdrawn is written.
    """

    def writes(waiting: Sequence[FeedItem]) -> tuple[list[WriteItem], list[Record]]:
        ended, records = _taken(scope, waiting, by=OUTBOX, now=now, ids=ids)
        payload = {"item_ids": [one.item_id for one in waiting]}
        return ended, [*records, outbox_item(scope, kind=FILES, payload=payload, now=now, ids=ids)]

    count = 0
    while repo.taker(scope) is Taker.FILES and (found := repo.waiting(scope, limit=MAX_IDS)):
        states = _settle(scope, [item.item_id for item in found], writes, taker=Taker.FILES)
        count += sum(state is ItemState.TAKEN for state in states.values())
    return count


def reject(scope: ImportScope, *, item_id: str, reason: str, now: datetime, ids: Ids) -> dict[str, ItemState]:
    """The dealer's system cannot take it: staff see why in a task. Returns its state, as `acknowledge` does.

    Raises InvalidError for no reason or one of more than MAX_REASON printable characters, ConflictError as above.
    """
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= MAX_REASON or not reason.isprintable():
        wrong = _("Give a reason of 1 to %(max)s printable characters", max=MAX_REASON)
        raise InvalidError(wrong, {"reason": wrong})

    def writes(waiting: Sequence[FeedItem]) -> tuple[list[WriteItem], list[Record]]:
        (item,) = waiting
        by = _actor(scope)
        detail = {"item": item.item_id, "kind": item.kind, "reason": reason}
        audit = audit_row(
            scope, ids=ids, now=now, actor=by, event="feed.rejected", subject=item.account_ref, detail=detail
        )
        task = open_task(
            scope,
            kind=NOT_TAKEN,
            task_id=item.item_id,
            detail={"reason": reason},
            now=now,
            account_ref=item.account_ref or None,
            account_name=item.account_name,
        )
        ended = repo.settled_item(scope, item, state=ItemState.REJECTED, by=by, now=now, reason=reason)
        return list(ended), [audit, task]

    return _settle(scope, [item_id], writes, taker=_taker(scope))


def choose_taker(scope: DealerScope, *, taker: Taker, now: datetime, ids: Ids) -> None:
    """From here on it says what is taken. Raises ConflictError where somebody else chose at the same moment."""
    before = repo.taker(scope)
    if before is taker:
        return
    detail = {"taker": taker.value}
    audit = audit_row(
        scope, ids=ids, now=now, actor=scope.person_id, event="feed.taker_changed", subject="", detail=detail
    )
    repo.put_taker(scope, taker, before=before, also=(audit,))


Writes = Callable[[Sequence[FeedItem]], tuple[list[WriteItem], list[Record]]]


def _taken(
    scope: ImportScope | DealerScope, items: Sequence[FeedItem], *, by: str, now: datetime, ids: Ids
) -> tuple[list[WriteItem], list[Record]]:
    ended = [repo.settled_item(scope, one, state=ItemState.TAKEN, by=by, now=now) for one in items]
    detail = {"items": [one.item_id for one in items]}
    audit = audit_row(scope, ids=ids, now=now, actor=by, event="feed.taken", subject="", detail=detail)
    return [write for pair in ended for write in pair], [audit]


def _settle(
    scope: ImportScope | DealerScope, item_ids: Sequence[str], writes: Writes, *, taker: Taker
) -> dict[str, ItemState]:
    _require(scope, taker)

    def settle() -> dict[str, ItemState]:
        found = repo.items(scope, item_ids)
        waiting = [item for item in found.values() if item.state is ItemState.WAITING]
        if waiting:
            items, records = writes(waiting)
            refused = repo.commit(scope, items, also=records, taker=taker)
            if repo.settings_key(scope) in refused:
                _require(scope, taker)
            if refused:  # some ended in between, and are read again
                raise TransactionRefusedError(refused)
            found = repo.items(scope, item_ids)
        states = {one: item.state for one, item in found.items()}
        return {one: states.get(one, ItemState.UNKNOWN) for one in item_ids}

    return retry_when_refused(settle)


def _require(scope: TenantScope, taker: Taker) -> None:
    """Raises ConflictError, which says who takes the items, where it is another."""
    actual = repo.taker(scope)
    if actual is not taker:
        raise ConflictError(_WHO_TAKES_THEM[actual])


_WHO_TAKES_THEM: Mapping[Taker, LazyText] = {
    Taker.PAGE: lazy_gettext(
        "Staff take these items on the page For your system. An admin can let a program take them there."
    ),
    Taker.PROGRAM: lazy_gettext(
        "Your program takes these items. An admin can change that on the page For your system."
    ),
    Taker.FILES: lazy_gettext(
        "These items are written to your outbox as files. An admin can change that on the page For your system."
    ),
}


def _taker(scope: ImportScope | DealerScope) -> Taker:
    return Taker.PAGE if isinstance(scope, DealerScope) else Taker.PROGRAM


def _actor(scope: ImportScope | DealerScope) -> str:
    return scope.person_id if isinstance(scope, DealerScope) else PROGRAM
