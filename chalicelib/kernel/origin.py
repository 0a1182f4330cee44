"""Where a request came from: its address, and its browser by name. It is kept with what the request changed."""

from collections.abc import Sequence
from typing import NamedTuple

MAX_ADDRESS_LENGTH = 45
"""Characters of the longest way to write an IPv6 address."""
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


class Origin(NamedTuple):
    """`browser` and `system` are names of products; each is empty where it is not known."""

    address: str
    browser: str = ""
    system: str = ""


def origin_of(address: str, user_agent: str) -> Origin:
    """The origin of a request with this header. Nothing is decided by what a browser says of itself."""
    return Origin(address[:MAX_ADDRESS_LENGTH], *browser_and_system(user_agent))


def stored_origin(values: Sequence[str] | None) -> Origin | None:
    """What was stored of one as a list, if anything was."""
    return Origin(*values) if values else None


def browser_and_system(user_agent: str) -> tuple[str, str]:
    """`Mozilla/5.0 (X11; Linux x86_64) ... Chrome/126.0 Safari/537.36` -> `Chrome`, `Linux`."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return browser, system
