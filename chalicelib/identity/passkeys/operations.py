"""Passkeys added, renamed and removed, by the person who is logged in."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.identity import code_proofs, factors, rate_limits
from chalicelib.identity import queries as people
from chalicelib.identity import repo as identity
from chalicelib.identity.factors import FactorChange
from chalicelib.identity.model import ClientInfo, FactorKind, Session
from chalicelib.identity.passkeys import ceremony, challenges, queries, repo
from chalicelib.identity.passkeys.model import (
    MAX_PASSKEYS,
    ChallengePurpose,
    Passkey,
    RelyingParty,
    passkey_name,
)
from chalicelib.identity.repo import writes
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store.transactions import WriteItem

NOT_CREATED = lazy_gettext("The passkey was not added: it took longer than 5 minutes, or the device refused. Try again")
_SECONDS_TO_CHANGE = 10


class Changed(NamedTuple):
    """A passkey that was added. `factors`: where it was the first, the new session of this browser."""

    passkey: Passkey
    factors: FactorChange | None = None


class Removed(NamedTuple):
    """A passkey that was removed, and the new session of this browser: all others have ended."""

    passkey: Passkey
    factors: FactorChange


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
            proof = code_proofs.confirm_code(scope, person, code, session=session, now=now)
            spent = code_proofs.spend(proof, person, origin=session.origin, now=now, ids=ids)
            identity.commit(scope, spent)
    except InvalidError as error:
        problems |= error.fields
    if problems:
        raise InvalidError(next(iter(problems.values())), problems)
    challenge = ids.secret()
    challenges.store_challenge(
        scope, challenge, purpose=ChallengePurpose.CREATE, bound_to=session.session_id, name=named, now=now
    )
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
        challenge = challenges.use_challenge(
            scope, sent.challenge, purpose=ChallengePurpose.CREATE, bound_to=session.session_id, now=now
        )
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
