"""A new password: by a mailed link for those who forgot it, with the current one for those who know it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.identity import devices, passwords, rate_limits, repo, session_revocation, tokens
from chalicelib.identity.factors import confirm_password
from chalicelib.identity.model import ClientInfo, Membership, OneTimeLink, Person, Session, normal_email
from chalicelib.identity.pending_email_change import ended_change
from chalicelib.identity.repo import writes
from chalicelib.identity.sessions import renewed_session
from chalicelib.kernel.errors import InvalidError, NotFoundError
from chalicelib.kernel.ids import Ids, secret_hash
from chalicelib.kernel.origin import Origin
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store.transactions import WriteItem

Context = Callable[[Sequence[Membership]], Iterable[str]]
"""What an attacker would try of somebody with these memberships, as the dealers' names."""


def _nothing_else(_: Sequence[Membership]) -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True)
class ResetLink:
    """A new link, whose it is, and where they are known, so that the mail can have a dealer's branding."""

    link: tokens.NewLink
    email: str
    memberships: tuple[Membership, ...]


@dataclass(frozen=True, slots=True)
class PasswordReset:
    """Whose password was set by a link, and the secrets by which the browser is known from now on."""

    email: str
    devices: tuple[str, ...]


def request_reset(
    scope: IdentityScope, *, email: str, client: ClientInfo, dealer_id: str | None = None, now: datetime, ids: Ids
) -> None:
    """Ask for a link by mail. Known and unknown take the same calls: who it is, is looked up when the mail is sent.

    `dealer_id`: at whose address it was asked for. Raises InvalidError on `email` if it is none, TooManyError after 5 a
    day.
    """
    devices.count_attempt(scope, rate_limits.RESET, email=email, client=client, now=now)
    normal = normal_email(email)
    payload = {"email": normal, "origin": client.origin, **({"dealer_id": dealer_id} if dealer_id else {})}
    repo.commit(scope, [writes.outbox_item("password_reset", payload, now=now, ids=ids)])


def create_reset_link(
    scope: IdentityScope, *, email: str, request_id: str, now: datetime, ids: Ids
) -> ResetLink | None:
    """A link that works once within the hour and ends older ones; None if nobody has this email."""
    person_id = repo.person_id_of(scope, email)
    if person_id is None:
        return None
    link = tokens.NewLink(ids.secret(), now + tokens.RESET_LIFE)
    subject = tokens.subject(tokens.RESET, email)
    current = repo.active_link(scope, subject)
    new = OneTimeLink(secret_hash(link.secret), tokens.RESET, request_id, email, link.expires_at, person_id)
    made = writes.new_link(new, subject=subject, before=current.link_hash if current else None)
    repo.commit(scope, [*made, writes.audit(person_id, "reset_requested", now=now, ids=ids)])
    return ResetLink(link, email, tuple(repo.memberships(scope, person_id)))


def reset_password(
    scope: IdentityScope,
    *,
    secret: str,
    password: str,
    context: Context = _nothing_else,
    client: ClientInfo,
    now: datetime,
    ids: Ids,
) -> PasswordReset:
    """Set a password by a link, which is used up; all sessions end, and none begins.

    Anybody who had the mailbox for a time may have added a passkey: those from before the reset no longer log in alone
    (`passkeys.model.logs_in_alone`), and the mail about the new password names them.
    Opening the link shows that the mailbox is theirs: no guesses of others keep them out, and this browser is known,
    unless they have a second factor: else each link would be a browser with guesses of its own.
    `context`: what else the password must not be made of, where the person is known. Raises InvalidError on
    `password`, NotFoundError for a link that no longer works, TooManyError.
    """
    # Tested control: limit-link-use
    rate_limits.consume(scope, rate_limits.address_attempts(rate_limits.LINK_ADDRESS, client.address), now=now)
    link = tokens.live_link(scope, secret, purpose=tokens.RESET, now=now)
    person = repo.person(scope, link.person_id or "")
    if person is None:
        raise NotFoundError(tokens.ENDED)
    words = context(repo.memberships(scope, person.person_id))
    passwords.check_password(password, context=(*words, person.email), shortest=passwords.shortest_for(person))
    used = writes.consume_link(secret_hash(secret), now)
    remembered, kept = _known_device(scope, person, client=client, now=now, ids=ids)
    extra = [used, *remembered, _mail(person, client.origin, is_reset=True, now=now, ids=ids)]
    _set_password(scope, person, password, event="password_reset", extra=extra, now=now, ids=ids)
    rate_limits.clear(scope, person.email, now=now)
    return PasswordReset(person.email, kept)


