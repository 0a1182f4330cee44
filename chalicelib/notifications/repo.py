"""A dealer's outbox: claim, send, confirm."""

from datetime import datetime, timedelta

from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.scopes import ImportScope
from chalicelib.store.outbox import OutboxItem, outbox_pk
from chalicelib.store.roles import scoped

_KEPT = timedelta(days=30)


@scoped
def items(scope: ImportScope) -> list[OutboxItem]:
    """All there are, oldest first. What is sent is gone, so there are few; one read for an empty outbox."""
    return list(OutboxItem.query(outbox_pk(scope)))


@scoped
def claim(scope: ImportScope, item: OutboxItem, now: datetime) -> bool:  # noqa: ARG001
    """Take it; False if another did first."""
    item.state, item.claimed_at = "claimed", now
    return _saved(item)


@scoped
def release(scope: ImportScope, item: OutboxItem) -> None:  # noqa: ARG001
    """It was surely not sent: it waits again."""
    item.state, item.claimed_at = "queued", None
    _saved(item)


@scoped
def set_aside(scope: ImportScope, item: OutboxItem, state: str, *, detail: str, now: datetime) -> bool:  # noqa: ARG001
    """It is `uncertain` or `dropped`, and kept for 30 days; False if another took it."""
    item.state, item.detail, item.ttl = state, detail, int((now + _KEPT).timestamp())
    return _saved(item)


@scoped
def forget(scope: ImportScope, item: OutboxItem) -> None:  # noqa: ARG001
    """It is done, and noted where it belongs."""
    item.delete()


def _saved(item: OutboxItem) -> bool:
    try:
        item.save()
    except ConflictError:
        return False
    return True
