"""How often somebody may try (threat 4): counters in fixed windows, the same for known and unknown.

The address counts first: one that is out of attempts takes none of anybody's account.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, ip_address

from chalicelib.identity import repo
from chalicelib.kernel.errors import TooManyError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.scopes import IdentityScope

MINUTES_5 = 300
DAY = 86_400
_LONGEST_ADDRESS = 64
MESSAGE = lazy_gettext("Too many attempts. Wait a few minutes and try again.")


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` in each window of `seconds`."""

    name: str
    most: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """One counted attempt: taken, and given back where it turns out not to be one."""

    limit: Limit
    whom: str = ""

    @property
    def key(self) -> str:
        """`<name>#<hash of whom>`: the counter says neither the email nor the address."""
        return f"{self.limit.name}#{sha256(self.whom.encode()).hexdigest()}"

    def window(self, now: datetime) -> int:
        """Start of the window that holds `now`, epoch seconds."""
        return int(now.timestamp()) // self.limit.seconds * self.limit.seconds


# Tested control: limit-login-by-account
LOGIN_ACCOUNT = Limit("login.account", 10, MINUTES_5)
# Tested control: limit-login-by-address
LOGIN_ADDRESS = Limit("login.address", 10, MINUTES_5)
LOGIN_ALL = Limit("login.all", 3_000, MINUTES_5)
RESET_ACCOUNT = Limit("reset.account", 5, DAY)
RESET_ADDRESS = Limit("reset.address", 20, DAY)
RESET_ALL = Limit("reset.all", 10_000, DAY)
PASSWORD_CHANGES = Limit("password.change", 10, DAY)
"""Each sends a mail to its owner."""
LINK_ADDRESS = Limit("link.address", 10, MINUTES_5)
LINK_ALL = Limit("link.all", 3_000, MINUTES_5)


def network(address: str) -> str:
    """What one client has: an IPv4 address, but of IPv6 a whole /64, whose addresses cost nothing."""
    if len(address) > _LONGEST_ADDRESS:
        return ""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))


def login_attempts(email: str, address: str) -> tuple[Attempt, ...]:
    """Counted before a password is looked at; a right one gives them back."""
    return Attempt(LOGIN_ADDRESS, network(address)), Attempt(LOGIN_ACCOUNT, email), Attempt(LOGIN_ALL)


def reset_attempts(email: str, address: str) -> tuple[Attempt, ...]:
    """Counted for each request of a reset link."""
    return Attempt(RESET_ADDRESS, network(address)), Attempt(RESET_ACCOUNT, email), Attempt(RESET_ALL)


def password_change_attempts(person_id: str) -> tuple[Attempt, ...]:
    """Counted for each new password that somebody logged in sets."""
    return (Attempt(PASSWORD_CHANGES, person_id),)


def link_attempts(address: str) -> tuple[Attempt, ...]:
    """Counted for each use of a one-time link."""
    return Attempt(LINK_ADDRESS, network(address)), Attempt(LINK_ALL)


def consume(scope: IdentityScope, attempts: Iterable[Attempt], *, now: datetime) -> None:
    """Count an attempt. Raises TooManyError with the seconds until the window ends."""
    for one in attempts:
        start = one.window(now)
        end = start + one.limit.seconds
        if not repo.count(scope, one.key, start, most=one.limit.most, ttl=end + DAY):
            raise TooManyError(MESSAGE, retry_after=max(1, end - int(now.timestamp())))


def refund(scope: IdentityScope, attempts: Iterable[Attempt], *, now: datetime) -> None:
    """It was no guess: the counters fall by this one attempt, never by those of others."""
    for one in attempts:
        repo.uncount(scope, one.key, one.window(now))
