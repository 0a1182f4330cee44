"""The published run as readers and the import see it. One consistent read, remembered for 5 seconds.

An older run is still whole, so a few seconds are safe for readers; whoever writes asks for a fresh one.
"""

from chalicelib.dealers import queries, repo
from chalicelib.dealers.published import Published
from chalicelib.dealers.repo import advance, replace_swept, require_generation
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.recent import Recent

__all__ = ["advance", "forget", "read", "replace_swept", "require_generation"]

_recent: Recent[Published] = Recent(5)


def read(scope: TenantScope, *, fresh: bool = False) -> Published:
    """The dealer's published run, up to 5 seconds old unless `fresh`. Raises NotFoundError for no such dealer."""
    found = _recent.get(scope.dealer_id, lambda: _fresh(scope) if fresh else queries.published(scope), fresh=fresh)
    if not found.run:  # whoever has just sent a first export wants to see it now
        forget(scope)
    return found


def forget(scope: TenantScope) -> None:
    """After a change of one's own: the next read is fresh."""
    _recent.forget(scope.dealer_id)


def _fresh(scope: TenantScope) -> Published:
    found = repo.published(scope)
    if found is None:
        raise NotFoundError
    return found
