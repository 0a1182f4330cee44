"""The messages that wake the worker of an outbox. One that is lost is made good by a schedule."""

from chalicelib import settings
from chalicelib.kernel.scopes import IdentityScope, TenantScope
from chalicelib.store import queues
from chalicelib.store.outbox import BULK_LANES


def notify(scope: TenantScope | IdentityScope) -> None:
    """Have the single items of an outbox done at once."""
    body = {"identity": True} if isinstance(scope, IdentityScope) else {"dealer_id": scope.dealer_id}
    queues.send(settings.load().outbox_queue_url, body)


def notify_bulk(scope: TenantScope) -> None:
    """Have a dealer's bulk items done, on all lanes."""
    bodies = [_lane(scope, lane) for lane in range(BULK_LANES)]
    queues.send_many(settings.load().bulk_queue_url, bodies)


def notify_lane(scope: TenantScope, lane: int, *, delay_seconds: int = 0) -> None:
    """Have the bulk items of one lane done, after `delay_seconds` (0 to 900)."""
    queues.send(settings.load().bulk_queue_url, _lane(scope, lane), delay_seconds)


def _lane(scope: TenantScope, lane: int) -> dict[str, str | int]:
    return {"dealer_id": scope.dealer_id, "lane": lane}