def _known_device(
    scope: IdentityScope, person: Person, *, client: ClientInfo, now: datetime, ids: Ids
) -> tuple[list[WriteItem], tuple[str, ...]]:
    # Tested control: reset-makes-no-device-beside-factor
    if person.factors:
        return [], client.devices
    known = devices.with_known(scope, person.email, client, now=now)
    return devices.remember(person.email, client=known, now=now, ids=ids)


def shortest_password(scope: IdentityScope, person_id: str) -> int:
    """Characters that a new password of this person has at least, by what they have set up now."""
    stored = repo.person(scope, person_id)
    return passwords.shortest_for(stored) if stored else passwords.MIN_LENGTH


def change_password(
    scope: IdentityScope,
    *,
    session: Session,
    current_password: str,
    password: str,
    context: Context = _nothing_else,
    now: datetime,
    ids: Ids,
) -> tuple[str, Session]:
    """Set another password. All sessions end; this browser gets a new one, with its secret.

    Raises InvalidError on `current_password` and `password`, TooManyError, ConflictError if the membership was just
    taken away.
    """
    words = context(repo.memberships(scope, session.person_id))
    shortest = shortest_password(scope, session.person_id)
    found = passwords.problem(password, context=(*words, session.email), shortest=shortest)
    problem = {"password": found} if found else {}
    try:
        person = confirm_password(scope, session=session, password=current_password, now=now)
    except InvalidError as error:
        raise InvalidError(error.message, {**error.fields, **problem}) from None
    if found:
        raise InvalidError(found, problem)
    rate_limits.consume(scope, rate_limits.password_change_attempts(person.person_id), now=now)
    secret = ids.secret()
    new = renewed_session(session, secret=secret, now=now, short_password=False)
    extra = writes.reopen_session(new)
    extra.append(_mail(person, session.origin, is_reset=False, now=now, ids=ids))
    _set_password(scope, person, password, event="password_changed", extra=extra, keep=new.session_id, now=now, ids=ids)
    return secret, new


def _mail(person: Person, origin: Origin, *, is_reset: bool, now: datetime, ids: Ids) -> WriteItem:
    payload = {"email": person.email, "origin": origin, "is_reset": is_reset}
    return writes.outbox_item("password_changed", payload, now=now, ids=ids)


def _set_password(
    scope: IdentityScope,
    person: Person,
    password: str,
    *,
    event: str,
    extra: list[WriteItem],
    keep: str | None = None,
    now: datetime,
    ids: Ids,
) -> None:
    """`extra` may open the session `keep`; all others end."""
    hashed = passwords.hash_password(password)
    is_reset = event == "password_reset"
    changes: list[WriteItem] = list(extra)
    # Tested control: reset-noted
    if is_reset:
        changes.append(writes.reset_password(person, hashed, now))
    else:
        changes.append(writes.set_password(person, hashed))
    # Tested control: password-ends-email-change
    changes += ended_change(scope, person.person_id, now=now, ids=ids)
    changes.append(writes.audit(person.person_id, event, now=now, ids=ids))
    with session_revocation.ending(scope, person.person_id, session_revocation.all_but(keep)) as ended:
        repo.commit(scope, [*changes, *ended])
