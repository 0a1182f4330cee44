"""Another email address to log in with: proved by a link to it, said to the old one, carried to the dealers after.

Whether somebody has the address already is told to nobody but its owner, by mail (threat 5).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.identity import devices, pending_email_change, rate_limits, repo, session_revocation, tokens
from chalicelib.identity.code_proofs import CodeProof, confirm_factor, spend
from chalicelib.identity.factors import confirm_password
from chalicelib.identity.model import (
    ClientInfo,
    FactorKind,
    Membership,
    OneTimeLink,
    Person,
    Session,
    WaitingEmail,
    normal_email,
)
from chalicelib.identity.rate_limits import Attempt
from chalicelib.identity.repo import writes
from chalicelib.identity.sent_codes import operations as sent_codes
from chalicelib.identity.sessions import renewed_session
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids, secret_hash
from chalicelib.kernel.origin import Origin
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store.transactions import WriteItem

ALREADY = lazy_gettext("You log in with this address already")


@dataclass(frozen=True, slots=True)
class EmailChangeLink:
    """What to mail to the address: a link, or None to its owner, where it is somebody's already."""

    link: tokens.NewLink | None
    memberships: tuple[Membership, ...]


@dataclass(frozen=True, slots=True)
class EmailRequest:
    """Another address that a person has asked for and shown that they may; `proof`: the code that they entered."""

    person: Person
    email: str
    proof: CodeProof | None
    origin: Origin

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """What a link to it counts against."""
        return pending_email_change.attempts(self.person.person_id, self.email)


@dataclass(frozen=True, slots=True)
class PendingEmail:
    """What a link is for: this person's login becomes `email`."""

    person_id: str
    email: str


@dataclass(frozen=True, slots=True)
class ChangedEmail:
    """What was done; `secret` is the new one of a browser that was logged in as this person, `devices` know it."""

    email: str
    secret: str | None
    devices: tuple[str, ...]


def check_email_change(
    scope: IdentityScope,
    *,
    session: Session,
    email: str,
    current_password: str,
    code: str = "",
    now: datetime,
) -> EmailRequest:
    """What `request_email_change` queues; until then nothing is written.

    The same for an address that is somebody's. `code`: one of the second factor, of a person who has one. Raises
    InvalidError on `email`, `current_password` and `code`, TooManyError.
    """
    wanted = normal_email(email)
    if wanted == session.email:
        raise InvalidError(ALREADY, {"email": ALREADY})
    person, proof = _proved(scope, session, current_password, code, now=now)
    return EmailRequest(person, wanted, proof, session.origin)


def count_email_change(scope: IdentityScope, asked: EmailRequest, *, now: datetime) -> None:
    """Before it is queued. Raises TooManyError."""
    # Tested control: email-changes-limited
    rate_limits.consume(scope, asked.attempts, now=now)


def refund_email_change(scope: IdentityScope, asked: EmailRequest, *, now: datetime) -> None:
    """It was counted and is not queued."""
    rate_limits.refund(scope, asked.attempts, now=now)


def request_email_change(scope: IdentityScope, asked: EmailRequest, *, now: datetime, ids: Ids) -> None:
    """Queue a link to the new address and a notice to the old one. Raises ConflictError where the code is used up."""
    person = asked.person
    payload = {"person_id": person.person_id, "before": person.email, "email": asked.email}
    made = [
        *spend(asked.proof, person, origin=asked.origin, now=now, ids=ids),
        writes.put_waiting_email(person.person_id, WaitingEmail(asked.email, now, now + tokens.EMAIL_LIFE)),
        writes.outbox_item("email_change_requested", {**payload, "origin": asked.origin}, now=now, ids=ids),
        writes.audit(person.person_id, "email_change_requested", now=now, ids=ids),
    ]
    pending_email_change.commit_with_link(scope, made, **payload, now=now, ids=ids)


def create_email_change_link(
    scope: IdentityScope, *, person_id: str, before: str, email: str, request_id: str, now: datetime, ids: Ids
) -> EmailChangeLink | None:
    """A link that works once within a day and ends older ones. None where the person logs in otherwise by now.

    Raises ConflictError where a newer one was made, or the password was changed since.
    """
    person = repo.person(scope, person_id)
    if person is None or person.email != before:
        return None
    owner = repo.person_id_of(scope, email)
    if owner:
        return EmailChangeLink(None, tuple(repo.memberships(scope, owner)))
    link = tokens.NewLink(ids.secret(), now + tokens.EMAIL_LIFE)
    subject = pending_email_change.subject(person_id)
    current = repo.active_link(scope, subject)
    new = OneTimeLink(secret_hash(link.secret), tokens.EMAIL, request_id, email, link.expires_at, person_id)
    repo.commit(scope, writes.new_link(new, subject=subject, before=current.link_hash if current else None))
    return EmailChangeLink(link, tuple(repo.memberships(scope, person_id)))


def pending_email(scope: IdentityScope, secret: str, now: datetime) -> PendingEmail:
    """What a link is for; looking changes nothing. Raises NotFoundError if it no longer works."""
    link = tokens.live_link(scope, secret, purpose=tokens.EMAIL, now=now)
    return PendingEmail(link.person_id or "", link.email)


