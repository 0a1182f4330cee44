"""Ids and secrets are passed in. `Ids` makes real ones; tests pass a seeded source of bytes."""

import os
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from ulid import ULID

_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
_ULID = re.compile(r"0[0-9A-HJKMNP-TV-Z]{25}", re.ASCII)
_UNBIASED = 256 - 256 % len(_ALPHABET)


@dataclass(frozen=True, slots=True)
class Ids:
    """A source of ids. `random_bytes(n)` gives n bytes, by default from the operating system."""

    random_bytes: Callable[[int], bytes] = os.urandom

    def ulid(self, now: datetime) -> str:
        """26 characters that sort by `now`."""
        milliseconds = int(now.timestamp() * 1000)
        return str(ULID.from_bytes(milliseconds.to_bytes(6, "big") + self.random_bytes(10)))

    def dealer_id(self) -> str:
        """10 characters of [a-z0-9], 51 bits."""
        out = ""
        while len(out) < 10:  # noqa: PLR2004 - the length is the contract in scopes.DEALER_ID
            out += "".join(_ALPHABET[b % len(_ALPHABET)] for b in self.random_bytes(16) if b < _UNBIASED)
        return out[:10]

    def secret(self) -> str:
        """256 random bits for a session, a link or a key, base64url without padding (43 characters)."""
        return urlsafe_b64encode(self.random_bytes(32)).rstrip(b"=").decode()


def first_ulid(moment: datetime) -> str:
    """Sorts before every ULID of `moment` and after all earlier ones."""
    return str(ULID.from_bytes(int(moment.timestamp() * 1000).to_bytes(6, "big") + bytes(10)))


def numbered_ulid(moment: datetime, number: int) -> str:
    """The ULID of what has a number instead and began at `moment`: the same each time."""
    return str(ULID.from_bytes(int(moment.timestamp() * 1000).to_bytes(6, "big") + number.to_bytes(10, "big")))


def moment_of(ulid: str) -> datetime:
    """When it was made, to the millisecond."""
    return datetime.fromtimestamp(ULID.from_str(ulid).timestamp, UTC)


def is_ulid(text: str) -> bool:
    """Whether it is one of this millennium: a later one has no day that a date could name."""
    return _ULID.fullmatch(text) is not None


def ulid_month(ulid: str) -> str:
    """`yyyy-mm` (UTC) of the moment that a ULID holds. Raises ValueError for a text that is none."""
    return moment_of(ulid).strftime("%Y-%m")


MAX_SECRET_LENGTH = 64
"""Characters. Ours have 43, an API key four more."""


def may_be_secret(text: str) -> bool:
    """Whether it can be one at all: text longer than any secret is neither hashed nor looked up."""
    return 0 < len(text) <= MAX_SECRET_LENGTH


def secret_hash(secret: str) -> str:
    """What is stored of a secret: hex SHA-256. Enough for 256-bit secrets; passwords use argon2."""
    # Tested control: secrets-stored-hashed
    return sha256(secret.encode()).hexdigest()
