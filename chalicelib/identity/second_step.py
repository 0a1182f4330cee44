"""The second step of a login: a code, and the session begins."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.identity import devices, factors, invitations, rate_limits, repo, totp, trusted_browsers
from chalicelib.identity.model import SENT, ClientInfo, FactorKind
from chalicelib.identity.operations import LoggedIn, Proof, open_session
from chalicelib.identity.pending_logins import ENDED, LIFE, Waiting, waiting
from chalicelib.identity.repo import factor_writes
from chalicelib.identity.sent_codes import operations as sent_codes
from chalicelib.identity.sent_codes.model import Bound, Destination, Purpose, SentCode
from chalicelib.kernel.errors import InvalidError, NotFoundError, UnauthenticatedError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.observability import Refusal, refused
from chalicelib.store.transactions import WriteItem

NO_CODE = lazy_gettext("Enter your code")
WRONG = lazy_gettext("This code is wrong or was used already. Wait for the next one, or use a recovery code.")
WRONG_SENT = lazy_gettext(
    "This code is wrong, or works no longer. Enter the newest that we sent. After 5 wrong ones, have another sent."
)


@dataclass(frozen=True, slots=True)
class Ways:
    """By what a login that waits may go on, and the code that was sent for it, if one was."""

    factors: frozenset[FactorKind]
    sent: SentCode | None


def ways(scope: IdentityScope, found: Waiting, now: datetime) -> Ways:
    """For the page that asks. A person who is staff too is not offered a code that is sent, where they have an app."""
    person = found.person
    if not person.factors & SENT:
        return Ways(person.factors, None)
    bound = Bound(Purpose.LOG_IN, found.login.login_id)
    sent = sent_codes.waiting(scope, bound=bound, person=person, now=now)
    return Ways(sent_codes.usable_factors(scope, person), sent)


def send_code(
    scope: IdentityScope, *, secret: str, kind: FactorKind, client: ClientInfo, now: datetime, ids: Ids
) -> None:
    """Send the person a code, or another: the one of before counts no more. The login waits 10 minutes from now.

    Raises UnauthenticatedError once the login has ended, NotFoundError for a way that the person has not, InvalidError
    where one was sent just now, TooManyError.
    """
    found = waiting(scope, secret, now)
    person = found.person
    # Tested control: code-sent-to-who-turned-it-on
    if kind not in SENT & sent_codes.usable_factors(scope, person):
        raise NotFoundError
    known = replace(client, device=devices.recognised(scope, person.email, client.devices, now=now))
    bound = Bound(Purpose.LOG_IN, found.login.login_id)
    dealer_id = found.login.dealer_id
    asked = sent_codes.ask(
        scope, going=Destination(kind), bound=bound, person=person, client=known, dealer_id=dealer_id, now=now, ids=ids
    )
    repo.commit(scope, [factor_writes.keep_pending_login(found.login.login_id, expires=now + LIFE, now=now), *asked])


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
    device = devices.recognised(scope, person.email, client.devices, now=now)
    attempts = rate_limits.code_attempts(person.person_id, device)
    # Tested control: limit-codes
    rate_limits.consume(scope, attempts, now=now)
    bound = Bound(Purpose.LOG_IN, found.login.login_id)
    proof = factors.proof_by_code(scope, person, code, bound=bound, now=now)
    if proof is None:
        refused(Refusal.CREDENTIALS, email=person.email, address=client.address)
        was_sent = totp.typed_code(code) and sent_codes.waiting(scope, bound=bound, person=person, now=now)
        wrong = factors.WRONG_RECOVERY_CODE if by_recovery else WRONG_SENT if was_sent else WRONG
        raise InvalidError(wrong, {"code": wrong})
    rate_limits.refund(scope, attempts, now=now)
    uses = factors.spend(proof, person, origin=client.origin, now=now, ids=ids)
    known = replace(client, device=device)
    return finish(
        scope, found, factor=proof.factor, uses=uses, trust_browser=trust_browser, client=known, now=now, ids=ids
    )


def finish(
    scope: IdentityScope,
    found: Waiting,
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
