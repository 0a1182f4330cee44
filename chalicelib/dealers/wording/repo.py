"""Drafts in the table, one for each admin and part, and the long texts."""

from datetime import datetime
from typing import NamedTuple

from chalicelib.dealers.wording.model import KEPT, Part, Statement
from chalicelib.dealers.wording.records import StatementRecord, WordingDraftRecord
from chalicelib.kernel.scopes import DealerScope, PublicScope, TenantScope
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Delete, Put, WriteItem, transaction


class StoredDraft(NamedTuple):
    """A draft as JSON, and the name of what was live when it was begun."""

    body: str
    base: str


@scoped
def draft(scope: TenantScope, part: Part, *, person_id: str, now: datetime) -> StoredDraft | None:
    """The admin's own draft as of now, or None where there is none."""
    record = WordingDraftRecord.find(*_key(scope, part, person_id), consistent=True)
    if record is None or (record.ttl and record.ttl <= now.timestamp()):
        return None
    return StoredDraft(record.body, record.base)


@scoped
def put_draft(scope: DealerScope, part: Part, new: StoredDraft, *, now: datetime) -> None:
    """Write it over the one that was there."""
    ttl = int((now + KEPT).timestamp())
    WordingDraftRecord(*_key(scope, part, scope.person_id), body=new.body, base=new.base, ttl=ttl).save()


@scoped
def delete_draft(scope: DealerScope, part: Part) -> None:
    """Nothing happens where there is none."""
    WordingDraftRecord(*_key(scope, part, scope.person_id)).delete()


def ended_draft(scope: DealerScope, part: Part) -> Delete:
    """The item of a transaction that takes it away."""
    return Delete(WordingDraftRecord(*_key(scope, part, scope.person_id)))


@scoped
def statement(scope: PublicScope | TenantScope, which: Statement) -> str | None:
    """The long text, or None where the dealer has none."""
    record = StatementRecord.find(*_statement_key(scope, which), consistent=True)
    return record.body if record else None


def written_statement(scope: TenantScope, which: Statement, text: str) -> WriteItem:
    """The item of a transaction that makes it so; an empty text takes it away."""
    if not text:
        return Delete(StatementRecord(*_statement_key(scope, which)))
    return Put(StatementRecord(*_statement_key(scope, which), body=text))


@scoped
def write(scope: TenantScope, *items: Record) -> None:  # noqa: ARG001
    """Write all of them, or none."""
    with transaction() as t:
        for item in items:
            t.put(item)


def _key(scope: TenantScope, part: Part, person_id: str) -> tuple[str, str]:
    return tenant_pk(scope, "U", person_id), f"DRAFT#{part.value}"


def _statement_key(scope: PublicScope | TenantScope, which: Statement) -> tuple[str, str]:
    return tenant_pk(scope, "PUBLIC"), f"STATEMENT#{which.value}"
