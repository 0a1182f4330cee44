"""Invitations: a link to one email for one membership. A new person sets a password, a known one logs in."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from chalicelib.identity import passwords, queries, rate_limits, repo, tokens
from chalicelib.identity.model import (
    ClientInfo,
    Invitation,
    Membership,
    MembershipKind,
    OneTimeLink,
    Person,
    Session,
    canonical_email,
    normal_email,
)
from chalicelib.identity.operations import (
    LoggedIn,
    Proof,
    authenticate,
    begin_membership,
    open_session,
    proof_of_password,
)
from chalicelib.identity.repo import writes
from chalicelib.identity.tokens import live_link
from chalicelib.kernel.emails import comparable_email
from chalicelib.kernel.errors import ConflictError, ForbiddenError, NotFoundError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids, secret_hash
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store.transactions import WriteItem

KNOWN = lazy_gettext("You already have an account. Log in with its password.")
BELONGS = lazy_gettext("You belong to this dealership already. Log in without the link.")
ACCEPTS_FOR = timedelta(hours=1)
"""After a login its session accepts an invitation to the same person: later the password is asked for again."""
REPLACED = lazy_gettext("This invitation was cancelled or replaced by a newer one")


def create_invitation(
    scope: IdentityScope,
    *,
    email: str,
    membership: Membership,
    invitation_id: str,
    inviter: str = "",
    now: datetime,
    ids: Ids,
) -> tokens.NewLink:
    """A link that works once within 14 days and ends every older one for the same email and membership.

    `invitation_id` is a ULID. `inviter` is the name or email of the colleague who invites, for the page of the link:
    nobody is logged in there, so that it reads nothing of the dealer's. Raises ConflictError if the invitation was
    cancelled or a newer one was made, InvalidError for an email that is none.
    """
    subject = _subject(email, membership)
    link = tokens.NewLink(ids.secret(), now + tokens.INVITE_LIFE)
    current = repo.active_link(scope, subject)
    new = OneTimeLink(
        secret_hash(link.secret),
        tokens.INVITE,
        invitation_id,
        normal_email(email),
        link.expires_at,
        None,
        membership,
        inviter,
    )
    made = writes.new_link(new, subject=subject, before=current.link_hash if current else None)
    try:
        repo.commit(scope, made)
    except ConflictError as error:
        raise ConflictError(REPLACED) from error
    return link


def cancel_invitation(
    scope: IdentityScope, *, email: str, membership: Membership, invitation_id: str, now: datetime, ids: Ids
) -> None:
    """Its link no longer works, none will be made for it, and what it gave is taken back if nobody has logged in since.

    Nothing happens where a newer invitation replaced it. Raises ConflictError at the moment of the first login.
    """
    subject = _subject(email, membership)
    current = repo.active_link(scope, subject)
    if current and current.request_id > invitation_id:
        return
    link_hash = current.link_hash if current else None
    ended = writes.cancel_link(subject=subject, request_id=invitation_id, link_hash=link_hash, now=now)
    withdraw = partial(
        _withdraw_unaccepted, scope, email=email, key=membership.key, invitation_id=invitation_id, now=now, ids=ids
    )
    withdrawn = withdraw()
    repo.commit(scope, [*ended, *withdrawn])
    if not withdrawn:  # it may have been accepted between the read and the end of its link
        repo.commit(scope, withdraw())


def end_open_invitation(scope: IdentityScope, *, email: str, key: str, before: str, now: datetime) -> None:
    """Invitations to this email for the membership of this key that are older than the ULID `before` no longer work.

    For somebody who has joined, or was taken away: a mail that was sent again would give it back. Repeatable.
    """
    subject = tokens.subject(tokens.INVITE, comparable_email(email), key)
    current = repo.active_link(scope, subject)
    if current and current.request_id <= before:
        ended = writes.cancel_link(subject=subject, request_id=before, link_hash=current.link_hash, now=now)
        repo.commit(scope, ended)


def accept_invitation(
    scope: IdentityScope,
    *,
    secret: str,
    password: str,
    context: Iterable[str] = (),
    client: ClientInfo,
    now: datetime,
    ids: Ids,
) -> Invitation:
    """A new person sets a password; the link is used up. Their first login then turns the membership active.

    `context`: texts that the password must not be made of, as the dealer's name. Raises InvalidError on `password`,
    ConflictError for a known person, NotFoundError for a link that no longer works, TooManyError.
    """
    rate_limits.consume(scope, rate_limits.address_attempts(rate_limits.LINK_ADDRESS, client.address), now=now)
    invitation = queries.invitation(scope, secret, now)
    if invitation.known:
        raise ConflictError(KNOWN)
    passwords.check_password(password, context=(*context, invitation.email))
    person = Person(ids.ulid(now), invitation.email, passwords.hash_password(password), now)
    link = live_link(scope, secret, purpose=tokens.INVITE, now=now)
    accepted = _accepted(person, link, client=client, now=now, ids=ids)
    repo.commit(scope, [*writes.new_person(person), *accepted])
    return invitation


def accept_as_existing_user(
    scope: IdentityScope,
    *,
    secret: str,
    password: str,
    client: ClientInfo,
    now: datetime,
    ids: Ids,
) -> LoggedIn:
    """A known person logs in and gains the membership; no password is ever set. Raises as log_in, and NotFoundError."""
    link = live_link(scope, secret, purpose=tokens.INVITE, now=now)
    person, known = authenticate(scope, email=link.email, password=password, client=client, now=now)
    proof = proof_of_password(
        scope, person=person, password=password, client=known, link_hash=link.link_hash, now=now, ids=ids
    )
    return accept_with_proof(scope, person=person, link=link, client=known, proof=proof, now=now, ids=ids)


def accept_with_proof(
    scope: IdentityScope,
    *,
    person: Person,
    link: OneTimeLink,
    client: ClientInfo,
    proof: Proof,
    now: datetime,
    ids: Ids,
) -> LoggedIn:
    """Who has proved to be `person` gains what the link offers. Raises NotFoundError and ConflictError."""
    if link.membership is None:
        raise NotFoundError(tokens.ENDED)
    key = link.membership.key
    _require_not_staff(scope, person.person_id, key)
    accepted = _accepted(person, link, client=client, now=now, ids=ids)
    repo.commit(scope, [writes.require_same_credentials(person), *proof.uses, *accepted])
    rest = replace(proof, uses=())  # a transaction uses nothing up twice
    return open_session(scope, person=person, client=client, account_key=key, proof=rest, now=now, ids=ids)


def accepts_at_once(session: Session, invitation: Invitation, now: datetime) -> bool:
    """Whether the session shows, as well as a password would, that its person is the one who is invited."""
    # Tested control: invitation-of-own-fresh-session
    return (
        comparable_email(session.email) == comparable_email(invitation.email)
        and now < session.created_at + ACCEPTS_FOR
        and not session.short_password
    )


def accept_in_session(
    scope: IdentityScope, *, secret: str, session: Session, client: ClientInfo, now: datetime, ids: Ids
) -> LoggedIn:
    """Who is logged in gains what the link offers, and acts for it in a new session; the old one ends.

    Raises NotFoundError, ConflictError, and ForbiddenError where the session is somebody else's or too old.
    """
    link, offered = live_link(scope, secret, purpose=tokens.INVITE, now=now), queries.invitation(scope, secret, now)
    person = queries.own_person(scope, session.person_id)
    if not accepts_at_once(session, offered, now) or (person.factors and not session.second_factor):
        raise ForbiddenError(KNOWN)
    key = offered.membership.key
    _require_not_staff(scope, person.person_id, key)
    accepted = _accepted(person, link, client=client, now=now, ids=ids)
    repo.commit(scope, [writes.require_same_credentials(person), *accepted])
    return begin_membership(scope, session=session, person=person, membership_key=key, client=client, now=now, ids=ids)


def _require_not_staff(scope: IdentityScope, person_id: str, key: str) -> None:
    """Raises ConflictError for who works there already."""
    held = repo.membership(scope, person_id, key)
    # Tested control: active-staff-not-invited
    if held and held.active and held.kind is MembershipKind.STAFF:
        raise ConflictError(BELONGS)


def _accepted(
    person: Person, invitation: OneTimeLink, *, client: ClientInfo, now: datetime, ids: Ids
) -> list[WriteItem]:
    membership = invitation.membership
    if membership is None:
        raise NotFoundError(tokens.ENDED)
    payload = {
        "dealer_id": membership.dealer_id,
        "actor": person.person_id,
        "event": "invitation.accepted",
        "subject": membership.account_ref or "staff",
        "detail": {"email": person.email, "invitation_id": invitation.request_id},
        "origin": client.origin,
    }
    # Tested control: invitation-used-once
    return [
        writes.consume_link(invitation.link_hash, now),
        writes.put_membership(person.person_id, membership, now),
        writes.mark_link_used(invitation.link_hash, now),
        writes.audit(person.person_id, "invitation_accepted", now=now, ids=ids, membership=membership.key),
        writes.outbox_item("audit", payload, now=now, ids=ids),
    ]


def _withdraw_unaccepted(
    scope: IdentityScope, *, email: str, key: str, invitation_id: str, now: datetime, ids: Ids
) -> tuple[WriteItem, ...]:
    person_id = repo.person_id_or_decoy(scope, canonical_email(email))
    # Tested control: cancel-same-reads
    given = repo.membership(scope, person_id, key)
    if given is None or given.active or given.invitation_id > invitation_id:  # what an earlier mail gave goes too
        return ()
    audit = writes.audit(person_id, "invitation_cancelled", now=now, ids=ids, membership=key)
    return writes.drop_unused_membership(person_id, given), audit


def _subject(email: str, membership: Membership) -> str:
    return tokens.subject(tokens.INVITE, comparable_email(email), membership.key)
