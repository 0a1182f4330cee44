"""Account references in keys and links: they may hold any printable character and differ by case."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from functools import lru_cache
from urllib.parse import quote, unquote

from chalicelib.kernel.errors import NotFoundError


def key_part(ref: str) -> str:
    """Percent-encoded, so that `#` and `/` stay free for keys: `A/1#b` -> `A%2F1%23b`."""
    return quote(ref, safe="")


def from_key_part(part: str) -> str:
    """The reference that `key_part` encoded."""
    return unquote(part)


@lru_cache(1024)  # a row of a list asks three times, twice for its account's
def link_part(ref: str) -> str:
    """base64url without padding, for paths: never case-folded, never decoded on the way."""
    return urlsafe_b64encode(ref.encode()).rstrip(b"=").decode()


def from_link_part(part: str) -> str:
    """The reference that `link_part` encoded. Raises NotFoundError on anything else."""
    try:
        ref = urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()
    except (Error, UnicodeError, ValueError):
        raise NotFoundError from None
    if link_part(ref) != part:
        raise NotFoundError
    return ref
