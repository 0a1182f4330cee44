"""Work for a higher slice, written in the transaction that causes it: mails, notices."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pynamodb.attributes import JSONAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.record import Versioned, tenant_pk

OutboxState = Literal["queued", "claimed", "sent", "uncertain", "dropped"]


class OutboxItem(Versioned):
    """`D#d#OUTBOX`, `<ulid>`: claimed, sent, confirmed; see notifications."""

    kind = UnicodeAttribute()
    payload = JSONAttribute()
    state = UnicodeAttribute(default="queued")
    created_at = UTCDateTimeAttribute()
    claimed_at = UTCDateTimeAttribute(null=True)
    detail = UnicodeAttribute(null=True)


def outbox_pk(scope: TenantScope) -> str:
    """The partition of a dealer's outbox."""
    return tenant_pk(scope, "OUTBOX")


def outbox_item(scope: TenantScope, *, kind: str, payload: Mapping[str, Any], now: datetime, ids: Ids) -> OutboxItem:
    """A queued item for the caller's transaction: `t.put(outbox_item(...))`. `payload` is JSON."""
    return OutboxItem(pk=outbox_pk(scope), sk=ids.ulid(now), kind=kind, payload=dict(payload), created_at=now)
