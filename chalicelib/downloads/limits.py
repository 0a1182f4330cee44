"""How many files one person may ask for (threat 21): some in five minutes, and one at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from chalicelib.downloads.model import MemberScope
from chalicelib.identity import rate_limits
from chalicelib.identity.rate_limits import MINUTES_5, Attempt, Limit
from chalicelib.kernel.scopes import IdentityScope

PER_PERSON = Limit("download.person", 10, MINUTES_5)
REQUEST_SECONDS = 30
"""A request has 29: what was being made for longer was lost."""


@contextmanager
def one_download(scope: MemberScope, *, now: datetime) -> Iterator[None]:
    """Counts a file of the person, and is held while it is made. Raises TooManyError."""
    identity = IdentityScope()
    person = f"{scope.dealer_id}\n{scope.person_id}"
    # Tested control: downloads-limited
    rate_limits.consume(identity, (Attempt(PER_PERSON, person),), now=now)
    with rate_limits.one_at_a_time(identity, "download.making", person, now=now, seconds=REQUEST_SECONDS):
        yield
