"""People of an account are invited, given other rights, and lose their access: by an admin of it or by the dealer.

Each is one transaction, and moves the version of the account's people: of two at once the second reads again.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.customers.colleagues import removal, repo
from chalicelib.customers.colleagues.model import (
    MAX_INVITATIONS,
    MAX_PEOPLE,
    OPEN,
    Colleague,
    Grant,
    Manager,
    Rights,
    State,
    colleagues,
    invitation_key,
    of_email,
)
from chalicelib.customers.colleagues.repo import Grants
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.invitation import end_link
from chalicelib.identity import rate_limits
from chalicelib.identity.model import normal_email
from chalicelib.identity.rate_limits import DAY, Attempt, Limit
from chalicelib.kernel.areas import ALL_AREAS
from chalicelib.kernel.emails import comparable_email
from chalicelib.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import CustomerScope, DealerScope, IdentityScope
from chalicelib.store.audit import BY_CUSTOMER, audit_row
from chalicelib.store.outbox import outbox_item
from chalicelib.store.record import CHANGED, Record
from chalicelib.store.transactions import Put, WriteItem, retry_when_refused

INVITATION = "colleague_invitation"
CHANGE = "access_changed"
"""The mail to somebody who has other rights, or none any more."""
BY_ACCOUNT = Limit("colleague.account", 20, DAY)
BY_PERSON = Limit("colleague.person", 20, DAY)
# Tested control: colleague-invitations-limited
TO_EMAIL = Limit("colleague.email", 5, DAY)
"""Mails of a dealer's accounts to one address: who is invited is no target."""
CHANGES = Limit("colleague.changes", 60, DAY)
"""Of one person: each is mailed to somebody."""
ONESELF = lazy_gettext("You cannot change or end your own access. Another admin of the account can.")
NOT_ADMIN = lazy_gettext("Only an admin of the account can do this")

Scope = CustomerScope | DealerScope


class Account(NamedTuple):
    """Whose people they are: an account in an era of it, or a customer of the portal."""

    ref: str
    era: str
    name: str


class Changed(NamedTuple):
    """Whose rights were changed or ended, and to whom an open invitation of theirs was withdrawn with that."""

    email: str
    withdrawn: list[str]


class _Found(NamedTuple):
    stored: Grants
    people: list[Colleague]

    def by_key(self, key: str) -> Colleague:
        """Raises NotFoundError."""
        found = next((one for one in self.people if one.key == key), None)
        if found is None:
            raise NotFoundError
        return found

    def invited_by(self, one: Colleague) -> list[Grant]:
        """The open invitations that this person has sent."""
        person_id = one.user.person_id if one.user else ""
        grants = self.stored.by_key.values()
        return [grant for grant in grants if person_id and grant.invited_by == person_id and grant.state in OPEN]


def invite(
    scope: Scope, account: Account, *, email: str, rights: Rights, by: Manager, now: datetime, ids: Ids
) -> Grant:
    """Queue an invitation, the same for an address with a login and for one without. Callers notify the outbox.

    Raises InvalidError on `email` or for too many people, TooManyError, ForbiddenError where `by` is no admin any more.
    """
    to = normal_email(email)
    _require_invitable(scope, account, to, by)
    _count_mail(scope, account, to, by, now=now)

    def write() -> Grant:
        found = _require_invitable(scope, account, to, by)
        invitation_id = ids.ulid(now)
        new = Grant(
            invitation_key(invitation_id),
            to,
            rights,
            State.QUEUED,
            account.era,
            invitation_id,
            invited_by=by.person_id,
            queued_at=now,
        )
        detail = {"email": to, **_said(rights)}
        also = [
            _audit(scope, account, "colleague.invited", detail, by, now=now, ids=ids),
            _mail(scope, account, new, by, now=now, ids=ids),
        ]
        repo.put(scope, new, ref=account.ref, seen=found.stored.version, also=also)
        return new

    return retry_when_refused(write)


def resend(scope: Scope, account: Account, *, key: str, by: Manager, now: datetime, ids: Ids) -> Grant:
    """Queue the mail of an open invitation again; the link of the one before ends with it.

    Raises NotFoundError where it is not open, TooManyError, ForbiddenError.
    """
    before = _invited(_managed(scope, account, by), key)
    _count_mail(scope, account, before.email, by, now=now)

    def write() -> Grant:
        found = _managed(scope, account, by)
        new = replace(_invited(found, key), state=State.QUEUED, invited_by=by.person_id, queued_at=now, expires_at=None)
        detail = {"email": new.email, **_said(new.rights), "again": "yes"}
        also = [
            _audit(scope, account, "colleague.invited", detail, by, now=now, ids=ids),
            _mail(scope, account, new, by, now=now, ids=ids),
        ]
        repo.put(scope, new, ref=account.ref, seen=found.stored.version, also=also)
        return new

    return retry_when_refused(write)


