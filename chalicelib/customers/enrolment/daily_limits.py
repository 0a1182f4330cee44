"""What the limits of a day allow of the invitations that staff ask for; what is not sent after all is given back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.customers.enrolment.model import Enrolment
from chalicelib.customers.model import DirectoryEntry
from chalicelib.identity.invitation_limits import (
    BY_EMAIL,
    FIRST_BY_EMAIL,
    REPEATED,
    REPEATS,
    SAME_ADDRESS,
    consume_by_email,
    consume_daily,
    consume_daily_part,
    refund_by_email,
    refund_daily,
)
from chalicelib.identity.rate_limits import Limit
from chalicelib.kernel.errors import TooManyError
from chalicelib.kernel.i18n import LazyText
from chalicelib.kernel.scopes import IdentityScope, TenantScope

_IDENTITY = IdentityScope()
_REASONS = ((FIRST_BY_EMAIL, SAME_ADDRESS), (BY_EMAIL, REPEATED))


@dataclass(frozen=True, slots=True)
class Counted:
    """Emails by account, under the limit that each counts against; for the others why they may not go today.

    `postponed` are those for whom nothing was left of the dealer's number of the day, in their order.
    """

    emails: Mapping[Limit, Mapping[str, str]]
    refused: Mapping[str, LazyText]
    postponed: tuple[str, ...] = ()


def count_invitations(
    scope: TenantScope,
    entries: Sequence[DirectoryEntry],
    before: Mapping[str, Enrolment],
    *,
    maximum: int,
    in_part: bool = False,
    now: datetime,
) -> Counted:
    """Count an invitation for each account. Raises TooManyError, and counts nothing, beyond `maximum` a day.

    `in_part` counts the first of them instead, as many as are left of it, and postpones the rest.
    """
    wanted, refused = _by_limit(entries, before, now=now)
    allowed: dict[Limit, Mapping[str, str]] = {}
    for limit, reason in _REASONS:
        emails = wanted[limit]
        spent = consume_by_email(_IDENTITY, limit, dealer_id=scope.dealer_id, emails=emails, now=now)
        refused |= dict.fromkeys(sorted(spent), reason)
        allowed[limit] = {ref: email for ref, email in emails.items() if ref not in spent}
    number = sum(map(len, allowed.values()))
    if in_part:
        part = consume_daily_part(_IDENTITY, dealer_id=scope.dealer_id, maximum=maximum, wanted=number, now=now)
        return _first(scope, entries, Counted(allowed, refused), part, now=now)
    try:
        consume_daily(_IDENTITY, dealer_id=scope.dealer_id, maximum=maximum, wanted=number, now=now)
    except TooManyError:
        _refund_emails(scope, allowed, now=now)
        raise
    return Counted(allowed, refused)


def give_back(scope: TenantScope, counted: Counted, refs: Iterable[str], *, now: datetime) -> None:
    """These accounts were counted, and no invitation of theirs is sent."""
    unsent = set(refs)
    emails = {
        limit: {ref: email for ref, email in found.items() if ref in unsent} for limit, found in counted.emails.items()
    }
    if number := sum(map(len, emails.values())):
        _refund_emails(scope, emails, now=now)
        refund_daily(_IDENTITY, dealer_id=scope.dealer_id, unsent=number, now=now)


def _first(
    scope: TenantScope, entries: Iterable[DirectoryEntry], counted: Counted, part: int, *, now: datetime
) -> Counted:
    """So many of the accounts that were counted; the addresses of the others have nothing counted against them."""
    in_turn = [entry.ref for entry in entries if entry.ref not in counted.refused]
    kept, postponed = set(in_turn[:part]), tuple(in_turn[part:])
    emails = {
        limit: {ref: email for ref, email in found.items() if ref not in kept}
        for limit, found in counted.emails.items()
    }
    if postponed:
        _refund_emails(scope, emails, now=now)
    allowed = {
        limit: {ref: email for ref, email in found.items() if ref in kept} for limit, found in counted.emails.items()
    }
    return Counted(allowed, counted.refused, postponed)


def _by_limit(
    entries: Iterable[DirectoryEntry], before: Mapping[str, Enrolment], *, now: datetime
) -> tuple[dict[Limit, dict[str, str]], dict[str, LazyText]]:
    wanted: dict[Limit, dict[str, str]] = {FIRST_BY_EMAIL: {}, BY_EMAIL: {}}
    refused: dict[str, LazyText] = {}
    for entry in entries:
        enrolled = before.get(entry.ref)
        # Tested control: account-repeats-capped
        if enrolled and enrolled.repeats_on(now) >= REPEATS:
            refused[entry.ref] = REPEATED
        else:
            wanted[BY_EMAIL if enrolled else FIRST_BY_EMAIL][entry.ref] = entry.email or ""
    return wanted, refused


def _refund_emails(scope: TenantScope, emails: Mapping[Limit, Mapping[str, str]], *, now: datetime) -> None:
    for limit, by_account in emails.items():
        refund_by_email(_IDENTITY, limit, dealer_id=scope.dealer_id, emails=by_account.values(), now=now)
