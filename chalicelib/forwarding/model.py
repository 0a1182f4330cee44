"""A document that was sent on, to whom, and what became of it. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from pydantic.dataclasses import dataclass

from chalicelib.kernel.schemas import STRICT

LIFE = timedelta(days=30)
"""How long the link in the mail works."""
LISTED_FOR = timedelta(days=90)
"""How long after that it is still listed, with the address it was sent to."""
MAX_MESSAGE = 500
STATEMENT = "statement"
"""The kind of a document that is no transaction's."""


class ForwardState(StrEnum):
    """Where it stands."""

    LIVE = "live"
    ENDED = "ended"
    EXPIRED = "expired"
    UNDELIVERED = "undelivered"


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class ForwardedDocument:
    """Which it is: `kind` is a type of transaction, or `statement`; `document_id` and `on` find it again.

    `reference` is what people call it, `on` its date as ISO text.
    """

    kind: str
    document_id: str
    reference: str
    on: str


class Letter(NamedTuple):
    """What its sender has entered: to which address, and a message."""

    to: str
    message: str


class Sender(NamedTuple):
    """What its sender is called, if they have said, and the email that they log in with."""

    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Forward:
    """One document sent to one address. `sent_by` is a person's id; their name (empty if unknown) and email are shown.

    `link_hash` is the hash of the secret in the newest mail. `views` counts each time that somebody has pressed the
    button: opening the page, as programs that scan mail do, counts for nothing.
    """

    forward_id: str
    account_ref: str
    account_name: str
    document: ForwardedDocument
    email: str
    message: str
    sent_by: str
    sender_name: str
    sender_email: str
    sent_at: datetime
    expires_at: datetime
    era: str = ""
    link_hash: str = ""
    ended_at: datetime | None = None
    undelivered: bool = False
    views: int = 0
    viewed_at: datetime | None = None
    version: int = 0

    def state_at(self, now: datetime) -> ForwardState:
        """Where it stands."""
        if self.ended_at:
            return ForwardState.ENDED
        if now >= self.expires_at:
            return ForwardState.EXPIRED
        return ForwardState.UNDELIVERED if self.undelivered else ForwardState.LIVE

    def is_live(self, now: datetime) -> bool:
        """Whether its link works."""
        return self.state_at(now) is ForwardState.LIVE
