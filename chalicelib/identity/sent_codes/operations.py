"""Codes asked for, made where their message is written, and checked."""

from datetime import datetime
from typing import NamedTuple

from chalicelib.dealers import queries as dealers
from chalicelib.identity import passwords, rate_limits
from chalicelib.identity import repo as identity
from chalicelib.identity.model import ClientInfo, FactorKind, Person
from chalicelib.identity.repo import factor_reads, writes
from chalicelib.identity.sent_codes import repo
from chalicelib.identity.sent_codes.model import (
    LIFE,
    MAX_SENT,
    PROVING,
    Bound,
    CodePurpose,
    Destination,
    SentCode,
    accepted_factors,
    new_code,
)
from chalicelib.kernel.errors import InvalidError, NotFoundError
from chalicelib.kernel.i18n import lazy_gettext, ngettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope, TenantScope
from chalicelib.store.transactions import WriteItem

MESSAGES = {FactorKind.EMAIL: "security_code", FactorKind.SMS: "security_text"}
"""The kinds of outbox items."""
_OTHER = {FactorKind.EMAIL: FactorKind.SMS, FactorKind.SMS: FactorKind.EMAIL}
SENT_OFTEN = lazy_gettext(
    "Five codes were sent already. Enter the newest, or wait 10 minutes before you request a new one."
)


class JustSentError(InvalidError):
    """One was sent less than a minute ago."""


class MadeCode(NamedTuple):
    """A code in the clear, for its message alone."""

    code: str
    sent: SentCode


def request_code(
    scope: IdentityScope,
    *,
    destination: Destination,
    bound: Bound,
    person: Person,
    client: ClientInfo,
    dealer_id: str | None = None,
    now: datetime,
    ids: Ids,
) -> list[WriteItem]:
    """What to write so that a code is sent. `dealer_id`: for whose page it is requested.

    Raises JustSentError, InvalidError after five, NotFoundError for a number that nobody has proved, TooManyError.
    """
    kind, before = destination.kind, repo.sent_code(scope, bound)
    live = before if before and before.counts(now) else None
    if live and destination.new_number in {"", live.to}:  # a number that was mistyped waits for nothing
        _enforce_resend_delay(live, kind, now)
    to = destination.new_number or address_of(scope, person, kind)
    if not to:
        raise NotFoundError
    # Tested control: sent-codes-limited
    rate_limits.consume_all(scope, _attempts(scope, destination, to, person, client, bound, dealer_id), now=now)
    requested = SentCode(
        bound,
        kind,
        person.person_id,
        to,
        ids.ulid(now),
        asked_at=now,
        expires_at=now + LIFE,
        asked=live.asked + 1 if live else 1,
        other_asked_at=live.last_asked_at(_OTHER[kind]) if live else None,
    )
    payload = {
        "person_id": person.person_id,
        "email": person.email,
        "purpose": bound.purpose.value,
        "bound_to": bound.bound_to,
        "ask_id": requested.ask_id,
        "dealer_id": dealer_id or "",
        "origin": client.origin,
    }
    return [repo.put_request(requested, before=before), writes.outbox_item(MESSAGES[kind], payload, now=now, ids=ids)]


def _attempts(
    scope: IdentityScope,
    destination: Destination,
    to: str,
    person: Person,
    client: ClientInfo,
    bound: Bound,
    dealer_id: str | None,
) -> tuple[rate_limits.Attempt, ...]:
    """Against which limits a code to this address counts."""
    attempts = rate_limits.sent_code_attempts(person.person_id, client.device)
    if destination.kind is not FactorKind.SMS:
        return attempts
    is_new = bool(destination.new_number) and to != address_of(scope, person, FactorKind.SMS)
    return attempts + rate_limits.text_attempts(
        to,
        person_id=person.person_id,
        device=client.device,
        dealer_id=_paying_dealer(scope, person, bound.purpose, dealer_id),
        is_new=is_new,
    )


def generate_code(scope: IdentityScope, *, bound: Bound, ask_id: str, now: datetime, ids: Ids) -> MadeCode | None:
    """The code that a message carries: made here, so that none waits in an outbox. The previous one no longer counts.

    None where it was asked for again since, used, or nobody waits for it any longer.
    """
    asked = repo.sent_code(scope, bound)
    if asked is None or asked.ask_id != ask_id or not asked.counts(now):
        return None
    code = new_code(ids)
    # Tested control: sent-code-hashed-slowly
    code_hash = passwords.hash_password(code)  # of a fast hash, somebody tries all the million in a second
    return MadeCode(code, asked) if repo.store_code(scope, asked, code_hash) else None


def check(scope: IdentityScope, *, bound: Bound, person: Person, typed: str, now: datetime) -> SentCode | None:
    """The code that was sent for this, if `typed` is it. Counts as a try; uses nothing up by itself."""
    sent = waiting(scope, bound=bound, person=person, now=now)
    if sent is None or not sent.code_hash or not repo.count_try(scope, sent):
        return None
    return sent if passwords.password_matches(sent.code_hash, typed) else None


def waiting(scope: IdentityScope, *, bound: Bound, person: Person, now: datetime) -> SentCode | None:
    """The code that was asked for, for as long as it can be entered. None where it went to another address."""
    sent = repo.sent_code(scope, bound)
    if sent is None or not sent.counts(now) or sent.person_id != person.person_id:
        return None
    if sent.kind is FactorKind.SMS and bound.purpose in PROVING:
        return sent
    # Tested control: sent-code-of-current-address
    return sent if sent.to == address_of(scope, person, sent.kind) else None


def usable_factors(scope: IdentityScope, person: Person) -> frozenset[FactorKind]:
    """By which of their factors the person may log in."""
    return accepted_factors(person, identity.memberships(scope, person.person_id) if person.factors else ())


def address_of(scope: IdentityScope, person: Person, kind: FactorKind) -> str:
    """Where codes of this kind go; empty where no number is proved."""
    if kind is FactorKind.EMAIL:
        return person.email
    found = factor_reads.sms_number(scope, person.person_id)
    return found.number if found else ""


def _paying_dealer(scope: IdentityScope, person: Person, purpose: CodePurpose, asked_at: str | None) -> str:
    """Whose text message it is: of the person's dealers that offer them, the one at whose page it is asked for first.

    Anybody may log in at any dealer's page. Empty where none of theirs offers them, which counts for all such people.
    """
    own = {one.dealer_id for one in identity.memberships(scope, person.person_id)}
    # Tested control: texts-of-own-dealer
    in_order = sorted(own, key=lambda one: (one != asked_at, one))
    return next((one for one in in_order if _offers_texts(one, purpose)), "")


def _offers_texts(dealer_id: str, purpose: CodePurpose) -> bool:
    try:
        dealer = dealers.dealer(TenantScope(dealer_id))
        if purpose is CodePurpose.NOTIFY:
            return dealer.offers_sms_notifications
        # Tested control: texts-of-offering-dealer
        return dealer.offers_sms_codes
    except NotFoundError:
        return False


def _enforce_resend_delay(before: SentCode, kind: FactorKind, now: datetime) -> None:
    seconds = before.seconds_to_wait(kind, now)
    # Tested control: resend-after-a-minute
    if seconds:
        raise JustSentError(
            ngettext(
                "We have just sent one. You can ask for another in %(num)s second.",
                "We have just sent one. You can ask for another in %(num)s seconds.",
                seconds,
                num=seconds,
            )
        )
    if before.asked >= MAX_SENT:
        raise InvalidError(SENT_OFTEN)