def withdraw(scope: Scope, account: Account, *, key: str, by: Manager, now: datetime, ids: Ids) -> Grant:
    """End an open invitation with its link. Raises NotFoundError where it is not open, ForbiddenError."""

    def write() -> Grant:
        found = _managed(scope, account, by)
        before = _invited(found, key)
        new = replace(before, state=State.CANCELLED, ended=ids.ulid(now))
        also = [_audit_withdrawal(scope, account, before, by, now=now, ids=ids)]
        repo.put(scope, new, ref=account.ref, seen=found.stored.version, also=also)
        return new

    gone = retry_when_refused(write)
    _end_links(scope, account, [gone], now=now, ids=ids)
    return gone


def change_rights(
    scope: Scope, account: Account, *, key: str, version: int, rights: Rights, by: Manager, now: datetime, ids: Ids
) -> Changed:
    """Give somebody other rights, or somebody who is invited. Callers notify the outbox.

    Whom somebody has invited who is no admin from now on is invited no more.
    `version` is that of the rights that the form showed. Raises NotFoundError, ConflictError where they are others by
    now, ForbiddenError, TooManyError, and InvalidError for oneself: so an account's admins never leave it without one.
    The dealer may, and gives the rights back.
    """
    if not by.of_dealer:
        _count_change(scope, by, now=now)

    def write() -> tuple[Colleague, list[Grant]]:
        found = _managed(scope, account, by)
        before = found.by_key(key)
        if before.version != version:
            raise ConflictError(CHANGED)
        _require_others(before, by)
        if before.rights == rights:
            return before, []
        held = found.stored.by_key.get(key)
        new = replace(_grant_of(before, account), rights=rights, ended="", version=held.version if held else 0)
        detail = {"email": before.email, **_said(rights), "before": _said(before.rights)}
        also = [_audit(scope, account, "colleague.rights_changed", detail, by, now=now, ids=ids)]
        if before.user:
            also.append(_news(scope, account, before.email, by, ended=False, now=now, ids=ids))
        # Tested control: invitations-end-with-admin
        open_ones = [] if rights.role is Role.ADMIN else found.invited_by(before)
        gone, ending = _withdrawals(scope, account, open_ones, by, now=now, ids=ids)
        also += ending
        repo.put(scope, new, ref=account.ref, seen=found.stored.version, also=also, provided=gone)
        return before, open_ones

    return _changed(scope, account, *retry_when_refused(write), now=now, ids=ids)


def end(scope: Scope, account: Account, *, key: str, by: Manager, now: datetime, ids: Ids) -> Changed:
    """Take somebody's access away, at once. Callers notify the outbox at once, which ends their sessions too.

    Whom they have invited is invited no more.

    Raises NotFoundError where they have none, InvalidError and ForbiddenError as change_rights, TooManyError.
    """
    if not by.of_dealer:
        _count_change(scope, by, now=now)

    def write() -> tuple[Colleague, list[Grant]]:
        found = _managed(scope, account, by)
        before = found.by_key(key)
        if before.user is None:
            raise NotFoundError
        _require_others(before, by)
        # Tested control: invitations-end-with-access
        open_ones = found.invited_by(before)
        gone, ending = _withdrawals(scope, account, open_ones, by, now=now, ids=ids)
        removal.end_access(
            scope,
            ref=account.ref,
            person_id=before.user.person_id,
            actor=by.person_id,
            seen=found.stored.version,
            writes=[*gone, *map(Put, [_news(scope, account, before.email, by, ended=True, now=now, ids=ids), *ending])],
            now=now,
            ids=ids,
        )
        return before, open_ones

    return _changed(scope, account, *retry_when_refused(write), now=now, ids=ids)


def _withdrawals(
    scope: Scope, account: Account, open_ones: list[Grant], by: Manager, *, now: datetime, ids: Ids
) -> tuple[list[WriteItem], list[Record]]:
    """The invitations as they are then, and what the trail says, for the transaction that ends them."""
    gone = [replace(one, state=State.CANCELLED, ended=ids.ulid(now)) for one in open_ones]
    said = [_audit_withdrawal(scope, account, one, by, now=now, ids=ids) for one in open_ones]
    return [repo.put_item(scope, one, ref=account.ref) for one in gone], said


def _changed(
    scope: Scope, account: Account, before: Colleague, withdrawn: list[Grant], *, now: datetime, ids: Ids
) -> Changed:
    _end_links(scope, account, withdrawn, now=now, ids=ids)
    return Changed(before.email, [one.email for one in withdrawn])


def _end_links(scope: Scope, account: Account, gone: list[Grant], *, now: datetime, ids: Ids) -> None:
    """Anybody who gets in by a link that is still open meanwhile finds that nothing is theirs."""
    for one in gone:
        end_link(scope, ref=account.ref, email=one.email, invitation_id=one.invitation_id, now=now, ids=ids)


