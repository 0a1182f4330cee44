"""Reads for the Dealership Users pages."""

from chalicelib.dealers.staff import queries as staff_queries
from chalicelib.dealers.staff import repo as staff
from chalicelib.dealers.staff.model import StaffMember
from chalicelib.dealership_users.model import DealershipUser, protection
from chalicelib.identity import queries as identity
from chalicelib.identity.model import STRONG
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import DealerScope, IdentityScope
from chalicelib.profiles import queries as profiles
from chalicelib.profiles.model import NOBODY


def users(scope: DealerScope) -> list[DealershipUser]:
    """All, the invited included, by email."""
    members = staff.members(scope)
    person_ids = [member.person_id for member in members if member.person_id]
    logins = identity.last_logins(IdentityScope(), dealer_id=scope.dealer_id, account_ref=None, person_ids=person_ids)
    factors = identity.factors_of(IdentityScope(), person_ids)

    people = profiles.named(scope, [member.person_id for member in members if member.person_id])

    def shown(member: StaffMember) -> DealershipUser:
        last_login = logins.get(member.person_id) if member.person_id else None
        protected = protection(member, members, reader_id=scope.person_id)
        own = member.person_id or ""
        return DealershipUser(member, last_login, protected, people.get(own, NOBODY), factors.get(own, frozenset()))

    return sorted((shown(member) for member in members), key=lambda one: one.member.email)


def without_strong_factor(scope: DealerScope) -> int:
    """How many who have joined have nothing that does where staff must use a second factor."""
    person_ids = [member.person_id for member in staff.members(scope) if member.person_id]
    factors = identity.factors_of(IdentityScope(), person_ids)
    return sum(1 for one in person_ids if not STRONG & factors.get(one, frozenset()))


def user(scope: DealerScope, member_id: str) -> DealershipUser:
    """One of them. Raises NotFoundError."""
    found = next((one for one in users(scope) if one.member.member_id == member_id), None)
    if found is None:
        raise NotFoundError
    return found


def staff_labels(scope: DealerScope) -> dict[str, str]:
    """What everybody who works at the dealer is called, by id: `Anna Reed (anna.reed@...)`, or the email alone."""
    emails = staff_queries.emails(scope)
    people = profiles.named(scope, emails)
    return {
        person_id: _("%(name)s (%(email)s)", name=people[person_id].name, email=email)
        if person_id in people and people[person_id].name
        else email
        for person_id, email in emails.items()
    }


def joined_with(scope: DealerScope, invitation_id: str) -> StaffMember:
    """Who accepted this invitation. Raises NotFoundError."""
    members = staff.members(scope)
    found = next(
        (one for one in members if one.person_id and invitation_id and one.invitation_id == invitation_id), None
    )
    if found is None:
        raise NotFoundError
    return found
