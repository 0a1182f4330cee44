"""Whether staff have been told that the dealer's export is missing: one item, there as long as it is."""

from collections.abc import Iterable
from contextlib import suppress

from chalicelib.dealers.missing_exports.records import MissingExportRecord
from chalicelib.kernel.scopes import ImportScope
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import TransactionRefusedError, WriteItem, transaction

_SK = "MISSING_EXPORT"


@scoped
def task_of(scope: ImportScope) -> str | None:
    """The task that says it is missing; None where none does."""
    found = MissingExportRecord.find(tenant_pk(scope, "DEALER"), _SK, consistent=True)
    return found.task_id if found else None


@scoped
def begin(scope: ImportScope, task_id: str, *, also: Iterable[WriteItem]) -> bool:
    """It is missing, and `also` says so. False where another call was quicker."""
    record = MissingExportRecord(tenant_pk(scope, "DEALER"), _SK, task_id=task_id)
    with suppress(TransactionRefusedError):
        with transaction() as t:
            t.put(record, MissingExportRecord.pk.does_not_exist())
            t.add(*also)
        return True
    return False


@scoped
def end(scope: ImportScope, task_id: str, *, also: Iterable[WriteItem]) -> bool:
    """It has come. False where another call was quicker."""
    model = MissingExportRecord
    with suppress(TransactionRefusedError):
        with transaction() as t:
            t.delete(model(tenant_pk(scope, "DEALER"), _SK), model.task_id == task_id)
            t.add(*also)
        return True
    return False
