"""Passkeys made, used, renamed and removed."""

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.identity import devices, factors, rate_limits
from chalicelib.identity import queries as people
from chalicelib.identity import repo as identity
from chalicelib.identity.factors import FactorChange
from chalicelib.identity.model import ClientInfo, FactorKind, Person, Session
from chalicelib.identity.operations import LoggedIn, Proof, open_session
from chalicelib.identity.passkeys import ceremony, queries, repo
from chalicelib.identity.passkeys.model import (
    CHALLENGE_LIFE,
    MAX_PASSKEYS,
    Challenge,
    Passkey,
    Purpose,
    RelyingParty,
    passkey_id,
    passkey_name,
)
from chalicelib.identity.repo import writes
from chalicelib.kernel.errors import ConflictError, InvalidError, UnauthenticatedError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids, may_be_secret, secret_hash
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.observability import Refusal, refused
from chalicelib.store.transactions import WriteItem

NOT_CREATED = lazy_gettext("The passkey was not added: it took longer than 5 minutes, or the device refused. Try again")
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
_SECONDS_TO_CHANGE = 10


class Changed(NamedTuple):
    """A passkey that was added. `factors`: where it was the first, the new session of this browser."""

    passkey: Passkey
    factors: FactorChange | None = None


class Removed(NamedTuple):
    """A passkey that was removed, and the new session of this browser: all others have ended."""

    passkey: Passkey
    factors: FactorChange


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


def begin_creation(
    scope: IdentityScope,
    *,
    party: RelyingParty,
    session: Session,
    name: str,
    current_password: str,
    code: str = "",
    now: datetime,
    ids: Ids,
) -> dict[str, Any]:
    """What the person's browser has to make a passkey of, within 5 minutes.

    Where an authenticator app or sent codes are on, a code is asked for: a passkey logs in without. Raises
    InvalidError on `name`, `current_password` and `code`, TooManyError.
    """
    problems: dict[str, str] = {}
    named = ""
    try:
        named = passkey_name(name)
    except InvalidError as error:
        problems = error.fields
    known = repo.passkeys(scope, session.person_id)
    if len(known) >= MAX_PASSKEYS:
        problems = {"name": _has_too_many()}
    try:
        person = factors.confirm_password(scope, session=session, password=current_password, now=now)
        # Tested control: passkey-asks-code
        if queries.creation_asks_code(person) and not problems:
            proof = factors.confirm_code(scope, person, code, session=session, now=now)
            spent = factors.spend(proof, person, origin=session.origin, now=now, ids=ids)
            identity.commit(scope, spent)
    except InvalidError as error:
        problems |= error.fields
    if problems:
        raise InvalidError(next(iter(problems.values())), problems)
    challenge = ids.secret()
    store_challenge(scope, challenge, purpose=Purpose.CREATE, bound_to=session.session_id, name=named, now=now)
    return ceremony.creation_options(party, session=session, challenge=challenge, known=known)


def finish_creation(
    scope: IdentityScope,
    *,
    party: RelyingParty,
    session: Session,
    response: str,
    client: ClientInfo,
    now: datetime,
    ids: Ids,
) -> Changed:
    """Keep what the browser made. The first is a second factor from now on. Raises InvalidError, TooManyError."""
    try:
        sent = ceremony.sent(response)
        challenge = use_challenge(scope, sent.challenge, purpose=Purpose.CREATE, bound_to=session.session_id, now=now)
        credential = ceremony.new_credential(response, party=party, challenge=sent.challenge)
    except ceremony.NotSignedError:
        raise InvalidError(NOT_CREATED) from None
    new = Passkey(session.person_id, credential, challenge.name, now)
    with _one_at_a_time(scope, session, now):
        # Tested control: passkeys-capped
        if len(repo.passkeys(scope, session.person_id)) >= MAX_PASSKEYS:
            raise InvalidError(_has_too_many())
        person = people.own_person(scope, session.person_id)
        changes, notices = repo.new_passkey(new), _notices(session, new, "added", client=client, now=now, ids=ids)
        try:
            # Tested control: passkey-is-factor
            if FactorKind.PASSKEY in person.factors:
                # Tested control: passkey-of-current-factors
                identity.commit(scope, [writes.require_same_credentials(person), *changes, *notices])
                return Changed(new)
            change = factors.add_factor(
                scope,
                FactorKind.PASSKEY,
                session=session,
                person=person,
                changes=changes,
                notices=notices,
                now=now,
                ids=ids,
            )
        except ConflictError:  # the credential is somebody's already, perhaps this person's: nobody is told whose
            raise InvalidError(NOT_CREATED) from None
    return Changed(new, change)


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
    store_challenge(scope, challenge, purpose=Purpose.LOG_IN, bound_to=secret_hash(bound_to), now=now)
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
    person = used.person
    rate_limits.refund(scope, attempts, now=now)
    # Tested control: reset-stops-passkeys
    if not used.passkey.logs_in_alone(person.reset_at):
        refused(Refusal.CREDENTIALS, email=person.email, address=client.address)
        raise UnauthenticatedError(AFTER_RESET if FactorKind.PASSKEY in person.factors else NO_FACTOR_AFTER_RESET)
    write = repo.use_passkey(used.passkey, sign_count=used.sign_count, now=now)
    known = replace(client, device=device)
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


