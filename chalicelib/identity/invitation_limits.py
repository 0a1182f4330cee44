"""How many invitations may go out in a day (UTC): all dealers send from one address, whose good name they share."""

from datetime import datetime

from chalicelib.identity import repo
from chalicelib.identity.model import email_hash
from chalicelib.identity.rate_limits import DAY, Attempt, Limit
from chalicelib.kernel.errors import TooManyError
from chalicelib.kernel.i18n import Text, lazy_gettext
from chalicelib.kernel.scopes import IdentityScope

REPEATS = 3
"""How often a day an invitation may be sent again, for an account and to an address."""
# Tested control: invitation-repeats-capped
BY_EMAIL = Limit("invitation.email", REPEATS, DAY)
REPEATED = lazy_gettext("The invitation was sent again 3 times today already; the next is possible tomorrow")
USED_UP = lazy_gettext("Your invitations of today are used up; the next are possible tomorrow")


def consume_repeat(scope: IdentityScope, *, dealer_id: str, email: str, now: datetime) -> bool:
    """Count another invitation of a dealer to an address it was invited at before; whether it may go."""
    attempt = Attempt(BY_EMAIL, f"{dealer_id}#{email_hash(email.strip().lower())}")
    return _count(scope, attempt, now=now)


def consume_daily(scope: IdentityScope, *, dealer_id: str, most: int, wanted: int, now: datetime) -> None:
    """Count so many invitations of a dealer, all or none. Raises TooManyError where `most` a day would be passed."""
    # Tested control: invitations-capped-by-dealer
    if wanted and not _count(scope, Attempt(Limit("invitation.dealer", most, DAY), dealer_id), by=wanted, now=now):
        raise too_many(USED_UP, now=now)


def too_many(message: Text, *, now: datetime) -> TooManyError:
    """The refusal, until the day is over."""
    return TooManyError(message, retry_after=DAY - int(now.timestamp()) % DAY)


def _count(scope: IdentityScope, attempt: Attempt, *, by: int = 1, now: datetime) -> bool:
    start = attempt.window(now)
    return repo.count(scope, attempt.key, start, most=attempt.limit.most, ttl=start + 2 * DAY, by=by)
