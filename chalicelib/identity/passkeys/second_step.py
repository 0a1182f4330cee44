"""A passkey at the second step of a login, after the password."""

from datetime import datetime
from typing import Any

from chalicelib.identity import devices, rate_limits, second_step
from chalicelib.identity.model import ClientInfo, FactorKind
from chalicelib.identity.operations import LoggedIn
from chalicelib.identity.passkeys import ceremony, repo
from chalicelib.identity.passkeys.challenges import store_challenge, use_challenge
from chalicelib.identity.passkeys.model import ChallengePurpose, RelyingParty, passkey_id
from chalicelib.identity.pending_logins import WaitingLogin, waiting
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.observability import Refusal, refused
from chalicelib.store.transactions import WriteItem

NOT_ACCEPTED = lazy_gettext("That passkey does not work here. Try again, or use a recovery code")


def begin(
    scope: IdentityScope, *, party: RelyingParty, secret: str, client: ClientInfo, now: datetime, ids: Ids
) -> dict[str, Any]:
    """What the browser has to sign with one of the person's passkeys, within 5 minutes. `secret`: the waiting login's.

    Raises UnauthenticatedError once the login has ended, NotFoundError for somebody without a passkey, TooManyError.
    """
    found = waiting(scope, secret, now)
    device = devices.recognised(scope, found.person.email, client.devices, now=now)
    rate_limits.consume(scope, rate_limits.passkey_asked_attempts(client.address, device), now=now)
    allowed = repo.passkeys(scope, found.person.person_id)
    if not allowed:
        raise NotFoundError
    challenge = ids.secret()
    store_challenge(scope, challenge, purpose=ChallengePurpose.SECOND_STEP, bound_to=_bound_to(found), now=now)
    return ceremony.request_options(party, challenge=challenge, allowed=allowed)


def use_passkey(
    scope: IdentityScope,
    *,
    party: RelyingParty,
    secret: str,
    response: str,
    trust_browser: bool = False,
    client: ClientInfo,
    now: datetime,
    ids: Ids,
) -> LoggedIn:
    """Log in by what the browser has signed, within the limits of codes.

    Raises UnauthenticatedError once the login has ended, InvalidError, whatever is wrong, TooManyError.
    """
    found = waiting(scope, secret, now)
    person = found.person
    known = devices.with_known(scope, person.email, client, now=now)
    attempts = rate_limits.code_attempts(person.person_id, known.device)
    # Tested control: limit-passkeys-at-second-step
    rate_limits.consume(scope, attempts, now=now)
    try:
        use = _signed(scope, found, party=party, response=response, now=now)
    except ceremony.NotSignedError:
        refused(Refusal.CREDENTIALS, email=person.email, address=client.address)
        raise InvalidError(NOT_ACCEPTED) from None
    rate_limits.refund(scope, attempts, now=now)
    try:
        return second_step.finish(
            scope,
            found,
            factor=FactorKind.PASSKEY,
            uses=(use,),
            trust_browser=trust_browser,
            client=known,
            now=now,
            ids=ids,
        )
    except ConflictError:  # its count, or this login, was used meanwhile, or the passkey was removed
        raise InvalidError(NOT_ACCEPTED) from None


def _signed(
    scope: IdentityScope, found: WaitingLogin, *, party: RelyingParty, response: str, now: datetime
) -> WriteItem:
    """What uses the passkey. The challenge is used up also by an answer that is wrong."""
    sent = ceremony.sent(response)
    use_challenge(scope, sent.challenge, purpose=ChallengePurpose.SECOND_STEP, bound_to=_bound_to(found), now=now)
    # Tested control: second-step-own-passkey
    passkey = repo.passkey(scope, found.person.person_id, passkey_id(sent.credential_id))
    if passkey is None or sent.user_handle not in {"", passkey.person_id}:  # authenticators may leave it out here
        raise ceremony.NotSignedError
    count = ceremony.signed_count(response, party=party, challenge=sent.challenge, passkey=passkey)
    return repo.use_passkey(passkey, sign_count=count, is_confirmed=True, now=now)


def _bound_to(found: WaitingLogin) -> str:
    """An answer counts for the login that asked for it, and for no other of this person."""
    # Tested control: passkey-bound-to-pending-login
    return found.login.login_id
