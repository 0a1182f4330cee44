"""Logging in with a passkey alone."""

from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.identity import devices, factors, rate_limits
from chalicelib.identity import repo as identity
from chalicelib.identity.model import ClientInfo, FactorKind, Person
from chalicelib.identity.operations import LoggedIn, Proof, open_session
from chalicelib.identity.passkeys import ceremony, challenges, repo
from chalicelib.identity.passkeys.model import ChallengePurpose, Passkey, RelyingParty, passkey_id
from chalicelib.kernel.errors import ConflictError, UnauthenticatedError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids, secret_hash
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.observability import Refusal, refused

NOT_ACCEPTED = lazy_gettext(
    "That passkey does not work here. Log in with your password, then see your passkeys under Security"
)
AFTER_RESET = lazy_gettext(
    "Your password was reset after this passkey was last used. Log in with your new password once, and then with the "
    "passkey: from then on it works alone again"
)
NO_FACTOR_AFTER_RESET = lazy_gettext(
    "Your password was reset after this passkey was last used, so it can no longer be used to log in. Log in with your "
    "new password, remove the passkey under Security, and add it again"
)


class _Answer(NamedTuple):
    """To a challenge that waited for one: in the name of which passkey and person, before it is checked."""

    sent: ceremony.Sent
    passkey: Passkey | None
    person: Person | None


class _Used(NamedTuple):
    """A passkey that has signed, whose it is, and how often it did."""

    passkey: Passkey
    person: Person
    sign_count: int


def begin_login(
    scope: IdentityScope, *, party: RelyingParty, client: ClientInfo, bound_to: str, now: datetime, ids: Ids
) -> dict[str, Any]:
    """What a visitor's browser has to sign, within 5 minutes: the same for everybody. Raises TooManyError.

    `bound_to`: a secret of this browser alone.
    """
    device = devices.recognised(scope, devices.ANYBODY, client.devices, now=now)
    # Tested control: limit-passkey-challenges
    rate_limits.consume(scope, rate_limits.passkey_asked_attempts(client.address, device), now=now)
    challenge = ids.secret()
    challenges.store_challenge(
        scope, challenge, purpose=ChallengePurpose.LOG_IN, bound_to=secret_hash(bound_to), now=now
    )
    return ceremony.request_options(party, challenge=challenge)


def log_in(
    scope: IdentityScope,
    *,
    party: RelyingParty,
    response: str,
    client: ClientInfo,
    bound_to: str,
    dealer_id: str | None = None,
    now: datetime,
    ids: Ids,
) -> LoggedIn:
    """A session for the person whose passkey signed: the device, and that it knows its user, are both factors.

    A passkey from before passkeys were second factors is one from this login on. Raises UnauthenticatedError, whatever
    is wrong, also for a passkey from before a reset of the password (`Passkey.logs_in_alone`), and TooManyError.
    """
    known, used = _checked(scope, party=party, response=response, client=client, bound_to=bound_to, now=now)
    person = used.person
    # Tested control: reset-stops-passkeys
    if not used.passkey.logs_in_alone(person.reset_at):
        refused(Refusal.CREDENTIALS, email=person.email, address=client.address)
        raise UnauthenticatedError(AFTER_RESET if FactorKind.PASSKEY in person.factors else NO_FACTOR_AFTER_RESET)
    write = repo.use_passkey(used.passkey, sign_count=used.sign_count, now=now)
    try:
        opened = open_session(
            scope,
            person=person,
            client=known,
            dealer_id=dealer_id,
            proof=Proof(factor=FactorKind.PASSKEY, uses=(write,)),
            now=now,
            ids=ids,
        )
    except ConflictError:  # its count was taken by another login meanwhile, or it was removed
        raise UnauthenticatedError(NOT_ACCEPTED) from None
    return (
        opened if FactorKind.PASSKEY in person.factors else _now_factor(scope, person, used.passkey, opened, now, ids)
    )


def _now_factor(
    scope: IdentityScope, person: Person, passkey: Passkey, opened: LoggedIn, now: datetime, ids: Ids
) -> LoggedIn:
    """The login in the new session that comes with it. As it was, where the factors are changed meanwhile."""
    kept = (repo.require_passkey(passkey),)
    try:
        change = factors.add_factor(
            scope, FactorKind.PASSKEY, session=opened.session, person=person, changes=kept, now=now, ids=ids
        )
    except ConflictError:
        return opened
    return replace(opened, secret=change.secret, session=change.session, codes=change.codes)


def _checked(
    scope: IdentityScope, *, party: RelyingParty, response: str, client: ClientInfo, bound_to: str, now: datetime
) -> tuple[ClientInfo, _Used]:
    """Who signed, and the client with what is known of its browser. Raises UnauthenticatedError and TooManyError."""
    try:
        # Tested control: passkey-junk-not-counted
        answer = _answered(scope, response=response, bound_to=bound_to, now=now)
        device = _device_of(scope, answer.person, client, now)
        attempts = rate_limits.passkey_used_attempts(client.address, device)
        # Tested control: limit-passkey-logins
        rate_limits.consume(scope, attempts, now=now)
        used = _signed(answer, party=party, response=response)
    except ceremony.NotSignedError:
        refused(Refusal.CREDENTIALS, address=client.address)
        raise UnauthenticatedError(NOT_ACCEPTED) from None
    rate_limits.refund(scope, attempts, now=now)
    return replace(client, device=device), used


def _answered(scope: IdentityScope, *, response: str, bound_to: str, now: datetime) -> _Answer:
    """The challenge is used up also by an answer that is wrong. Raises NotSignedError where none waits here for one."""
    sent = ceremony.sent(response)
    challenges.use_challenge(
        scope, sent.challenge, purpose=ChallengePurpose.LOG_IN, bound_to=secret_hash(bound_to), now=now
    )
    identifier = passkey_id(sent.credential_id)
    owner = repo.owner_id(scope, identifier)
    passkey = repo.passkey(scope, owner, identifier) if owner else None
    person = identity.person(scope, passkey.person_id) if passkey else None
    return _Answer(sent, passkey, person)


def _signed(answer: _Answer, *, party: RelyingParty, response: str) -> _Used:
    """Raises NotSignedError."""
    sent, passkey, person = answer
    # Tested control: passkey-user-handle
    if passkey is None or person is None or sent.user_handle != passkey.person_id:
        raise ceremony.NotSignedError
    count = ceremony.signed_count(response, party=party, challenge=sent.challenge, passkey=passkey)
    return _Used(passkey, person, count)


def _device_of(scope: IdentityScope, person: Person | None, client: ClientInfo, now: datetime) -> str | None:
    return devices.recognised(scope, person.email, client.devices, now=now) if person else None
