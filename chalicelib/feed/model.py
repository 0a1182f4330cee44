"""An item of the feed, and who takes it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.feed.payloads import Payload
from chalicelib.kernel.ids import is_ulid


class ItemState(StrEnum):
    """The state of an item. Of those that ended otherwise nothing is to be entered."""

    WAITING = "waiting"
    TAKEN = "taken"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


class Taker(StrEnum):
    """Who says that items are taken: staff on a page, a program with an API key, or the portal, which writes files.

    The others see copies.
    """

    PAGE = "page"
    PROGRAM = "program"
    FILES = "files"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """`item_id` is a ULID, `account_ref` empty for a customer whom no export names.

    `settled_by` is a person's id, "agent" for the dealer's program, or "outbox"; `reason` why it was rejected.
    """

    item_id: str
    kind: str
    version: int
    at: datetime
    data: Payload
    account_ref: str = ""
    account_name: str = ""
    state: ItemState = ItemState.WAITING
    settled_at: datetime | None = None
    settled_by: str = ""
    reason: str = ""


def is_item_id(text: str) -> bool:
    """Whether an item could have this id."""
    return is_ulid(text)
