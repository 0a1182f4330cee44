"""Login, logout and changes of an account: the life of a session."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.identity import (
    credentials,
    devices,
    passwords,
    pending_logins,
    rate_limits,
    repo,
    trusted_browsers,
)
from chalicelib.identity.model import (
    SENT,
    STRONG,
    ClientInfo,
    FactorKind,
    Membership,
    MembershipKind,
    PendingLogin,
    Person,
    Session,
)
from chalicelib.identity.rate_limits import Attempt
from chalicelib.identity.repo import factor_writes, writes
from chalicelib.identity.sent_codes import operations as sent_codes
from chalicelib.identity.sent_codes.model import Bound, CodePurpose, Destination, first_sent
from chalicelib.identity.sessions import new_session, renewed_session
from chalicelib.kernel.errors import NotFoundError, TooManyError, UnauthenticatedError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids, may_be_secret, secret_hash
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.observability import Refusal, refused
from chalicelib.store.transactions import WriteItem

MAX_SESSIONS = 20
"""Sessions of one person at once: enough for the browsers of a busy desk, too few to hoard."""
MAX_ENDED = 10
"""Sessions that one login ends at most, for they share its transaction."""

WRONG = lazy_gettext("The email address or the password is wrong")


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A new session, its secret for the cookie, and all that the person may act for.

    `devices` are the secrets by which the browser is known as that of the people who have logged in there;
    `trusted_secrets` those that spare it the second factor, where they are others now. `is_notified`: they are sent
    a notice, since they have not logged in there before. `codes`: recovery codes that came with this login, in clear
    text, to be shown once.
    """

    secret: str
    session: Session
    memberships: tuple[Membership, ...]
    devices: tuple[str, ...] = ()
    trusted_secrets: tuple[str, ...] | None = None
    is_notified: bool = False
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody showed to be themselves by: the password, a factor, a trusted browser (`device_id`).

    `weak`: that browser is trusted since a code was sent. `uses` goes into the transaction of the session: what is
    used up by it.
    """

    password: str | None = None
    factor: FactorKind | None = None
    device_id: str | None = None
    weak: bool = False
    uses: tuple[WriteItem, ...] = ()

    @property
    def has_second(self) -> bool:
        """Whether it is enough for somebody who has a second factor."""
        return self.factor is not None or self.device_id is not None

    def is_weak_for(self, person: Person) -> bool:
        """Whether it is not enough for staff."""
        # Tested control: sent-code-not-for-staff
        return self.weak or self.factor in SENT or not person.factors & STRONG


NO_PROOF = Proof()


def log_in(
    scope: IdentityScope,
    *,
    email: str,
    password: str,
    client: ClientInfo,
    dealer_id: str | None = None,
    now: datetime,
    ids: Ids,
) -> LoggedIn:
    """Start a session. `dealer_id`: at whose address; a person's only membership there is chosen at once.

    Raises TooManyError and UnauthenticatedError, the same after the same calls for a wrong password and nobody's email;
    SecondStepError where a second factor is to be shown.
    """
    person, known = authenticate(scope, email=email, password=password, client=client, now=now)
    proof = proof_of_password(
        scope, person=person, password=password, client=known, dealer_id=dealer_id, now=now, ids=ids
    )
    return open_session(scope, person=person, client=known, dealer_id=dealer_id, proof=proof, now=now, ids=ids)


def authenticate(
    scope: IdentityScope, *, email: str, password: str, client: ClientInfo, now: datetime
) -> tuple[Person, ClientInfo]:
    """Who it is, within the limits, and the client with its `device`. Raises UnauthenticatedError, TooManyError."""
    counted = devices.count_attempt(scope, rate_limits.LOGIN, email=email, client=client, now=now)
    person = credentials.person_of_password(scope, email=counted.email, password=password)
    if person is None:
        refused(Refusal.CREDENTIALS, email=counted.email, address=client.address)
        raise UnauthenticatedError(WRONG)
    rate_limits.refund(scope, counted.attempts, now=now)
    return person, replace(client, device=counted.device)


def proof_of_password(
    scope: IdentityScope,
    *,
    person: Person,
    password: str,
    client: ClientInfo,
    dealer_id: str | None = None,
    link_hash: str | None = None,
    now: datetime,
    ids: Ids,
) -> Proof:
    """What a right password is worth. `link_hash`: of the invitation that it is entered for.

    Raises SecondStepError where a second factor is set up and the browser is not trusted: then a login waits for it.
    """
    # Tested control: password-is-half
    if not person.factors:
        return Proof(password)
    device = trusted_browsers.recognised(scope, person, client.trusted_secrets, now=now)
    if device:
        still = factor_writes.require_trusted_browser(person.person_id, device.device_id)
        return Proof(password, device_id=device.device_id, weak=device.weak, uses=(still,))
    hashed, same = _password_write(person, password)
    secret = ids.secret()
    pending = PendingLogin(
        secret_hash(secret),
        person.person_id,
        replace(person, password_hash=hashed).credentials_version,
        now + pending_logins.LIFE,
        dealer_id,
        link_hash,
    )
    sent = _first_code(scope, pending, person, client=client, now=now, ids=ids)
    repo.commit(scope, [same, factor_writes.new_pending_login(pending), *sent])
    raise pending_logins.SecondStepError(secret, is_sent=bool(sent))


def open_session(
    scope: IdentityScope,
    *,
    person: Person,
    client: ClientInfo,
    dealer_id: str | None = None,
    account_key: str | None = None,
    proof: Proof = NO_PROOF,
    now: datetime,
    ids: Ids,
) -> LoggedIn:
    """A session for somebody who has proved to be `person`. The first one turns each new membership active.

    The browser is known as theirs from now on. Raises RuntimeError where a second factor is set up and was not shown.
    """
    # Tested control: second-step-before-session
    if person.factors and not proof.has_second:
        raise RuntimeError("a second factor is set up, and none was shown")
    memberships = repo.memberships(scope, person.person_id)
    chosen = _choose(memberships, dealer_id=dealer_id, account_key=account_key)
    secret = ids.secret()
    session = new_session(person, chosen, secret=secret, address=client.address, user_agent=client.user_agent, now=now)
    session = replace(
        session,
        only_membership=len(memberships) == 1,
        language=person.language,
        second_factor=proof.has_second,
        weak_factor=proof.has_second and proof.is_weak_for(person),
        factor_due=chosen is not None and chosen.kind is MembershipKind.STAFF and chosen.active,
        # Tested control: short-password-changed
        short_password=not proof.has_second and proof.password is not None and passwords.is_short(proof.password),
    )
    _, same = _password_write(person, proof.password)
    changes: list[WriteItem] = [same, *proof.uses, *writes.open_session(session)]
    # Tested control: login-ends-old-session
    changes += _end_old(scope, client.old_secret)
    changes += _end_oldest(scope, person.person_id, client.old_secret)
    changes += _used(person, memberships, chosen, client=client, now=now, ids=ids)
    shown = {"factor": proof.factor.value} if proof.factor else {}
    changes.append(writes.audit(person.person_id, "logged_in", now=now, ids=ids, address=client.address, **shown))
    known, kept = devices.remember(person.email, client=client, now=now, ids=ids)
    notices = _new_device(scope, person, memberships, client=client, now=now, ids=ids)
    repo.commit(scope, [*changes, *known, *notices])
    return LoggedIn(secret, session, tuple(memberships), kept, is_notified=bool(notices))


def switch_membership(
    scope: IdentityScope, *, session: Session, membership_key: str, now: datetime, ids: Ids
) -> tuple[str, Session]:
    """Act for another of one's memberships: a new secret and session, as long-lived as the old, which ends.

    Raises NotFoundError if the membership is not the person's, ConflictError if the session has ended.
    """
    membership = repo.membership(scope, session.person_id, membership_key)
    if membership is None:
        raise NotFoundError
    secret = ids.secret()
    new = renewed_session(
        session,
        secret=secret,
        now=now,
        membership=membership,
        factor_due=membership.kind is MembershipKind.STAFF,
    )
    changes = [
        *writes.open_session(new),
        *writes.end_session(session.person_id, session.session_id, must_exist=True),
        writes.use_membership(session.person_id, membership, now),
        writes.audit(session.person_id, "switched", now=now, ids=ids, membership=membership_key),
    ]
    repo.commit(scope, changes)
    return secret, new


def begin_membership(
    scope: IdentityScope,
    *,
    session: Session,
    person: Person,
    membership_key: str,
    client: ClientInfo,
    now: datetime,
    ids: Ids,
) -> LoggedIn:
    """Act for what the session's person has just been given, which turns active: as `switch_membership`.

    Raises NotFoundError if they have it no more, ConflictError if the session has ended.
    """
    memberships = repo.memberships(scope, person.person_id)
    chosen = next((one for one in memberships if one.key == membership_key), None)
    if chosen is None:
        raise NotFoundError
    secret, is_staff = ids.secret(), chosen.kind is MembershipKind.STAFF
    new = renewed_session(session, secret=secret, now=now, membership=chosen, factor_due=is_staff)
    changes = [
        *writes.open_session(new),
        *writes.end_session(session.person_id, session.session_id, must_exist=True),
        *_used(person, [chosen], chosen, client=client, now=now, ids=ids),
        writes.audit(person.person_id, "switched", now=now, ids=ids, membership=membership_key),
    ]
    repo.commit(scope, changes)
    return LoggedIn(secret, new, tuple(memberships), client.devices)


def _first_code(
    scope: IdentityScope, pending: PendingLogin, person: Person, *, client: ClientInfo, now: datetime, ids: Ids
) -> list[WriteItem]:
    """A code is sent at once to who shows nothing else. Nothing where too many were: the next page has other ways."""
    kind, bound = first_sent(person), Bound(CodePurpose.LOG_IN, pending.login_id)
    if kind is None:
        return []
    dealer_id = pending.dealer_id
    try:
        return sent_codes.request_code(
            scope,
            destination=Destination(kind),
            bound=bound,
            person=person,
            client=client,
            dealer_id=dealer_id,
            now=now,
            ids=ids,
        )
    except TooManyError:
        return []


def _choose(memberships: list[Membership], *, dealer_id: str | None, account_key: str | None) -> Membership | None:
    """The one asked for, the only one at this dealer, the only one at all; else the person chooses."""
    for fitting in (
        [m for m in memberships if m.key == account_key],
        [m for m in memberships if m.dealer_id == dealer_id],
        memberships,
    ):
        if len(fitting) == 1:
            return fitting[0]
    return None


def _new_device(
    scope: IdentityScope, person: Person, memberships: list[Membership], *, client: ClientInfo, now: datetime, ids: Ids
) -> list[WriteItem]:
    """A notice to a person who has logged in before, but never with this browser."""
    # Tested control: new-device-notified
    if client.device or not any(one.active for one in memberships):
        return []
    if not rate_limits.is_within(scope, Attempt(rate_limits.NEW_DEVICE_MAILS, person.person_id), now=now):
        return []
    payload = {"email": person.email, "origin": client.origin}
    return [writes.outbox_item("new_device", payload, now=now, ids=ids)]


def _password_write(person: Person, password: str | None) -> tuple[str, WriteItem]:
    """The hash that is stored from now on, and what to write."""
    if password is not None and passwords.needs_rehash(person.password_hash):
        hashed = passwords.hash_password(password)
        return hashed, writes.set_password(person, hashed)
    return person.password_hash, writes.require_same_credentials(person)


def _end_old(scope: IdentityScope, old_secret: str | None) -> tuple[WriteItem, ...]:
    old = repo.session(scope, secret_hash(old_secret)) if old_secret and may_be_secret(old_secret) else None
    return writes.end_session(old.person_id, old.session_id) if old else ()


def _end_oldest(scope: IdentityScope, person_id: str, old_secret: str | None) -> list[WriteItem]:
    """Room for one more session: of those beyond the limit the ones that started first end."""
    ending = secret_hash(old_secret) if old_secret else ""
    others = [one for one in repo.session_ids_by_age(scope, person_id) if one != ending]
    # Tested control: sessions-capped
    beyond = others[: max(0, len(others) - (MAX_SESSIONS - 1))][:MAX_ENDED]
    return [item for one in beyond for item in writes.end_session(person_id, one)]


def _used(
    person: Person,
    memberships: list[Membership],
    chosen: Membership | None,
    *,
    client: ClientInfo,
    now: datetime,
    ids: Ids,
) -> Iterator[WriteItem]:
    """The one that is acted for is used from now on; each that is new turns active."""
    for one in memberships:
        if not one.active:
            used_at = now if one == chosen else None
            yield writes.activate_membership(person.person_id, one, used_at=used_at)
            yield _activated(person, one, client=client, now=now, ids=ids)
        elif one == chosen:
            yield writes.use_membership(person.person_id, one, now)


def _activated(person: Person, membership: Membership, *, client: ClientInfo, now: datetime, ids: Ids) -> WriteItem:
    payload = {
        "dealer_id": membership.dealer_id,
        "kind": membership.kind.value,
        "account_ref": membership.account_ref,
        "role": membership.role.value,
        "era": membership.era,
        "invitation_id": membership.invitation_id,
        "person_id": person.person_id,
        "email": person.email,
        "origin": client.origin,
    }
    return writes.outbox_item("activated", payload, now=now, ids=ids)
