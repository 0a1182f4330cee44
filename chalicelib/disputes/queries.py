"""Reads about disputes."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from chalicelib.customers.group_scopes import MAX_LISTED, others_of, scope_of, scopes_of
from chalicelib.disputes import repo
from chalicelib.disputes.model import Dispute
from chalicelib.disputes.repo import DisputeNote
from chalicelib.kernel.clock import start_of_day
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import CustomerScope, DealerScope, TenantScope
from chalicelib.ledger.row import RowKey


class SomeDisputes(NamedTuple):
    """A page of an account's, newest first; `older` is the `before` of the next, empty of the last."""

    disputes: list[Dispute]
    older: str


def own_disputes(scope: CustomerScope, ref: str) -> list[Dispute]:
    """The newest of the account in its present era, newest first."""
    return some_disputes(scope, ref).disputes


def some_disputes(scope: CustomerScope, ref: str, *, before: str = "") -> SomeDisputes:
    """The same by page."""
    most = repo.MAX_READ
    found = repo.disputes(scope, ref, era=scope.eras.get(ref, ""), limit=most + 1, before=before)
    return SomeDisputes(found[:most], found[most - 1].dispute_id if len(found) > most else "")


OF_EACH = 25
"""Disputes of each account of a group that a list of all of them reads, the newest."""


class GroupDisputes(NamedTuple):
    """Disputes of several accounts, newest first. `is_cut`: not all were read."""

    disputes: list[Dispute]
    is_cut: bool


def group_disputes(scope: CustomerScope, refs: Sequence[str]) -> GroupDisputes:
    """The newest of each of these accounts of a group.

    A query for each account, of which MAX_LISTED are read; those that let nobody in are left out.
    """
    scopes = scopes_of(scope, refs[:MAX_LISTED])
    read = [repo.disputes(one, ref, era=one.eras.get(ref, ""), limit=OF_EACH) for ref, one in scopes.items()]
    found = sorted((one for listed in read for one in listed), key=lambda one: one.dispute_id, reverse=True)
    return GroupDisputes(found, len(refs) > MAX_LISTED or any(len(listed) == OF_EACH for listed in read))


def own_dispute(scope: CustomerScope, dispute_id: str) -> Dispute:
    """A dispute of the current account, or of another of its group. Raises NotFoundError."""
    ref, others = scope.ledger_ref, others_of(scope)
    found = repo.dispute(scope, ref, dispute_id) if ref else None
    if found is None and others:
        found = repo.dispute_at(scope, others, dispute_id)
    if found is None:
        raise NotFoundError
    scope_of(scope, found.account_ref)
    return found


NEWEST = 5
"""Disputes that staff's page of an account lists."""


def newest_disputes(scope: DealerScope, ref: str, *, era: str) -> list[Dispute]:
    """The newest of an era of the account, for staff."""
    return repo.disputes(scope, ref, era=era, limit=NEWEST)


def dispute_of_row(scope: TenantScope, ref: str, key: RowKey, *, era: str) -> Dispute | None:
    """The newest dispute over this transaction, among the newest of the account."""
    found = repo.disputes(scope, ref, era=era)
    return next((one for one in found if any(row.key == key for row in one.rows)), None)


def dispute(scope: TenantScope, ref: str, dispute_id: str) -> Dispute:
    """One of them. Raises NotFoundError, also for what is another's."""
    found = repo.dispute(scope, ref, dispute_id)
    if found is None:
        raise NotFoundError
    return found


def notes(scope: DealerScope, ref: str, dispute_id: str) -> list[DisputeNote]:
    """What staff noted about it, oldest first."""
    return repo.notes(scope, ref, dispute_id)


def raised_in(scope: DealerScope, month: str, *, time_zone: str) -> list[Dispute]:
    """All of the dealer's that were raised in a month, `yyyy-mm`, of an IANA zone, newest first."""
    first = date.fromisoformat(f"{month}-01")
    following = (first + timedelta(days=31)).replace(day=1)
    return repo.raised_between(scope, start_of_day(first, time_zone), start_of_day(following, time_zone))
