"""Links by which mails are unsubscribed from, in the table."""

from datetime import datetime
from typing import NamedTuple

from chalicelib.identity import records
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store.roles import scoped


class StoredLink(NamedTuple):
    """What is stored of one."""

    dealer_id: str
    person_id: str
    kind: str
    expires_at: datetime


@scoped
def put(
    scope: IdentityScope,
    link_hash: str,
    *,
    dealer_id: str,
    person_id: str,
    kind: str,
    expires_at: datetime,
) -> None:
    """Keep one, until it expires."""
    records.UnsubscribeRecord(
        f"T#{link_hash}",
        "UNSUBSCRIBE",
        dealer_id=dealer_id,
        person_id=person_id,
        kind=kind,
        expires_at=expires_at,
        ttl=int(expires_at.timestamp()),
    ).save()


@scoped
def find(scope: IdentityScope, link_hash: str) -> StoredLink | None:
    """One by the hash of its secret, also where it has expired."""
    found = records.UnsubscribeRecord.find(f"T#{link_hash}", "UNSUBSCRIBE")
    return StoredLink(found.dealer_id, found.person_id, found.kind, found.expires_at) if found else None
