"""How many invitations may go out in a day (UTC): all dealers share the sender reputation of one address."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from chalicelib.identity import repo
from chalicelib.identity.model import email_hash
from chalicelib.identity.rate_limits import DAY, Attempt, Limit
from chalicelib.kernel.emails import comparable_email
from chalicelib.kernel.errors import TooManyError
from chalicelib.kernel.i18n import Text, lazy_gettext
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store.backoff import attempts

REPEATS = 3
"""How often a day an invitation may be sent again, for an account and to an address."""
# Tested control: invitation-repeats-capped
BY_EMAIL = Limit("invitation.email", REPEATS, DAY)
# Tested control: first-invitations-capped
FIRST_BY_EMAIL = Limit("invitation.first", 10, DAY)
"""An export may give one address to many accounts: each of them is invited for the first time."""
REPEATED = lazy_gettext("This invitation has already been resent 3 times today. You can resend it tomorrow.")
SAME_ADDRESS = lazy_gettext(
    "10 customers with the same email address were invited today. You can invite the next tomorrow."
)
USED_UP = lazy_gettext("You have used today's invitations. You can send more tomorrow.")


def consume_by_email(
    scope: IdentityScope, limit: Limit, *, dealer_id: str, emails: Mapping[str, str], now: datetime
) -> set[str]:
    """Count an invitation of a dealer for each account at its address. Returns the accounts that may have none.

    `emails` are by account, of which several may have the same: they count one after the other.
    """
    left = {ref: _email_key(limit, dealer_id, email) for ref, email in emails.items()}
    start, spent = Attempt(limit).window(now), set[str]()
    while left:
        turn = {key: ref for ref, key in reversed(left.items())}  # the first account of each address
        full = repo.count_each(scope, turn, start, maximum=limit.maximum, ttl=start + 2 * DAY)
        spent |= {ref for ref, key in left.items() if key in full}
        left = {ref: key for ref, key in left.items() if key not in full and turn[key] != ref}
    return spent


def refund_by_email(
    scope: IdentityScope, limit: Limit, *, dealer_id: str, emails: Iterable[str], now: datetime
) -> None:
    """Invitations that were counted and are not sent: one for each time that an address is named."""
    counts = Counter(_email_key(limit, dealer_id, email) for email in emails)
    repo.uncount_each(scope, counts, Attempt(limit).window(now))


def consume_daily(scope: IdentityScope, *, dealer_id: str, maximum: int, wanted: int, now: datetime) -> None:
    """Count so many invitations of a dealer, all or none. Raises TooManyError where `maximum` a day would be passed."""
    # Tested control: invitations-capped-by-dealer
    if wanted and not _count(scope, Attempt(Limit("invitation.dealer", maximum, DAY), dealer_id), by=wanted, now=now):
        raise too_many(USED_UP, now=now)


def consume_daily_part(scope: IdentityScope, *, dealer_id: str, maximum: int, wanted: int, now: datetime) -> int:
    """Count as many of so many invitations as `maximum` a day has left; how many those are."""
    one = Attempt(Limit("invitation.dealer", maximum, DAY), dealer_id)
    for _attempt in attempts():
        part = min(wanted, maximum - repo.counted(scope, one.key, one.window(now)))
        if part <= 0:
            break
        if _count(scope, one, by=part, now=now):  # refused where others have counted since it was read
            return part
    return 0


def refund_daily(scope: IdentityScope, *, dealer_id: str, unsent: int, now: datetime) -> None:
    """So many of them were counted and are not sent."""
    one = Attempt(Limit("invitation.dealer", 0, DAY), dealer_id)
    repo.uncount_each(scope, {one.key: unsent}, one.window(now))


def too_many(message: Text, *, now: datetime) -> TooManyError:
    """The refusal, until the day is over."""
    return TooManyError(message, retry_after=DAY - int(now.timestamp()) % DAY)


def _email_key(limit: Limit, dealer_id: str, email: str) -> str:
    return Attempt(limit, f"{dealer_id}#{email_hash(comparable_email(email))}").key


def _count(scope: IdentityScope, attempt: Attempt, *, by: int = 1, now: datetime) -> bool:
    start = attempt.window(now)
    return repo.count(scope, attempt.key, start, maximum=attempt.limit.maximum, ttl=start + 2 * DAY, by=by)
