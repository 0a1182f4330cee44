"""An address that an answer is sent to, what came, and why it was not added. Pure."""

import re
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.kernel.ids import Ids
from chalicelib.messages.model import Side

LIFE = timedelta(days=90)
"""Of an address, from the mail that it is in."""
MAX_A_DAY = 60
"""Mails of a person about the conversations of an account that are opened in a day (UTC), as of the form."""
MAX_MAIL_BYTES = 10_000_000
"""Larger ones are not opened."""
MAX_NAMES = 10
"""Files that a mail names."""
_SECRET_BYTES = 16
_LOCAL = re.compile(r"r-(?P<dealer_id>[a-z0-9]{10})-(?P<secret>[a-z2-7]{26})", re.ASCII)


class Reason(StrEnum):
    """Why an answer, or part of it, was not added."""

    SENDER = "sender"  # not from the address of the person, or nobody can tell
    EMPTY = "empty"
    TOO_LONG = "too_long"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    FULL = "full"
    NEWS = "news"  # of staff: the customer has written since the mail
    UNAVAILABLE = "unavailable"  # the dealer does not use messages now
    FILES = "files"  # the words were added, some files were not


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyAddress:
    """What an address stands for: it adds to this thread, as this person, and does nothing else.

    `seen` is the newest entry that its mail has shown.
    """

    account_ref: str
    thread_id: str
    person_id: str
    side: Side
    seen: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AddressParts:
    """An address as it is written: at which dealer its secret is to be looked for."""

    dealer_id: str
    secret: str

    def at(self, domain: str) -> str:
        """`r-<dealer>-<secret>@reply.example.com`."""
        return f"r-{self.dealer_id}-{self.secret}@{domain}"


class Progress(StrEnum):
    """How far a mail has been dealt with."""

    COUNTED = "counted"  # against the day of its person, and nothing else was done yet
    WORDS = "words"  # they were added; its files are still to be sent
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What is kept of a mail, so that it counts once. `at`: when it was first dealt with.

    Once for each person and thread: it may have gone to the addresses of several.
    """

    mail_id: str
    account_ref: str
    thread_id: str
    person_id: str
    at: datetime
    progress: Progress = Progress.COUNTED
    version: int = 0


def new_secret(ids: Ids) -> str:
    """128 random bits in small letters and digits: mail programs and servers may change the case of an address."""
    return b32encode(ids.random_bytes(_SECRET_BYTES)).rstrip(b"=").decode().lower()


def parts_of(address: str, domain: str) -> AddressParts | None:
    """The parts of an address of ours, or None where it is not one."""
    local, _, at = address.strip().lower().rpartition("@")
    found = _LOCAL.fullmatch(local) if domain and at == domain else None
    return AddressParts(found["dealer_id"], found["secret"]) if found else None
