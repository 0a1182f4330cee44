"""The profile of somebody who has no membership at the dealer any more, which only this layer can tell."""

from chalicelib.identity import queries
from chalicelib.kernel.scopes import IdentityScope, TenantScope
from chalicelib.profiles.operations import forget_person


def forget_profile(scope: TenantScope, *, person_id: str) -> None:
    """Delete it, unless the person is still staff of the dealer or a customer of it. Repeatable."""
    held = queries.memberships(IdentityScope(), person_id)
    if not any(one.dealer_id == scope.dealer_id for one in held):
        forget_person(scope, person_id=person_id)
