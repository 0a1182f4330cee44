"""Drafts in the table: one for each admin and kind."""

from datetime import datetime

from chalicelib.dealers.drafts.model import KEPT, DraftKind, StoredDraft
from chalicelib.dealers.drafts.records import DraftRecord
from chalicelib.kernel.scopes import DealerScope, TenantScope
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Delete


@scoped
def draft(scope: TenantScope, kind: DraftKind, *, person_id: str, now: datetime) -> StoredDraft | None:
    """The admin's own draft as of now, or None where there is none."""
    record = DraftRecord.find(*_key(scope, kind, person_id), consistent=True)
    if record is None or (record.ttl and record.ttl <= now.timestamp()):
        return None
    return StoredDraft(record.body, record.base, record.picture)


@scoped
def put_draft(scope: DealerScope, kind: DraftKind, new: StoredDraft, *, now: datetime) -> None:
    """Write it over the one that was there."""
    ttl = int((now + KEPT).timestamp())
    key = _key(scope, kind, scope.person_id)
    DraftRecord(*key, body=new.body, base=new.base, picture=new.picture, ttl=ttl).save()


@scoped
def delete_draft(scope: DealerScope, kind: DraftKind) -> None:
    """Nothing happens where there is none."""
    DraftRecord(*_key(scope, kind, scope.person_id)).delete()


def ended_draft(scope: DealerScope, kind: DraftKind) -> Delete:
    """The item of a transaction that takes it away."""
    return Delete(DraftRecord(*_key(scope, kind, scope.person_id)))


def _key(scope: TenantScope, kind: DraftKind, person_id: str) -> tuple[str, str]:
    return tenant_pk(scope, "U", person_id), kind.value
