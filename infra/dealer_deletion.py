"""Deletes all that is stored of a dealer that has left. It may be stopped anywhere and run again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from chalicelib.dealers import lifecycle, repo
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.lifecycle_model import ClosedDealer
from chalicelib.dealers.model import DealerEntry
from chalicelib.identity import departures
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope, OperatorScope, TenantScope
from infra.dealer_data import DealerData, buckets

QUARANTINE = timedelta(days=180)
"""For so long the address and the code are nobody's: links in old mails lead to no other dealer."""
ROUNDS = 5
"""Of reading through the table, until nothing is found: a function that was still at work may have written."""


def begin(
    operator: OperatorScope, entry: DealerEntry, *, without_export: bool = False, now: datetime, ids: Ids
) -> ClosedDealer:
    """From here on it is not a dealer any more, and cannot be again. Raises ConflictError as `begin_deletion`."""
    own = TenantScope(entry.dealer_id)
    lifecycle.begin_deletion(operator, own, without_export=without_export, now=now, ids=ids)
    closing = dealers.dealer(own, fresh=True).closing
    has_export = closing is not None and closing.export is not None
    closed = ClosedDealer(entry.dealer_id, entry.slug, entry.code, now, has_export)
    repo.close(operator, closed)
    return closed


def delete(
    operator: OperatorScope, closed: ClosedDealer, *, now: datetime, ids: Ids, say: Callable[[str], None] = print
) -> ClosedDealer:
    """Everything, until nothing is found any more. Counts what it deletes; after a crash it goes on counting.

    Raises RuntimeError where something is left, and ConflictError where one of its people was given something else at
    this moment: run it again.
    """
    if closed.deleted_at:
        return closed
    data = DealerData(closed.dealer_id)

    def count(what: str, number: int) -> None:
        if number:
            repo.change_closed(
                operator,
                closed.dealer_id,
                lambda one: replace(one, counts={**one.counts, what: one.counts.get(what, 0) + number}),
            )

    for _ in range(ROUNDS):
        found = 0
        for keys in data.key_pages():
            found += len(keys)
            _delete_page(data, keys, count, now=now, ids=ids)
        for bucket in buckets():
            count("object_versions", data.delete_objects(bucket))
        if not found:
            break
        say(f"{closed.code}: {found} items found and deleted; looking again.")
    left = sum(len(keys) for keys in data.key_pages()) + sum(map(data.versions_left, buckets()))
    if left:
        raise RuntimeError(f"{left} items or versions of {closed.code} are left: run the command again")
    until = now.date() + QUARANTINE
    return repo.change_closed(
        operator,
        closed.dealer_id,
        lambda one: replace(one, deleted_at=now, released_on=until),
    )


def release(operator: OperatorScope, closed: ClosedDealer, *, today: date) -> bool:
    """Give the address and the code back once the quarantine is over; whether that was now."""
    if closed.is_released or closed.released_on is None or today < closed.released_on:
        return False
    repo.release(operator, closed)
    repo.change_closed(operator, closed.dealer_id, lambda one: replace(one, is_released=True))
    return True


def _delete_page(
    data: DealerData,
    keys: list[tuple[str, str]],
    count: Callable[[str, int], None],
    *,
    now: datetime,
    ids: Ids,
) -> None:
    people = dict.fromkeys(pk.removeprefix("P#") for pk, _ in keys if pk.startswith("P#"))
    forgotten = [
        departures.leave_dealer(IdentityScope(), person_id=one, dealer_id=data.dealer_id, now=now, ids=ids)
        for one in people
    ]
    count("people_forgotten", sum(forgotten))
    count("people_who_stay", len(forgotten) - sum(forgotten))
    own = [key for key in keys if key[0].startswith(data.prefix)]
    count("items", data.delete_items(own))
    count("keys_links_and_sessions", data.delete_items(key for key in keys if key[0][:2] in {"K#", "S#", "T#"}))
