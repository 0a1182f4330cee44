"""Reads about people."""

from collections.abc import Collection

from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import CustomerScope, TenantScope
from chalicelib.profiles import repo
from chalicelib.profiles.model import Named, Profile
from chalicelib.profiles.repo import MemberScope


def own_profile(scope: MemberScope) -> Profile:
    """That of the person in hand, as of now."""
    return repo.profile(scope, scope.person_id)


def named(scope: TenantScope, person_ids: Collection[str]) -> dict[str, Named]:
    """What these people are called, by id; who has said nothing is not there. One round trip for 100."""
    return repo.named(scope, person_ids)


def name_of(scope: TenantScope, person_id: str) -> str:
    """What somebody is called; empty where they have not said."""
    found = repo.named(scope, (person_id,))
    return found[person_id].name if person_id in found else ""


def photo(scope: TenantScope, person_id: str, *, small: bool) -> tuple[str, bytes]:
    """Its version and its JPEG. Customers see their own alone. Raises NotFoundError."""
    # Tested control: photo-of-own-people
    if isinstance(scope, CustomerScope) and person_id != scope.person_id:
        raise NotFoundError
    found = repo.photo(scope, person_id)
    if found is None:
        raise NotFoundError
    return found.version, found.small if small else found.large
