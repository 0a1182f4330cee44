"""Reads about dealers."""

from chalicelib.dealers import repo
from chalicelib.dealers.model import Dealer, DealerEntry
from chalicelib.dealers.published import Published
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import DoorScope, OperatorScope, TenantScope
from chalicelib.store.recent import Recent

_recent: Recent[Dealer] = Recent(5)


def dealer(scope: TenantScope, *, fresh: bool = False) -> Dealer:
    """The dealer's settings, up to 5 seconds old unless `fresh`. Raises NotFoundError."""
    return _recent.get(scope.dealer_id, lambda: _dealer(scope), fresh=fresh)


def published(scope: TenantScope) -> Published:
    """The published run as of now. The settings come with it, so `dealer` need not ask again. Raises NotFoundError."""
    found, settings = repo.published_and_dealer(scope)
    if settings:
        _recent.offer(scope.dealer_id, settings)
    if found is None:
        raise NotFoundError
    return found


def by_slug(scope: OperatorScope | DoorScope, slug: str) -> str | None:
    """The id of the dealer at an address, or None."""
    return repo.find_by_slug(scope, slug)


def by_code(scope: OperatorScope, code: str) -> str | None:
    """The id of the dealer that export bundles call `code`, or None."""
    return repo.find_by_code(scope, code)


def all_dealers(scope: OperatorScope) -> list[DealerEntry]:
    """Every dealer there is, for schedules and the operator."""
    return repo.entries(scope)


def _dealer(scope: TenantScope) -> Dealer:
    found = repo.dealer(scope)
    if found is None:
        raise NotFoundError
    return found
