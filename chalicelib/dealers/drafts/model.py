"""A draft as it is stored, and the name of what was live when it was begun. Pure."""

from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

KEPT = timedelta(days=30)
"""A draft that its admin leaves alone."""
FINGERPRINT_LENGTH = 16


class DraftKind(StrEnum):
    """What is chosen and saved as one; the value is the draft's sort key."""

    LOOK = "BRAND_DRAFT"
    TEXTS = "DRAFT#texts"
    MAILS = "DRAFT#mails"
    LANDING_PAGE = "LANDING_DRAFT"


class StoredDraft(NamedTuple):
    """As JSON. `base` is the `fingerprint` of what was live when it was begun; `picture` the PNG of a look's logo."""

    body: str
    base: str
    picture: bytes | None = None


def fingerprint(live: object) -> str:
    """Names what is live: anything else has another name."""
    return sha256(repr(live).encode()).hexdigest()[:FINGERPRINT_LENGTH]
