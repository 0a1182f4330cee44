"""Inviting, changing and deleting users of the dealership: the dealer's list and identity's side together."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import datetime

from chalicelib.dealers.model import Dealer
from chalicelib.dealers.staff import operations as staff
from chalicelib.dealers.staff import queries as staff_queries
from chalicelib.dealers.staff import repo
from chalicelib.dealers.staff.model import StaffMember
from chalicelib.dealers.staff.repo import StaffList
from chalicelib.dealership_users.model import Protection, UnconfirmedError, doubts, protection
from chalicelib.identity import invitation_limits
from chalicelib.identity import queries as identity
from chalicelib.identity.invitations import cancel_invitation
from chalicelib.identity.model import Membership, MembershipKind, normal_email
from chalicelib.identity.rate_limits import DAY, Attempt, Limit, consume, refund
from chalicelib.kernel.emails import comparable_email
from chalicelib.kernel.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    PortalError,
    TooManyError,
)
from chalicelib.kernel.i18n import LazyText, gettext, lazy_gettext, ngettext
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import STAFF_ROLE_REQUIRED, STAFF_ROLES, Role
from chalicelib.kernel.scopes import DealerScope, IdentityScope, TenantScope
from chalicelib.store.audit import audit_row
from chalicelib.store.outbox import outbox_item
from chalicelib.store.record import Record
from chalicelib.store.transactions import WriteItem, retry_when_refused

FACTOR_RESET = "staff_factor_reset"
"""An admin has reset a colleague's second factor: identity's side follows."""
NO_ROLE = lazy_gettext("Choose a role")
INVITED_OFTEN = lazy_gettext("This address was invited 3 times today. You can invite it again tomorrow.")
PROTECTED: dict[Protection, LazyText] = {
    Protection.YOURSELF: lazy_gettext("You cannot delete yourself. Ask a colleague to do it."),
    Protection.ONLY_ADMIN: lazy_gettext("The only admin cannot be deleted. Make somebody else an admin first."),
    Protection.BOTH: lazy_gettext("You are the only admin. Make somebody else an admin, who can then delete you."),
}
USER_DELETED = "user_deleted"
"""The kind of the mail to the other admins."""
MAX_TOLD = 20
"""Admins who get it: each takes an item of the transaction."""
DELETIONS = Limit("staff.deleted", 5, DAY)
"""Members that one person may delete in a day (UTC)."""
DELETED_OFTEN = lazy_gettext("You have deleted 5 users today. You can delete the next tomorrow.")
NOT_LISTED = lazy_gettext("You are no longer a user of this dealership")
_IDENTITY = IdentityScope()


def allowance_used_up(dealer: Dealer) -> str:
    """What is said where the dealer has as many users as it may have."""
    return ngettext(
        "You have your %(num)s user, pending ones included. For more, contact your Account Manager.",
        "You have all of your %(num)s users, pending ones included. For more, contact your Account Manager.",
        dealer.user_allowance,
        num=dealer.user_allowance,
    )


def invite(
    scope: DealerScope, *, dealer: Dealer, email: str, role: str, confirmed: str, now: datetime, ids: Ids
) -> str:
    """Queue an invitation; to which address. Callers notify the outbox.

    Raises InvalidError on `email` or `role`, also where the allowance is used up, and TooManyError where that is enough
    for today; ForbiddenError for somebody who is no admin on the list any more; UnconfirmedError for an address that
    may be the wrong one, unless it is the one that the admin has `confirmed`.
    """
    address = normal_email(email)
    chosen = _role(role)

    def add() -> None:
        seen = repo.staff_list(scope)
        _require_admin(seen, scope)
        _require_new(seen, address)
        _require_allowance(seen, dealer)
        staff.add_invitation(scope, email=address, role=chosen, invited_by=scope.person_id, seen=seen, now=now, ids=ids)

    listed = repo.staff_list(scope)
    _require_admin(listed, scope)
    _require_new(listed, address)
    _require_allowance(listed, dealer)
    # Tested control: doubtful-colleague-confirmed
    if confirmed != address:
        _require_plausible(scope, listed, address)
    _counted(scope, dealer, address, lambda: retry_when_refused(add), now=now)
    return address


def resend(scope: DealerScope, *, dealer: Dealer, member_id: str, now: datetime, ids: Ids) -> str:
    """Queue another in the place of an open invitation, whose link ends; to which address.

    Raises NotFoundError for none that is open, ConflictError where it is answered at this moment, TooManyError.
    """
    listed = repo.staff_list(scope)
    _require_admin(listed, scope)
    before = _member(listed, member_id)
    if before.person_id:
        raise ConflictError(gettext("%(email)s has accepted the invitation", email=before.email))

    def again() -> None:
        provided = (repo.still_admin(scope, scope.person_id),)
        staff.resend_invitation(
            scope, before, role=before.role, invited_by=scope.person_id, provided=provided, now=now, ids=ids
        )

    _counted(scope, dealer, before.email, again, now=now)
    return before.email


def delete(scope: DealerScope, *, member_id: str, now: datetime, ids: Ids) -> StaffMember:
    """Take a member or an open invitation off the list. Callers notify the outbox at once: sessions end with it.

    Of a member the admins are notified by mail. Raises NotFoundError, ConflictError for somebody who is protected
    (PROTECTED), ForbiddenError for a caller who is not on the list any more, TooManyError after as many members a day
    as DELETIONS says.
    """

    def remove() -> StaffMember:
        seen = repo.staff_list(scope)
        # Tested control: deleter-is-listed
        if not any(one.person_id == scope.person_id for one in seen.members):
            raise ForbiddenError(NOT_LISTED)
        member = _member(seen, member_id)
        protected = protection(member, seen.members, reader_id=scope.person_id)
        # Tested control: last-admin-kept
        if protected:
            raise ConflictError(PROTECTED[protected])
        if member.person_id is None:
            provided = (repo.still_member(scope, scope.person_id),)
            _cancel(scope, member, actor=scope.person_id, provided=provided, now=now, ids=ids)
        else:
            notices = _notices(scope, member, seen, now=now, ids=ids)
            staff.leave(scope, member, actor=scope.person_id, seen=seen, also=notices, now=now, ids=ids)
        return member

    listed = repo.staff_list(scope).members
    if not any(one.person_id and one.member_id == member_id for one in listed):
        return retry_when_refused(remove)
    deletion = Attempt(DELETIONS, f"{scope.dealer_id}#{scope.person_id}")
    try:
        # Tested control: deletions-capped
        consume(_IDENTITY, [deletion], now=now)
    except TooManyError as error:
        raise TooManyError(DELETED_OFTEN, retry_after=error.retry_after) from error
    try:
        return retry_when_refused(remove)
    except PortalError:
        refund(_IDENTITY, [deletion], now=now)
        raise


def _notices(scope: DealerScope, gone: StaffMember, seen: StaffList, *, now: datetime, ids: Ids) -> list[Record]:
    """A mail to each admin who did not do it."""
    by = next(one.email for one in seen.members if one.person_id == scope.person_id)
    admins = [
        one for one in seen.members if one.is_active_admin and one.person_id not in {scope.person_id, gone.person_id}
    ]
    return [
        outbox_item(
            scope,
            kind=USER_DELETED,
            payload={"email": one.email, "person_id": one.person_id, "deleted": gone.email, "by": by},
            now=now,
            ids=ids,
        )
        for one in admins[:MAX_TOLD]
    ]


def change_role(scope: DealerScope, *, member_id: str, role: str, now: datetime, ids: Ids) -> StaffMember:
    """A member's role, or that of an open invitation's next mail; the member as they were.

    Callers notify the outbox at once. Raises NotFoundError, InvalidError on `role`, ConflictError for oneself, so
    that an admin is left; ForbiddenError for somebody who is none on the list any more.
    """
    chosen = _role(role)

    def change() -> StaffMember:
        seen = repo.staff_list(scope)
        member = _member(seen, member_id)
        if member.person_id is None:
            raise ConflictError(gettext("%(email)s has not accepted the invitation yet", email=member.email))
        # Tested control: own-role-kept
        if member.person_id == scope.person_id:
            raise ConflictError(gettext("Another admin can change your role"))
        _require_admin(seen, scope)  # another admin may have been quicker; else both could lose the role at once
        staff.change_role(scope, member, role=chosen, actor=scope.person_id, seen=seen, now=now, ids=ids)
        return member

    return retry_when_refused(change)


def reset_second_factor(scope: DealerScope, *, member_id: str, now: datetime, ids: Ids) -> StaffMember:
    """A colleague has lost theirs: they log in with the password, and set another up.

    The factor is the person's at every dealer, so one dealer's admins do not take it from people of another. Callers
    notify the outbox at once. Raises NotFoundError, ConflictError for oneself, for somebody who has not joined yet and
    for somebody whom another dealer knows, ForbiddenError for somebody who is no admin on the list any more.
    """

    def reset() -> StaffMember:
        seen = repo.staff_list(scope)
        member = _member(seen, member_id)
        if member.person_id is None:
            raise ConflictError(gettext("%(email)s has not accepted the invitation yet", email=member.email))
        # Tested control: own-factor-kept
        if member.person_id == scope.person_id:
            raise ConflictError(gettext("Another admin can reset your second factor"))
        # Tested control: factor-of-others-kept
        if identity.is_known_elsewhere(IdentityScope(), member.person_id, dealer_id=scope.dealer_id):
            raise ConflictError(
                gettext(
                    "%(email)s also logs in at another dealer, for which the second factor counts too. "
                    "Ask the operator of the portal to reset it",
                    email=member.email,
                )
            )
        if not any(one.person_id == scope.person_id and one.is_active_admin for one in seen.members):
            raise ForbiddenError(STAFF_ROLE_REQUIRED[Role.ADMIN])
        audit = audit_row(
            scope, ids=ids, now=now, actor=scope.person_id, event="staff.factor_reset", subject=member.email
        )
        item = outbox_item(scope, kind=FACTOR_RESET, payload={"person_id": member.person_id}, now=now, ids=ids)
        repo.change_member(scope, member, seen=seen, also=(audit, item))
        return member

    return retry_when_refused(reset)


def cancel_invitations_to(scope: TenantScope, *, email: str, actor: str, now: datetime, ids: Ids) -> bool:
    """End all open invitations to this address, `normal_email`, however it was written then. Whether there were any."""
    invited = staff_queries.open_invitations(scope, email)
    for one in invited:
        _cancel(scope, one, actor=actor, now=now, ids=ids)
    return bool(invited)


def _cancel(
    scope: TenantScope,
    invited: StaffMember,
    *,
    actor: str,
    provided: Iterable[WriteItem] = (),
    now: datetime,
    ids: Ids,
) -> None:
    """Identity's side first: whatever fails after it, nobody gets in."""
    offered = Membership(scope.dealer_id, MembershipKind.STAFF, role=invited.role, invitation_id=invited.invitation_id)
    cancel_invitation(
        _IDENTITY, email=invited.email, membership=offered, invitation_id=invited.invitation_id, now=now, ids=ids
    )
    staff.cancel_invitation(scope, invited, actor=actor, provided=provided, now=now, ids=ids)