def confirm_email_change(
    scope: IdentityScope,
    *,
    secret: str,
    session: Session | None,
    password: str,
    code: str = "",
    client: ClientInfo,
    now: datetime,
    ids: Ids,
) -> ChangedEmail:
    """Use the link up: the person logs in with the new address, and every other browser is logged out.

    Used by somebody who is logged in as this person, or who knows the password and has the second factor: a slip of
    the pen gives a stranger nothing. Raises InvalidError on `current_password` and `code`, NotFoundError for a link
    that no longer works, TooManyError.
    """
    rate_limits.consume(scope, rate_limits.address_attempts(rate_limits.LINK_ADDRESS, client.address), now=now)
    pending = pending_email(scope, secret, now)
    person = repo.person(scope, pending.person_id)
    if person is None:
        raise NotFoundError(tokens.ENDED)
    own = session if session and session.person_id == person.person_id else None
    spent: list[WriteItem] = []
    # Tested control: email-link-needs-person
    if own is None:
        person, spent = _proved_without_session(scope, person, password, code, client=client, now=now, ids=ids)
    remembered, kept = _device_of_new_email(scope, person, pending.email, client=client, now=now, ids=ids)
    extra = [*spent, writes.consume_link(secret_hash(secret), now), *remembered]
    new_secret, new = None, None
    if own:
        new_secret = ids.secret()
        new = renewed_session(own, secret=new_secret, now=now, email=pending.email)
        extra += writes.reopen_session(new)
    _change(
        scope,
        person,
        pending.email,
        extra=extra,
        keep=new.session_id if new else None,
        origin=client.origin,
        now=now,
        ids=ids,
    )
    return ChangedEmail(pending.email, new_secret, kept)


def _proved_without_session(
    scope: IdentityScope, person: Person, password: str, code: str, *, client: ClientInfo, now: datetime, ids: Ids
) -> tuple[Person, list[WriteItem]]:
    """The person, and what uses their code up. Raises InvalidError on `current_password` and `code`, TooManyError."""
    asked = Session("", person.person_id, person.email, None, "", now, now, now, client.address, client.user_agent)
    proved, proof = _proved(scope, asked, password, code, now=now)
    return proved, spend(proof, proved, origin=client.origin, now=now, ids=ids)


def _device_of_new_email(
    scope: IdentityScope, person: Person, email: str, *, client: ClientInfo, now: datetime, ids: Ids
) -> tuple[list[WriteItem], tuple[str, ...]]:
    """As `devices.remember`, for the new address; what the browser had for the old one goes."""
    old = devices.recognised(scope, person.email, client.devices, now=now)
    others = replace(client, devices=tuple(one for one in client.devices if one != old))
    changes, kept = devices.remember(email, client=others, now=now, ids=ids)
    if old:
        changes += devices.forget(person.email, old)
    return changes, kept


def has_second_factor(scope: IdentityScope, person_id: str) -> bool:
    """Whether a code is asked for as well as the password."""
    person = repo.person(scope, person_id)
    return person is not None and bool(person.factors)


def shown_at_login(scope: IdentityScope, person_id: str) -> frozenset[FactorKind]:
    """By which factors the person may show who they are, besides the password."""
    person = repo.person(scope, person_id)
    return sent_codes.usable_factors(scope, person) if person else frozenset()


def _proved(
    scope: IdentityScope,
    session: Session,
    password: str,
    code: str,
    *,
    now: datetime,
) -> tuple[Person, CodeProof | None]:
    """The person, by the password and, where they have one, a code of the second factor."""
    person = confirm_password(scope, session=session, password=password, now=now)
    # Tested control: email-change-asks-code
    return person, confirm_factor(scope, person, code, session=session, now=now)


def _change(
    scope: IdentityScope,
    person: Person,
    email: str,
    *,
    extra: list[WriteItem],
    keep: str | None,
    origin: Origin,
    now: datetime,
    ids: Ids,
) -> None:
    changes: list[WriteItem] = [
        *writes.change_email(person, email),
        writes.drop_waiting_email(person.person_id),
        *extra,
    ]
    # Tested control: email-change-ends-reset
    changes += _ended_reset(scope, person.email, now=now, ids=ids)
    payload = {"person_id": person.person_id, "before": person.email, "email": email}
    changes.append(writes.audit(person.person_id, "email_changed", now=now, ids=ids))
    changes.append(writes.outbox_item("email_changed", {**payload, "origin": origin}, now=now, ids=ids))
    changes.append(writes.outbox_item("email_sync", payload, now=now, ids=ids))
    with session_revocation.ending(scope, person.person_id, session_revocation.all_but(keep)) as ended:
        try:
            repo.commit(scope, [*changes, *ended])
        except ConflictError:  # used meanwhile, or the address has become somebody's
            raise NotFoundError(tokens.ENDED) from None


def _ended_reset(scope: IdentityScope, email: str, *, now: datetime, ids: Ids) -> tuple[WriteItem, ...]:
    """A link for another password that lies in the old mailbox no longer works."""
    subject = tokens.subject(tokens.RESET, email)
    return pending_email_change.cancelled(scope, subject, now=now, ids=ids)
