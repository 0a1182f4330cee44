"""Reads of identity. The caller's right to ask is the session, the link or the key itself."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.dealers import queries as dealers
from chalicelib.identity import repo
from chalicelib.identity.model import (
    ApiKey,
    FactorKind,
    Invitation,
    Membership,
    MembershipKind,
    PasswordToReset,
    Person,
    PersonEvent,
    Session,
    membership_key,
)
from chalicelib.identity.passwords import shortest_for
from chalicelib.identity.repo import factor_reads
from chalicelib.identity.sessions import IDLE, csrf_token, is_live
from chalicelib.identity.tokens import ENDED, INVITE, RESET, live_link
from chalicelib.kernel.errors import NotFoundError, UnauthenticatedError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import may_be_secret, secret_hash
from chalicelib.kernel.scopes import IdentityScope, TenantScope


def session(scope: IdentityScope, secret: str, now: datetime) -> Session | None:
    """The session whose secret the browser sent, or None if it has ended. One read."""
    found = repo.session(scope, secret_hash(secret)) if may_be_secret(secret) else None
    if found is None or not is_live(found, now, idle_limit):
        return None
    return replace(found, csrf=csrf_token(secret))


def idle_limit(session: Session) -> timedelta:
    """How long it may be idle: what the dealer says for whom it acts, for its staff and its customers alike."""
    if session.membership is None:
        return IDLE
    try:
        return timedelta(minutes=dealers.dealer(TenantScope(session.membership.dealer_id)).idle)
    except NotFoundError:
        return IDLE


def sessions(scope: IdentityScope, person_id: str, now: datetime) -> list[Session]:
    """A person's live sessions, newest first."""
    ids = [session_id for session_id, _ in repo.session_ids(scope, person_id)]
    return [one for one in repo.sessions(scope, ids) if is_live(one, now, idle_limit)]


def person_events(
    scope: IdentityScope, person_id: str, *, since: datetime, before: datetime | None = None, limit: int
) -> list[PersonEvent]:
    """What happened to a person's own account, newest first. One read."""
    return repo.person_events(scope, person_id, since=since, before=before, limit=limit)


def memberships(scope: IdentityScope, person_id: str) -> list[Membership]:
    """For whom a person may act, by dealer."""
    return repo.memberships(scope, person_id)


def is_known_elsewhere(scope: IdentityScope, person_id: str, *, dealer_id: str) -> bool:
    """Whether another dealer than this one has given them access."""
    return any(one.dealer_id != dealer_id for one in repo.memberships(scope, person_id))


def last_logins(
    scope: IdentityScope, *, dealer_id: str, account_ref: str | None, person_ids: Iterable[str]
) -> dict[str, datetime]:
    """When each of these people last logged in for the account or switched to it, where they ever did.

    Without an account, for the dealer itself as its staff.
    """
    kind = MembershipKind.STAFF if account_ref is None else MembershipKind.CUSTOMER
    key = membership_key(dealer_id=dealer_id, kind=kind, subject_ref=account_ref)
    return repo.last_logins(scope, person_ids, key)


def own_person(scope: IdentityScope, person_id: str) -> Person:
    """The person of a session. Raises UnauthenticatedError where they were deleted since."""
    person = repo.person(scope, person_id)
    if person is None:
        raise UnauthenticatedError(lazy_gettext("Log in to continue"))
    return person


def email_of(scope: IdentityScope, person_id: str) -> str:
    """With what somebody logs in now; empty for nobody."""
    person = repo.person(scope, person_id)
    return person.email if person else ""


def person_id_of(scope: IdentityScope, email: str) -> str | None:
    """Whose email it is."""
    return repo.person_id_of(scope, email)


def language_of(scope: IdentityScope, email: str) -> str:
    """The locale that the person with this email has chosen to read; empty where they have not, or nobody has it."""
    person_id = repo.person_id_of(scope, email)
    person = repo.person(scope, person_id) if person_id else None
    return person.language if person else ""


def factors_of(scope: IdentityScope, person_ids: Iterable[str]) -> dict[str, frozenset[FactorKind]]:
    """What each of these people shows at login besides the password."""
    return factor_reads.factors_of(scope, person_ids)


def memberships_of_email(scope: IdentityScope, email: str) -> list[Membership]:
    """The same by email; none where nobody has it."""
    person_id = repo.person_id_of(scope, email)
    return repo.memberships(scope, person_id) if person_id else []


def person_and_memberships(
    scope: IdentityScope, *, email: str, person_id: str = ""
) -> tuple[str, list[Membership]] | None:
    """Of whom this is the email, or this the id: the id, and for whom they may act. None of nobody."""
    found = person_id if person_id and repo.person(scope, person_id) else repo.person_id_of(scope, email)
    return (found, repo.memberships(scope, found)) if found else None


def invitation(scope: IdentityScope, secret: str, now: datetime) -> Invitation:
    """What a link offers; looking changes nothing. Raises NotFoundError if it no longer works."""
    link = live_link(scope, secret, purpose=INVITE, now=now)
    if link.membership is None:
        raise NotFoundError(ENDED)
    known = repo.person_id_of(scope, link.email) is not None
    return Invitation(link.request_id, link.email, link.membership, link.expires_at, known, link.inviter)


def is_invitation_accepted(scope: IdentityScope, secret: str) -> bool:
    """Whether a link that no longer works was accepted. Only who has the link, as nobody can guess it, is told."""
    return may_be_secret(secret) and repo.is_link_used(scope, secret_hash(secret))


def password_to_reset(scope: IdentityScope, secret: str, now: datetime) -> PasswordToReset:
    """Whose password a link sets, and how long it has to be. Raises NotFoundError if it no longer works.

    The length tells who has the link, and nobody else, whether there is a second factor.
    """
    link = live_link(scope, secret, purpose=RESET, now=now)
    person = repo.person(scope, link.person_id or "")
    if person is None:
        raise NotFoundError(ENDED)
    return PasswordToReset(person.email, shortest_for(person))


def api_keys(scope: IdentityScope, dealer_id: str) -> list[ApiKey]:
    """All keys a dealer ever made, newest first."""
    return [key for key, _ in reversed(repo.api_keys(scope, dealer_id))]