def _counted(scope: DealerScope, dealer: Dealer, email: str, act: Callable[[], None], *, now: datetime) -> None:
    """Count an invitation to the address and of the day, and give both back where it is not sent."""
    limit, dealer_id = invitation_limits.BY_EMAIL, scope.dealer_id
    if invitation_limits.consume_by_email(_IDENTITY, limit, dealer_id=dealer_id, emails={"staff": email}, now=now):
        raise invitation_limits.too_many(INVITED_OFTEN, now=now)
    with ExitStack() as refunds:
        refunds.callback(
            invitation_limits.refund_by_email, _IDENTITY, limit, dealer_id=dealer_id, emails=[email], now=now
        )
        invitation_limits.consume_daily(
            _IDENTITY, dealer_id=dealer_id, maximum=dealer.daily_invitations, wanted=1, now=now
        )
        refunds.callback(invitation_limits.refund_daily, _IDENTITY, dealer_id=dealer_id, unsent=1, now=now)
        act()
        refunds.pop_all()


def _require_admin(seen: StaffList, scope: DealerScope) -> None:
    """A session may outlive the role by a moment: the list decides, whose version the transaction requires."""
    # Tested control: role-giver-is-admin
    if not any(one.person_id == scope.person_id and one.is_active_admin for one in seen.members):
        raise ForbiddenError(STAFF_ROLE_REQUIRED[Role.ADMIN])


