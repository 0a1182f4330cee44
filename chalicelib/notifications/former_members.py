"""What is kept of somebody who has no membership at the dealer any more, which only this layer can tell."""

from chalicelib.alerts import operations as alerts
from chalicelib.dealers.staff_mails import operations as staff_mails
from chalicelib.identity import queries
from chalicelib.kernel.scopes import IdentityScope, TenantScope
from chalicelib.profiles import operations as profiles


def forget_profile(scope: TenantScope, *, person_id: str) -> None:
    """Delete it, unless the person is still staff of the dealer or a customer of it. Repeatable."""
    held = queries.memberships(IdentityScope(), person_id)
    if not any(one.dealer_id == scope.dealer_id for one in held):
        profiles.forget_person(scope, person_id=person_id)
        alerts.forget_person(scope, person_id=person_id)
        staff_mails.forget_person(scope, person_id=person_id)
