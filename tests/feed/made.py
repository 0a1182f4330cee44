"""Items as a slice writes them, without the change that they tell of."""

from datetime import datetime

from chalicelib.feed import repo
from chalicelib.feed.model import FeedItem
from chalicelib.feed.operations import feed_item
from chalicelib.feed.payloads import DocumentSent, InvitationAccepted, Payload
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store.roles import assume_scope
from chalicelib.store.transactions import transaction

ACCEPTED = InvitationAccepted(email="al@farm.example")
DOCUMENT = DocumentSent(
    purpose="order",
    note="For May",
    file_name="may.pdf",
    media_type="application/pdf",
    size=1200,
    request_id="",
    request="",
    sent_at="2024-06-05T09:00:00+00:00",
    accepted_at="2024-06-05T09:00:08+00:00",
)


def written(
    scope: TenantScope,
    now: datetime,
    ids: Ids,
    data: Payload = ACCEPTED,
    *,
    ref: str = "1200",
    name: str = "Mr A L Barlow",
) -> FeedItem:
    """One that waits."""
    item_id = ids.ulid(now)
    record = feed_item(scope, data, item_id=item_id, now=now, account_ref=ref, account_name=name)
    with assume_scope(scope), transaction() as t:
        t.put(record)
    return repo.items(scope, [item_id])[item_id]
