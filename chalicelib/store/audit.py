"""The audit trail: one row per change, in the transaction that makes the change, never altered."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import and_, or_
from typing import Any, NamedTuple

from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped

IMPORT = "import"
"""The actor of what an export decides."""
_CURSOR = re.compile(r"2\d{3}-(?:0[1-9]|1[0-2])/[0-9A-Z]{26}")


class AuditRow(Record):
    """Who did what to what: `D#d#AUDIT#yyyy-mm` (UTC), sorted by time."""

    at = UnicodeAttribute()
    actor = UnicodeAttribute()
    event = UnicodeAttribute()
    subject = UnicodeAttribute()
    detail = JSONAttribute()

    def own_condition(self) -> Condition:
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
    """The row to put. `event` is a past tense (`import.published`), `detail` JSON without secrets."""
    return AuditRow(
        pk=tenant_pk(scope, "AUDIT", _month(now.astimezone(UTC))),
        sk=ids.ulid(now),
        at=now.astimezone(UTC).isoformat(),
        actor=actor,
        event=event,
        subject=subject,
        detail=dict(detail or {}),
    )


class AuditEntry(NamedTuple):
    """A row as a reader sees it. `cursor` is where reading goes on after it."""

    cursor: str
    at: datetime
    actor: str
    event: str
    subject: str
    detail: Mapping[str, Any]


@scoped
def entries(
    scope: TenantScope,
    *,
    now: datetime,
    after: str = "",
    events: Iterable[str] = (),
    subject: str = "",
    limit: int,
    months: int = 13,
) -> list[AuditEntry]:
    """The trail, newest first, as far back as `months`. `after` is a cursor; an event begins with one of `events`.

    `subject`: only what was done to it.
    """
    found: list[AuditEntry] = []
    beginnings = [AuditRow.event.startswith(beginning) for beginning in events]
    conditions: list[Condition] = [reduce(or_, beginnings)] if beginnings else []
    if subject:
        conditions.append(AuditRow.subject == subject)
    wanted = reduce(and_, conditions) if conditions else None
    month, _slash, before = after.partition("/") if _CURSOR.fullmatch(after) else (_month(now), "", "")
    for _ in range(months):
        condition = AuditRow.sk < before if before else None
        rows = AuditRow.query(
            tenant_pk(scope, "AUDIT", month),
            condition,
            wanted,
            scan_index_forward=False,
            limit=limit - len(found),
            page_size=200 if wanted is None else 1000,
        )
        found += [_entry(month, row) for row in rows]
        if len(found) == limit:
            break
        month, before = _month(datetime.fromisoformat(f"{month}-01") - timedelta(days=1)), ""
    return found


def _entry(month: str, row: AuditRow) -> AuditEntry:
    at = datetime.fromisoformat(row.at)
    return AuditEntry(f"{month}/{row.sk}", at, row.actor, row.event, row.subject, row.detail)


def _month(moment: datetime) -> str:
    return moment.strftime("%Y-%m")


@scoped
def put_audit_row(scope: TenantScope, row: AuditRow) -> None:  # noqa: ARG001
    """Put a row by itself, where the change was made in another role's transaction."""
    row.save()
