"""The audit trail: one row per change, in the transaction that makes the change, never altered."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import and_, or_
from typing import Any, NamedTuple

from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.kernel.callers import caller_detail
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids, first_ulid, is_ulid, moment_of
from chalicelib.kernel.origin import Origin, stored_origin
from chalicelib.kernel.scopes import CustomerScope, TenantScope
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped

IMPORT = "import"
"""The actor of what an export decides."""
PROGRAMS = frozenset({IMPORT, "system", "mail", "bucket", "inbox", "outbox", "agent"})
"""The actors that are no person."""
BY_CUSTOMER = "customer"
"""What the detail `by` says of what either side may do, where a customer did it."""
MAX_READ = 10_000
"""Rows that one page of a filtered list may cost: some 4 MB in a second at most."""
_MAX_PAGE = 2_000
"""Rows of a read; DynamoDB ends it at 1 MB in any case."""
_MAX_IN = 100
_LOWEST, _HIGHEST = "0" * 26, "Z" * 26
_CURSOR = re.compile(r"2\d{3}-(?:0[1-9]|1[0-2])/[0-9A-Z]{26}")


class AuditRow(Record):
    """Who did what to what, and from where: `D#d#AUDIT#yyyy-mm` (UTC), sorted by time."""

    at = UnicodeAttribute()
    actor = UnicodeAttribute()
    event = UnicodeAttribute()
    subject = UnicodeAttribute()
    detail = JSONAttribute()
    origin = JSONAttribute(null=True)

    def put_condition(self) -> Condition:
        """A row never replaces another; the same one may be written twice, where the operation is repeated."""
        same: Condition = (type(self).event == self.event) & (type(self).at == self.at)
        new: Condition = type(self).pk.does_not_exist()
        either: Condition = new | same
        # Tested control: audit-row-not-replaced
        return either


def audit_row(
    scope: TenantScope,
    *,
    ids: Ids,
    now: datetime,
    actor: str,
    event: str,
    subject: str,
    detail: Mapping[str, Any] | None = None,
) -> AuditRow:
    """The row to put. `event` is a past tense (`import.published`), `detail` JSON without secrets.

    What a person does has the origin of their request; what follows from it by itself has none. What an operator's
    command does has in its detail who ran it (`kernel.callers`).
    """
    # Tested control: operator-in-audit-row
    return AuditRow(
        pk=tenant_pk(scope, "AUDIT", _month(now.astimezone(UTC))),
        sk=ids.ulid(now),
        at=now.astimezone(UTC).isoformat(),
        actor=actor,
        event=event,
        subject=subject,
        detail={**(detail or {}), **caller_detail()},
        origin=None if actor in PROGRAMS else scope.origin,
    )


class AuditEntry(NamedTuple):
    """A row as a reader sees it. `cursor` is where reading goes on after it; rows of programs have no `origin`."""

    cursor: str
    at: datetime
    actor: str
    event: str
    subject: str
    detail: Mapping[str, Any]
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which rows are wanted; what is empty asks for nothing.

    An event begins with one of `beginnings` and is one of `events`. An actor is one of `actors` and none of `others`;
    a subject is one of `subjects` and not `other_subject`. A row is of `first` or later, and of before `end`.
    """

    beginnings: Collection[str] = ()
    events: Collection[str] = ()
    actors: Collection[str] = ()
    others: Collection[str] = ()
    subjects: Collection[str] = ()
    other_subject: str = ""
    first: datetime | None = None
    end: datetime | None = None

    @property
    def condition(self) -> Condition | None:
        """What DynamoDB leaves out of the rows that it reads."""
        row = AuditRow
        conditions: list[Condition] = []
        if self.beginnings:
            conditions.append(reduce(or_, [row.event.startswith(one) for one in sorted(self.beginnings)]))
        if self.events:
            conditions.append(_one_of(row.event, self.events))
        if self.actors:
            conditions.append(_one_of(row.actor, self.actors))
        if self.others:
            conditions.append(~_one_of(row.actor, self.others))
        if self.subjects:
            conditions.append(_one_of(row.subject, self.subjects))
        if self.other_subject:
            conditions.append(row.subject != self.other_subject)
        return reduce(and_, conditions) if conditions else None


EVERYTHING = AuditFilter()