def _require_new(seen: StaffList, email: str) -> None:
    known = next((one for one in seen.members if comparable_email(one.email) == email), None)
    if known:
        text = (
            gettext("%(email)s is a user already", email=email)
            if known.person_id
            else gettext("%(email)s has been invited already. Resend the invitation from the list.", email=email)
        )
        raise InvalidError(text, {"email": text})


def _require_allowance(seen: StaffList, dealer: Dealer) -> None:
    # Tested control: user-allowance
    if len(seen.members) >= dealer.user_allowance:
        text = allowance_used_up(dealer)
        raise InvalidError(text, {"email": text})


def _require_plausible(scope: DealerScope, seen: StaffList, email: str) -> None:
    """Staff see all customers: a customer's address, or one of a new domain, may be a slip."""
    theirs = identity.memberships_of_email(_IDENTITY, email)
    found = doubts(email, members=seen.members, memberships=theirs, dealer_id=scope.dealer_id)
    if found:
        raise UnconfirmedError(email, found)


def _role(text: str) -> Role:
    if text not in STAFF_ROLES:
        raise InvalidError(NO_ROLE, {"role": NO_ROLE})
    return Role(text)


def _member(seen: StaffList, member_id: str) -> StaffMember:
    found = next((one for one in seen.members if one.member_id == member_id), None)
    if found is None:
        raise NotFoundError
    return found