def _managed(scope: Scope, account: Account, by: Manager) -> _Found:
    stored = repo.grants(scope, account.ref)
    people = colleagues(stored.by_key.values(), enrolments.users(scope, account.ref), account.era)
    # Tested control: colleagues-managed-by-admins
    if not by.of_dealer and not any(one.is_admin and _is(one, by) for one in people):
        raise ForbiddenError(NOT_ADMIN)
    return _Found(stored, people)


def _require_invitable(scope: Scope, account: Account, email: str, by: Manager) -> _Found:
    found = _managed(scope, account, by)
    known = of_email(found.people, email)
    if known:
        said = _("They already have access to this account.") if known.user else _("They are already invited.")
        raise InvalidError(said, fields={"email": said})
    # Tested control: colleagues-capped
    if sum(one.state in OPEN for one in found.people) >= MAX_INVITATIONS:
        raise InvalidError(_("%(num)s invitations are open. Withdraw one first.", num=MAX_INVITATIONS))
    if len(found.people) >= MAX_PEOPLE:
        raise InvalidError(_("An account can have %(num)s people. End somebody's access first.", num=MAX_PEOPLE))
    return found


def _require_others(one: Colleague, by: Manager) -> None:
    """So there is always an admin: who changes others is one as of the version that is written over."""
    # Tested control: last-admin-stays
    if not by.of_dealer and _is(one, by):
        raise InvalidError(ONESELF)


def _is(one: Colleague, by: Manager) -> bool:
    return one.user is not None and one.user.person_id == by.person_id


def _invited(found: _Found, key: str) -> Grant:
    one = found.by_key(key)
    if one.user or one.grant is None:
        raise NotFoundError
    return one.grant


def _grant_of(one: Colleague, account: Account) -> Grant:
    if one.grant:
        return one.grant
    person_id = one.user.person_id if one.user else ""
    return Grant(one.key, one.email, one.rights, State.ACTIVE, account.era, person_id=person_id)


def _count_mail(scope: Scope, account: Account, email: str, by: Manager, *, now: datetime) -> None:
    dealer = scope.dealer_id
    attempts = [Attempt(TO_EMAIL, f"{dealer}\n{comparable_email(email)}")]
    if not by.of_dealer:
        attempts += [Attempt(BY_ACCOUNT, f"{dealer}\n{account.ref}"), Attempt(BY_PERSON, f"{dealer}\n{by.person_id}")]
    rate_limits.consume(IdentityScope(), attempts, now=now)


def _count_change(scope: Scope, by: Manager, *, now: datetime) -> None:
    rate_limits.consume(IdentityScope(), (Attempt(CHANGES, f"{scope.dealer_id}\n{by.person_id}"),), now=now)


def _said(rights: Rights) -> dict[str, Any]:
    """What the audit trail says of them: what they are kept from by leaving it out."""
    areas: Sequence[str] = [] if rights.areas == ALL_AREAS else sorted(rights.areas)
    return {
        "level": rights.role.value,
        **({"areas": " ".join(areas) or "none"} if rights.areas != ALL_AREAS else {}),
        **({"accounts": ", ".join(sorted(rights.accounts))} if rights.accounts else {}),
    }


def _audit(
    scope: Scope, account: Account, event: str, detail: dict[str, Any], by: Manager, *, now: datetime, ids: Ids
) -> Record:
    said = detail if by.of_dealer else {**detail, "by": BY_CUSTOMER}
    return audit_row(scope, ids=ids, now=now, actor=by.person_id, event=event, subject=account.ref, detail=said)


def _audit_withdrawal(scope: Scope, account: Account, gone: Grant, by: Manager, *, now: datetime, ids: Ids) -> Record:
    detail = {"email": gone.email}
    return _audit(scope, account, "colleague.invitation_withdrawn", detail, by, now=now, ids=ids)


def _mail(scope: Scope, account: Account, new: Grant, by: Manager, *, now: datetime, ids: Ids) -> Record:
    payload = {
        "account_ref": account.ref,
        "account_name": account.name,
        "email": new.email,
        "invitation_id": new.invitation_id,
        "queued_at": now.isoformat(),
        "inviter": "" if by.of_dealer else by.email,
        "inviter_name": "" if by.of_dealer else by.name,
    }
    return outbox_item(scope, kind=INVITATION, payload=payload, now=now, ids=ids)


def _news(scope: Scope, account: Account, email: str, by: Manager, *, ended: bool, now: datetime, ids: Ids) -> Record:
    payload = {
        "account_ref": account.ref,
        "account_name": account.name,
        "era": account.era,
        "email": email,
        "ended": ended,
        "by": "" if by.of_dealer else by.email,
    }
    return outbox_item(scope, kind=CHANGE, payload=payload, now=now, ids=ids)
