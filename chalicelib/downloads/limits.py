"""How many files one person may ask for (threat 21): some in five minutes, and one at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from chalicelib.downloads.model import MemberScope
from chalicelib.identity import rate_limits
from chalicelib.identity.rate_limits import DAY, HOUR, MINUTES_5, Attempt, Limit
from chalicelib.kernel.scopes import IdentityScope

PER_PERSON = Limit("download.person", 10, MINUTES_5)
MANY_PERSON, MANY_DEALER = Limit("download.many.person", 60, DAY), Limit("download.many.dealer", 600, HOUR)
"""Files of many documents: each may take a function for minutes."""
REQUEST_SECONDS = 30
"""A request has 29: what was being made for longer was lost."""


@contextmanager
def one_download(scope: MemberScope, *, now: datetime, many: bool = False) -> Iterator[None]:
    """Counts a file of the person, and is held while it is made or asked for. Raises TooManyError.

    `many`: it is of many documents.
    """
    identity = IdentityScope()
    person = f"{scope.dealer_id}\n{scope.person_id}"
    of_many = (Attempt(MANY_PERSON, person), Attempt(MANY_DEALER, scope.dealer_id)) if many else ()
    # Tested control: downloads-limited
    rate_limits.consume(identity, (Attempt(PER_PERSON, person), *of_many), now=now)
    with rate_limits.one_at_a_time(identity, "download.making", person, now=now, seconds=REQUEST_SECONDS):
        yield
