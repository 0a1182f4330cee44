"""Reads of an account's people with their rights."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace

from chalicelib.customers.colleagues import repo
from chalicelib.customers.colleagues.model import (
    EVERYTHING,
    GONE,
    Colleague,
    Rights,
    colleagues,
    grant_of,
    rights_of,
)
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.identity.model import Membership
from chalicelib.kernel.areas import Area
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import TenantScope


def people(scope: TenantScope, ref: str, era: str) -> list[Colleague]:
    """Who may log in for the account in this era, and who is invited to. Two round trips."""
    return colleagues(repo.grants(scope, ref).by_key.values(), enrolments.users(scope, ref), era)


def person(scope: TenantScope, ref: str, era: str, key: str) -> Colleague:
    """One of them. Raises NotFoundError."""
    found = next((one for one in people(scope, ref, era) if one.key == key), None)
    if found is None:
        raise NotFoundError
    return found


def given(
    scope: TenantScope, ref: str, users: Iterable[AccountUser], *, areas: AbstractSet[Area], account_ref: str
) -> list[AccountUser]:
    """Those of the users of `ref` who are given all these areas, and see this account."""
    users = list(users)
    if not users:
        return []
    stored = repo.grants(scope, ref).by_key
    rights = ((user, rights_of(stored, user)) for user in users)
    # Tested control: mails-of-given-areas
    return [user for user, own in rights if own and areas <= own.areas and own.reach(frozenset({account_ref}))]


def rights_of_member(scope: TenantScope, person_id: str, membership: Membership) -> Rights | None:
    """What a membership of somebody gives them; None where their access has ended, and for staff."""
    ref = membership.account_ref
    if ref is None:
        return None
    stored = repo.grants_of_person(scope, ref, person_id, membership.invitation_id)
    found = grant_of(stored, person_id, membership.invitation_id, membership.era)
    if found is None:
        return replace(EVERYTHING, role=membership.role)
    return None if found.state in GONE else found.rights
