"""Reads about a dealer's staff."""

from dataclasses import replace

from chalicelib.dealers.staff import repo
from chalicelib.dealers.staff.model import StaffMember
from chalicelib.kernel.emails import comparable_email
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import DealerScope, TenantScope


def emails(scope: TenantScope) -> dict[str, str]:
    """The email of everybody who works at the dealer, by their id: who did something is stored as an id."""
    return {member.person_id: member.email for member in repo.members(scope) if member.person_id}


def joined(scope: TenantScope) -> list[StaffMember]:
    """Everybody who works at the dealer."""
    return [member for member in repo.members(scope) if member.person_id]


def former_emails(scope: DealerScope) -> dict[str, str]:
    """The emails of everybody who was removed, by id, also if they have come back: what they did remains."""
    return repo.former_emails(scope)


def colleague(scope: TenantScope, person_id: str) -> StaffMember | None:
    """A member of the staff, once they have joined."""
    return next((member for member in repo.members(scope) if member.person_id == person_id), None)


def present_scope(asked: DealerScope) -> DealerScope:
    """What a member of the staff asked for in this scope, with the role that they have now.

    Who has only just joined is not listed yet and counts all the same. Raises NotFoundError for who was removed.
    """
    member = colleague(asked, asked.person_id)
    if member:
        return replace(asked, role=member.role)
    # Tested control: download-of-present-staff
    if asked.person_id in repo.former_emails(asked):
        raise NotFoundError
    return asked


def open_invitations(scope: TenantScope, email: str) -> list[StaffMember]:
    """Those to this address, `normal_email`, however it was written then."""
    return [one for one in repo.members(scope) if one.person_id is None and comparable_email(one.email) == email]
