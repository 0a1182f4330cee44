"""The second step of a login: a code, and the session begins."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil

from chalicelib.identity import (
    code_proofs,
    devices,
    factors,
    invitations,
    rate_limits,
    recovery_codes,
    repo,
    totp,
    trusted_browsers,
)
from chalicelib.identity.model import SENT, ClientInfo, FactorKind
from chalicelib.identity.operations import LoggedIn, Proof, open_session
from chalicelib.identity.pending_logins import ENDED, LIFE, WaitingLogin, waiting
from chalicelib.identity.repo import factor_writes
from chalicelib.identity.sent_codes import operations as sent_codes
from chalicelib.identity.sent_codes.model import Bound, CodePurpose, Destination, SentCode
from chalicelib.kernel.errors import InvalidError, NotFoundError, TooManyError, UnauthenticatedError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext, ngettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.observability import Refusal, refused
from chalicelib.store.transactions import WriteItem

NO_CODE = lazy_gettext("Enter your code")
WRONG = lazy_gettext("This code is wrong or was used already. Wait for the next one, or use a recovery code.")
WRONG_SENT = lazy_gettext(
    "This code is wrong or no longer works. Enter the newest that we sent. After 5 wrong ones, request a new one."
)


NOT_A_SENT_CODE = lazy_gettext("Enter the 6 digits of the code that we sent.")
NOT_A_CODE = lazy_gettext("Enter the 6 digits that your app shows, or use a recovery code.")
NOT_A_RECOVERY_CODE = lazy_gettext("Enter all 16 letters and digits of one of your recovery codes.")


@dataclass(frozen=True, slots=True)
class SecondStepChoices:
    """By what a login that waits may go on, and the code that was sent for it, if one was."""

    factors: frozenset[FactorKind]
    sent: SentCode | None


def choices(scope: IdentityScope, found: WaitingLogin, now: datetime) -> SecondStepChoices:
    """For the page that asks. A person who is staff too is not offered a code that is sent, where they have an app."""
    person = found.person
    if not person.factors & SENT:
        return SecondStepChoices(person.factors, None)
    bound = Bound(CodePurpose.LOG_IN, found.login.login_id)
    sent = sent_codes.waiting(scope, bound=bound, person=person, now=now)
    return SecondStepChoices(sent_codes.usable_factors(scope, person), sent)


def send_code(
    scope: IdentityScope, *, secret: str, kind: FactorKind, client: ClientInfo, now: datetime, ids: Ids
) -> None:
    """Send the person a code, or another: the previous one no longer counts. The login waits 10 minutes from now.

    Raises UnauthenticatedError once the login has ended, NotFoundError for a way that the person has not, InvalidError
    where one was sent just now, TooManyError.
    """
    found = waiting(scope, secret, now)
    person = found.person
    # Tested control: code-sent-to-who-turned-it-on
    if kind not in SENT & sent_codes.usable_factors(scope, person):
        raise NotFoundError
    known = devices.with_known(scope, person.email, client, now=now)
    # Tested control: no-code-sent-while-locked
    with _wrong_codes(is_sent=True):
        rate_limits.require_room(scope, rate_limits.code_attempts(person.person_id, known.device), now=now)
    bound = Bound(CodePurpose.LOG_IN, found.login.login_id)
    dealer_id = found.login.dealer_id
    asked = sent_codes.request_code(
        scope,
        destination=Destination(kind),
        bound=bound,
        person=person,
        client=known,
        dealer_id=dealer_id,
        now=now,
        ids=ids,
    )
    repo.commit(scope, [factor_writes.extend_pending_login(found.login.login_id, expires=now + LIFE, now=now), *asked])


def enter_code(
    scope: IdentityScope,
    *,
    secret: str,
    code: str,
    by_recovery: bool = False,
    trust_browser: bool = False,
    client: ClientInfo,
    now: datetime,
    ids: Ids,
) -> LoggedIn:
    """Log in by a code of the app, one that was sent for this login, or a recovery code.

    `by_recovery`: which of them the page asked for, and so what it says of a wrong one. Raises UnauthenticatedError
    once the login has ended, InvalidError on `code`, TooManyError.
    """
    found = waiting(scope, secret, now)
    if not code.strip():
        missing = factors.NO_RECOVERY_CODE if by_recovery else NO_CODE
        raise InvalidError(missing, {"code": missing})
    person = found.person
    bound = Bound(CodePurpose.LOG_IN, found.login.login_id)
    is_sent = sent_codes.waiting(scope, bound=bound, person=person, now=now) is not None
    has_digits = bool(totp.typed_code(code))
    if not has_digits and not recovery_codes.code_hash(person.person_id, code):  # a slip, and no guess
        slip = NOT_A_RECOVERY_CODE if by_recovery else NOT_A_SENT_CODE if is_sent else NOT_A_CODE
        raise InvalidError(slip, {"code": slip})
    device = devices.recognised(scope, person.email, client.devices, now=now)
    of_kind = rate_limits.code_attempts if has_digits else rate_limits.recovery_attempts
    attempts = of_kind(person.person_id, device)
    # Tested control: limit-codes
    with _wrong_codes(is_sent=is_sent):
        rate_limits.consume(scope, attempts, now=now)
    proof = code_proofs.proof_by_code(scope, person, code, bound=bound, now=now)
    if proof is None:
        refused(Refusal.CREDENTIALS, email=person.email, address=client.address)
        by_recovery |= not has_digits
        wrong = factors.WRONG_RECOVERY_CODE if by_recovery else WRONG_SENT if is_sent else WRONG
        raise InvalidError(wrong, {"code": wrong})
    rate_limits.refund(scope, attempts, now=now)
    uses = code_proofs.spend(proof, person, origin=client.origin, now=now, ids=ids)
    known = replace(client, device=device)
    return finish(
        scope, found, factor=proof.factor, uses=uses, trust_browser=trust_browser, client=known, now=now, ids=ids
    )


@contextmanager
def _wrong_codes(*, is_sent: bool) -> Iterator[None]:
    """What is said of too many: what to wait for. Raises TooManyError."""
    try:
        yield
    except TooManyError as error:
        minutes = ceil(error.retry_after / 60)
        hours = ceil(minutes / 60)
        wait = (
            ngettext("%(num)s minute", "%(num)s minutes", minutes, num=minutes)
            if minutes <= rate_limits.MINUTES_AT_MOST
            else ngettext("%(num)s hour", "%(num)s hours", hours, num=hours)
        )
        said = (
            _("Too many wrong codes. Wait %(wait)s, then request a new code.", wait=wait)
            if is_sent
            else _("Too many wrong codes. Wait %(wait)s, then enter a new one, or use a recovery code now.", wait=wait)
        )
        raise TooManyError(said, retry_after=error.retry_after) from None


def finish(
    scope: IdentityScope,
    found: WaitingLogin,
    *,
    factor: FactorKind,
    uses: Sequence[WriteItem],
    trust_browser: bool,
    client: ClientInfo,
    now: datetime,
    ids: Ids,
) -> LoggedIn:
    """The second factor was shown, and `uses` uses it up: the session begins, and an invitation is accepted with it."""
    login, person = found.login, found.person
    # Tested control: second-step-consumes-login
    written: list[WriteItem] = [factor_writes.consume_pending_login(login.login_id, now), *uses]
    kept = None
    if trust_browser:
        weak = factor in SENT
        more, kept = trusted_browsers.trust(scope, person, client=client, weak=weak, now=now, ids=ids)
        written += more
    proof = Proof(factor=factor, uses=tuple(written))
    if login.link_hash:
        link = repo.link(scope, login.link_hash)
        if link is None or link.expires_at <= now:
            raise UnauthenticatedError(ENDED)
        done = invitations.accept_with_proof(
            scope, person=person, link=link, client=client, proof=proof, now=now, ids=ids
        )
    else:
        done = open_session(
            scope, person=person, client=client, dealer_id=login.dealer_id, proof=proof, now=now, ids=ids
        )
    return replace(done, trusted_secrets=kept)