class AuditPage(NamedTuple):
    """Rows of the trail, newest first. `next` is where to read on; empty where the trail has ended.

    With fewer entries than asked for and a `next`, reading stopped at its bound: there may be more further back.
    """

    entries: list[AuditEntry]
    next: str


@scoped
def find(
    scope: TenantScope,
    *,
    wanted: AuditFilter = EVERYTHING,
    now: datetime,
    after: str = "",
    limit: int,
    max_read: int = MAX_READ,
) -> AuditPage:
    """Up to `limit` rows that are `wanted`, newest first, of this month and the 12 before. `after` is a cursor.

    Stops once it has read `max_read` rows: a filter costs what is read, not what it finds. Raises NotFoundError where a
    customer's scope asks for more than what was done to its own accounts.
    """
    _require_own(scope, wanted)
    condition = wanted.condition
    lowest = first_ulid(wanted.first) if wanted.first else _LOWEST
    oldest = max(oldest_month(now), _month(wanted.first.astimezone(UTC)) if wanted.first else "")
    month, below = _start(wanted.end or now, first_ulid(wanted.end) if wanted.end else _HIGHEST, after)
    # One more than is wanted, since the row at `below` is read again, and one to know whether there are more.
    size = min(_MAX_PAGE, limit + 2 if condition is None else max_read + 1)
    found: list[AuditEntry] = []
    while month >= oldest and lowest <= below:
        between = AuditRow.sk.between(lowest, below)
        pages = AuditRow.query(
            tenant_pk(scope, "AUDIT", month), between, condition, scan_index_forward=False, page_size=size
        ).page_iter
        for page in pages:
            max_read -= page["ScannedCount"]
            rows = [AuditRow.from_raw_data(item) for item in page["Items"]]
            found += [_entry(month, row) for row in rows if row.sk != below]
            if len(found) > limit:
                return AuditPage(found[:limit], found[limit - 1].cursor)
            last = pages.last_evaluated_key
            # Tested control: audit-read-bounded
            if last and max_read <= 0:
                return AuditPage(found, f"{month}/{last['sk']['S']}")
        month = _month(datetime.fromisoformat(f"{month}-01") - timedelta(days=1))
        if max_read <= 0 and month >= oldest:
            return AuditPage(found, f"{month}/{below}")
    return AuditPage(found, "")


def _require_own(scope: TenantScope, wanted: AuditFilter) -> None:
    if not isinstance(scope, CustomerScope):
        return
    # Tested control: trail-of-own-accounts
    if not wanted.subjects or not scope.account_refs.issuperset(wanted.subjects):
        raise NotFoundError


def _start(newest: datetime, end: str, after: str) -> tuple[str, str]:
    """The month to begin with, and the id that rows are before."""
    month = _month(newest.astimezone(UTC))
    if not _CURSOR.fullmatch(after):
        return month, end
    reached, _slash, before = after.partition("/")
    return min(month, reached), min(end, before)


def _one_of(attribute: UnicodeAttribute, values: Collection[str]) -> Condition:
    """`IN` takes a hundred values at most."""
    ordered = sorted(values)
    parts = [attribute.is_in(*ordered[at : at + _MAX_IN]) for at in range(0, len(ordered), _MAX_IN)]
    either: Condition = reduce(or_, parts)
    return either


def _entry(month: str, row: AuditRow) -> AuditEntry:
    at, origin = datetime.fromisoformat(row.at), stored_origin(row.origin)
    return AuditEntry(f"{month}/{row.sk}", at, row.actor, row.event, row.subject, row.detail, origin)


def reached(cursor: str) -> datetime:
    """How far back reading has come that goes on from here."""
    month, _slash, before = cursor.partition("/")
    return moment_of(before) if is_ulid(before) else _next_month(month)


def _next_month(month: str) -> datetime:
    return (datetime.fromisoformat(f"{month}-01").replace(tzinfo=UTC) + timedelta(days=31)).replace(day=1)


def oldest_month(now: datetime) -> str:
    """`yyyy-mm` (UTC) of the oldest rows that are shown: this month of last year."""
    today = now.astimezone(UTC)
    return f"{today.year - 1}-{today.month:02}"


def _month(moment: datetime) -> str:
    return moment.strftime("%Y-%m")


@scoped
def put_audit_row(scope: TenantScope, row: AuditRow) -> None:  # noqa: ARG001
    """Put a row by itself, where the change was made in another role's transaction."""
    row.save()
