"""Pages of sheets in the table. Nothing here is ever overwritten with anything else."""

from collections.abc import Mapping, Sequence

from chalicelib.kernel.scopes import ImportScope, TenantScope
from chalicelib.sheets.layout import Page
from chalicelib.sheets.model import SheetExpiredError
from chalicelib.sheets.records import SheetRecord
from chalicelib.store.batch import Key, batch_get, batch_write
from chalicelib.store.record import account_pk, tenant_pk
from chalicelib.store.roles import scoped


@scoped
def stage(scope: ImportScope, pages: Mapping[str, Sequence[Page]]) -> None:
    """Write pages by account. Nobody reads them before a head of a published run names them."""
    batch_write(SheetRecord(account_pk(scope, ref), page.sk, data=page.data) for ref in pages for page in pages[ref])


@scoped
def read_pages(scope: TenantScope, ref: str, names: Sequence[str]) -> list[bytes]:
    """Pages of an account by sort key. One round trip for up to 100. Raises NotFoundError, SheetExpiredError."""
    pk = account_pk(scope, ref)
    return _load([(pk, name) for name in names])


def dealer_key(scope: TenantScope, sheet: str, run: int, index: int) -> Key:
    """The key of a page of a dealer's sheet."""
    return tenant_pk(scope, "SHEET", sheet), f"{run:010d}#{index:02d}"


@scoped
def stage_dealer(scope: ImportScope, sheet: str, run: int, pages: Sequence[bytes]) -> None:
    """Write a sheet of the dealer. Nobody reads it before PUBLISHED names it."""
    batch_write(SheetRecord(*dealer_key(scope, sheet, run, index), data=data) for index, data in enumerate(pages))


@scoped
def read_dealer(scope: TenantScope, sheet: str, run: int, indexes: Sequence[int]) -> list[bytes]:
    """These pages of a dealer's sheet. One round trip for up to 100. Raises SheetExpiredError."""
    return _load([dealer_key(scope, sheet, run, index) for index in indexes])


@scoped
def delete_dealer(scope: ImportScope, sheet: str, run: int) -> None:
    """Delete what `run` wrote of a dealer's sheet. Only where no readable PUBLISHED names it."""
    pk = tenant_pk(scope, "SHEET", sheet)
    found = SheetRecord.query(
        pk, SheetRecord.sk.startswith(f"{run:010d}#"), attributes_to_get=["pk", "sk"], consistent_read=True
    )
    batch_write([], [(record.pk, record.sk) for record in found])


def _load(keys: Sequence[Key]) -> list[bytes]:
    found: dict[Key, bytes] = {}
    for consistent in (False, True):  # written a moment ago, a page may not be seen by an ordinary read
        if wanted := [key for key in keys if key not in found]:
            found |= {(page.pk, page.sk): page.data for page in batch_get(SheetRecord, wanted, consistent=consistent)}
    if len(found) < len(set(keys)):
        raise SheetExpiredError
    return [found[key] for key in keys]
