"""Reads about the feed."""

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.feed import repo
from chalicelib.feed.model import FeedItem, Taker
from chalicelib.kernel.scopes import TenantScope

MAX_ITEMS = 100
"""Of one answer."""


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Some items in order. `next` is the id to go on behind, None at the end."""

    items: tuple[FeedItem, ...]
    next: str | None


def taker(scope: TenantScope) -> Taker:
    """Who takes items."""
    return repo.taker(scope)


def is_taken_by_a_system(scope: TenantScope) -> bool:
    """Whether a program takes items, or files do. Staff who take them by hand have what is a task already."""
    return taker(scope) is not Taker.PAGE


def waiting(scope: TenantScope, *, after: str = "", limit: int) -> FeedPage:
    """Items that nobody has taken, oldest first. Without `after` it is all of them, in whatever order they came."""
    return _page(repo.waiting(scope, after=after, limit=limit + 1), limit)


def waiting_of(scope: TenantScope, account_ref: str) -> list[FeedItem]:
    """Items of an account that nobody has taken, oldest first."""
    return repo.waiting_of(scope, account_ref)


def settled(scope: TenantScope, month: str, *, before: str = "", limit: int) -> FeedPage:
    """Items of a month, `yyyy-mm`, that have ended, newest first."""
    return _page(repo.settled(scope, month, before=before, limit=limit + 1), limit)


def item(scope: TenantScope, item_id: str) -> FeedItem | None:
    """One item, waiting or not."""
    return repo.items(scope, [item_id]).get(item_id)


def items(scope: TenantScope, item_ids: Iterable[str]) -> dict[str, FeedItem]:
    """Those of these items that there are, waiting or not, by id. Two batches at most; none without ids."""
    wanted = list(item_ids)
    return repo.items(scope, wanted) if wanted else {}


def all_items(scope: TenantScope, month: str) -> list[FeedItem]:
    """Everything that waits or, where there is a `month`, what ended of it; for a file."""
    return repo.settled(scope, month) if month else repo.waiting(scope)


def _page(found: list[FeedItem], limit: int) -> FeedPage:
    more = len(found) > limit
    return FeedPage(tuple(found[:limit]), found[limit - 1].item_id if more else None)