def rename_passkey(
    scope: IdentityScope, *, session: Session, passkey_id: str, name: str, now: datetime, ids: Ids
) -> None:
    """Raises NotFoundError if it is not theirs, InvalidError on `name`."""
    named = passkey_name(name)
    passkey = queries.own_passkey(scope, session, passkey_id)
    audit = writes.audit(session.person_id, "passkey_renamed", now=now, ids=ids)
    identity.commit(scope, [repo.rename_passkey(passkey, named), audit])


def remove_passkey(
    scope: IdentityScope,
    *,
    session: Session,
    passkey_id: str,
    current_password: str,
    code: str = "",
    client: ClientInfo,
    now: datetime,
    ids: Ids,
) -> Removed:
    """From now on it opens nothing, and what it has opened ends: all other sessions, trusted browsers too.

    With the last one, passkeys are no longer a second factor of the person.

    `code`: for the last one. Raises NotFoundError if it is not theirs, InvalidError on
    `current_password` and `code`, ConflictError, TooManyError.
    """
    queries.own_passkey(scope, session, passkey_id)
    # Tested control: passkey-removal-asks-password
    factors.confirm_password(scope, session=session, password=current_password, now=now)
    with _one_at_a_time(scope, session, now):
        passkey = queries.own_passkey(scope, session, passkey_id)
        person = people.own_person(scope, session.person_id)
        dropped = repo.drop_passkey(passkey)
        notices = _notices(session, passkey, "removed", client=client, now=now, ids=ids)
        # Tested control: last-passkey-is-no-factor
        if not queries.is_last_of_factor(person, repo.passkeys(scope, session.person_id)):
            # Tested control: removed-passkey-ends-sessions
            change = factors.renew_sessions(
                scope, session=session, person=person, changes=(dropped, *notices), now=now, ids=ids
            )
            return Removed(passkey, change)
        change = factors.remove_factor(
            scope,
            FactorKind.PASSKEY,
            session=session,
            person=person,
            code=code,
            changes=(dropped, *notices),
            now=now,
            ids=ids,
        )
    return Removed(passkey, change)


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


def _answered(scope: IdentityScope, *, response: str, bound_to: str, now: datetime) -> _Answer:
    """The challenge is used up also by an answer that is wrong. Raises NotSignedError where none waits here for one."""
    sent = ceremony.sent(response)
    use_challenge(scope, sent.challenge, purpose=Purpose.LOG_IN, bound_to=secret_hash(bound_to), now=now)
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


def store_challenge(
    scope: IdentityScope, challenge: str, *, purpose: Purpose, bound_to: str, name: str = "", now: datetime
) -> None:
    """It counts within 5 minutes, once, for this purpose and who it is bound to."""
    kept = Challenge(secret_hash(challenge), purpose, bound_to, now + CHALLENGE_LIFE, name)
    repo.put_challenge(scope, kept)


def use_challenge(scope: IdentityScope, challenge: str, *, purpose: Purpose, bound_to: str, now: datetime) -> Challenge:
    """Use it up. Raises NotSignedError where it does not count."""
    if not may_be_secret(challenge):
        raise ceremony.NotSignedError
    found = repo.use_challenge(scope, secret_hash(challenge), purpose=purpose, bound_to=bound_to, now=now)
    if found is None:
        raise ceremony.NotSignedError
    return found


def _one_at_a_time(scope: IdentityScope, session: Session, now: datetime) -> AbstractContextManager[None]:
    """Of two who add or remove at once, each would count the same passkeys."""
    return rate_limits.one_at_a_time(scope, "passkeys", session.person_id, now=now, seconds=_SECONDS_TO_CHANGE)


def _notices(
    session: Session, passkey: Passkey, change: str, *, client: ClientInfo, now: datetime, ids: Ids
) -> list[WriteItem]:
    """In the person's trail, and in a mail to them."""
    event = "passkey_added" if change == "added" else "passkey_removed"
    payload = {"email": session.email, "name": passkey.name, "change": change, "origin": client.origin}
    return [
        writes.audit(session.person_id, event, now=now, ids=ids, address=client.address),
        writes.outbox_item("passkey_changed", payload, now=now, ids=ids),
    ]


def _has_too_many() -> str:
    return _("You have reached the limit of %(num)s passkeys. Remove one that you do not use", num=MAX_PASSKEYS)
