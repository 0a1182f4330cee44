"""How many invitations may go out in a day (UTC): all dealers send from one address, whose good name they share."""

from collections.abc import Mapping
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
REPEATED = lazy_gettext("This invitation has already been resent 3 times today. You can resend it tomorrow.")
USED_UP = lazy_gettext("You have used today's invitations. You can send more tomorrow.")


def consume_repeats(scope: IdentityScope, *, dealer_id: str, emails: Mapping[str, str], now: datetime) -> set[str]:
    """Count another invitation of a dealer to addresses that it was invited at before. Returns those that may not go.

    `emails` are by account, of which several may have the same: they count one after the other.
    """
    left = {
        ref: Attempt(BY_EMAIL, f"{dealer_id}#{email_hash(email.strip().lower())}").key for ref, email in emails.items()
    }
    start, spent = Attempt(BY_EMAIL).window(now), set[str]()
    while left:
        turn = {key: ref for ref, key in reversed(left.items())}  # the first account of each address
        full = repo.count_each(scope, turn, start, maximum=BY_EMAIL.maximum, ttl=start + 2 * DAY)
        spent |= {ref for ref, key in left.items() if key in full}
        left = {ref: key for ref, key in left.items() if key not in full and turn[key] != ref}
    return spent


def consume_daily(scope: IdentityScope, *, dealer_id: str, maximum: int, wanted: int, now: datetime) -> None:
    """Count so many invitations of a dealer, all or none. Raises TooManyError where `most` a day would be passed."""
    # Tested control: invitations-capped-by-dealer
    if wanted and not _count(scope, Attempt(Limit("invitation.dealer", maximum, DAY), dealer_id), by=wanted, now=now):
        raise too_many(USED_UP, now=now)


def too_many(message: Text, *, now: datetime) -> TooManyError:
    """The refusal, until the day is over."""
    return TooManyError(message, retry_after=DAY - int(now.timestamp()) % DAY)


def _count(scope: IdentityScope, attempt: Attempt, *, by: int = 1, now: datetime) -> bool:
    start = attempt.window(now)
    return repo.count(scope, attempt.key, start, maximum=attempt.limit.maximum, ttl=start + 2 * DAY, by=by)
