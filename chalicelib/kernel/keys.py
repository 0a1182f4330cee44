"""References of accounts and customers in keys and links: they may hold any printable character, and differ by case."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from functools import lru_cache
from urllib.parse import quote

from chalicelib.kernel.errors import NotFoundError

_PORTAL_CUSTOMER = re.compile(r"~([0-9A-HJKMNP-TV-Z]{26})")


def key_part(ref: str) -> str:
    """Percent-encoded, so that `#` and `/` stay free for keys: `A/1#b` -> `A%2F1%23b`."""
    return quote(ref, safe="")


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


def portal_customer_ref(customer_id: str) -> str:
    """`~<ulid>`: takes the place of an account's number, for a customer that no export names."""
    return f"~{customer_id}"


def portal_customer_id(ref: str) -> str:
    """The id that `portal_customer_ref` made a reference of. Raises NotFoundError on anything else."""
    found = _PORTAL_CUSTOMER.fullmatch(ref)
    if found is None:
        raise NotFoundError
    return found[1]


def is_portal_customer(ref: str) -> bool:
    """Whether it names a customer that was added in the portal, and not an account of the dealer's system."""
    return _PORTAL_CUSTOMER.fullmatch(ref) is not None
