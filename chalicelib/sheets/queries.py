"""Typed rows of a sheet."""

from typing import Any, TypeVar

from chalicelib.ccx.entity import Entity
from chalicelib.dealers.publication import DealerSheet, Published
from chalicelib.kernel.scopes import TenantScope
from chalicelib.sheets import repo
from chalicelib.sheets.layout import decode_rows
from chalicelib.sheets.model import SheetHead
from chalicelib.store.ttl_cache import TtlCache

R = TypeVar("R", bound=tuple[Any, ...])

_pages: TtlCache[list[Any]] = TtlCache(600, max_size=200)
"""Pages of dealers' sheets. They never change: the time only bounds what an idle dealer keeps in memory."""


def read(scope: TenantScope, head: SheetHead, entity: Entity[R]) -> list[R]:
    """An account's rows of this entity by year and key, in one round trip. Raises NotFoundError for another's account.

    Raises SheetExpiredError where the head's run is no longer kept.
    """
    row = _row_type(entity)
    names = [page.sk for page in head.sheets.get(entity.name, ())]
    pages = repo.read_pages(scope, head.account_ref, names) if names else []
    return [made for data in pages for made in decode_rows(row, data)]


def read_dealer(scope: TenantScope, published: Published, entity: Entity[R]) -> list[R]:
    """The dealer's rows of this entity by key; one round trip, or none where this process has them already."""
    sheet = published.sheets.get(entity.name)
    if sheet is None:
        return []
    pages = (read_dealer_page(scope, entity.name, sheet, index, _row_type(entity)) for index in range(sheet.pages))
    return [row for page in pages for row in page]


def read_dealer_page(scope: TenantScope, name: str, sheet: DealerSheet, index: int, row: type[R]) -> list[R]:
    """One page of a dealer's sheet, remembered by dealer and run."""

    def load() -> list[R]:
        (data,) = repo.read_dealer(scope, name, sheet.run, [index])
        return decode_rows(row, data)

    return _pages.get((scope.dealer_id, name, sheet.run, index), load)


def _row_type(entity: Entity[R]) -> type[R]:
    if entity.row is None:
        msg = f"{entity.name} has no sheet"
        raise TypeError(msg)
    return entity.row
