"""The long texts in the table."""

from chalicelib.dealers.wording.model import Statement
from chalicelib.dealers.wording.records import StatementRecord
from chalicelib.kernel.scopes import PublicScope, TenantScope
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import Delete, Put, WriteItem, transaction


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


def _statement_key(scope: PublicScope | TenantScope, which: Statement) -> tuple[str, str]:
    return tenant_pk(scope, "PUBLIC"), f"STATEMENT#{which.value}"
