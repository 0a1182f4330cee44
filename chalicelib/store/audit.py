"""The audit trail: one row per change, in the transaction that makes the change, never altered."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped


class AuditRow(Record):
    """Who did what to what: `D#d#AUDIT#yyyy-mm` (UTC), sorted by time."""

    at = UnicodeAttribute()
    actor = UnicodeAttribute()
    event = UnicodeAttribute()
    subject = UnicodeAttribute()
    detail = JSONAttribute()

    def own_condition(self) -> Condition:
        """A row is never put over another; the same one may come twice, where its cause is done twice."""
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
        pk=tenant_pk(scope, "AUDIT", now.astimezone(UTC).strftime("%Y-%m")),
        sk=ids.ulid(now),
        at=now.astimezone(UTC).isoformat(),
        actor=actor,
        event=event,
        subject=subject,
        detail=dict(detail or {}),
    )


@scoped
def put_audit_row(scope: TenantScope, row: AuditRow) -> None:  # noqa: ARG001
    """Put a row by itself, where the change was made in another role's transaction."""
    row.save()
