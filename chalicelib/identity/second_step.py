"""The second step of a login: a code, and the session begins."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.identity import devices, factors, invitations, rate_limits, repo, trusted_browsers
from chalicelib.identity.model import ClientInfo, FactorKind
from chalicelib.identity.operations import LoggedIn, Proof, open_session
from chalicelib.identity.pending_logins import ENDED, Waiting, waiting
from chalicelib.identity.repo import factor_writes, writes
from chalicelib.kernel.errors import InvalidError, UnauthenticatedError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.observability import Refusal, refused
from chalicelib.store.transactions import WriteItem

NO_CODE = lazy_gettext("Enter your code")
WRONG = lazy_gettext("This code is wrong or was used already. Wait for the next one, or use a recovery code.")


def enter_code(
    scope: IdentityScope,
    *,
    secret: str,
    code: str,
    trust_browser: bool = False,
    client: ClientInfo,
    now: datetime,
    ids: Ids,
) -> LoggedIn:
    """Log in by a code of the app, or by a recovery code.

    Raises UnauthenticatedError once the login has ended, InvalidError on `code`, TooManyError.
    """
    found = waiting(scope, secret, now)
    if not code.strip():
        raise InvalidError(NO_CODE, {"code": NO_CODE})
    person = found.person
    device = devices.recognised(scope, person.email, client.devices, now=now)
    attempts = rate_limits.code_attempts(person.person_id, device)
    # Tested control: limit-codes
    rate_limits.consume(scope, attempts, now=now)
    proof = factors.proof_by_code(scope, person, code, now=now)
    if proof is None:
        refused(Refusal.CREDENTIALS, email=person.email, address=client.address)
        raise InvalidError(WRONG, {"code": WRONG})
    rate_limits.refund(scope, attempts, now=now)
    uses = [*proof.uses]
    if proof.codes_left is not None:
        uses += _notices(found, proof.codes_left, now=now, ids=ids)
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
        more, kept = trusted_browsers.trust(scope, person, client=client, now=now, ids=ids)
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


def _notices(found: Waiting, left: int, *, now: datetime, ids: Ids) -> list[WriteItem]:
    """The person hears of each recovery code that is used."""
    payload = {"email": found.person.email, "change": "code_used", "left": left}
    return [
        writes.audit(found.person.person_id, "recovery_code_used", now=now, ids=ids),
        writes.outbox_item("second_factor", payload, now=now, ids=ids),
    ]
