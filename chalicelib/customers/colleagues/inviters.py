"""Who of an account has invited somebody to it: what the page of the mailed link says."""

from chalicelib.customers.colleagues import repo
from chalicelib.customers.colleagues.model import invitation_key
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.identity.model import Membership
from chalicelib.kernel.names import name_for_strangers
from chalicelib.kernel.scopes import TenantScope
from chalicelib.profiles import queries as profiles


def inviter_of(offered: Membership) -> str:
    """Their name, or the email that they log in with; empty where the dealer has invited, or they have left since.

    `offered` is that of a link which was verified.
    """
    ref, scope = offered.account_ref, TenantScope(offered.dealer_id)
    grant = repo.grant(scope, ref, invitation_key(offered.invitation_id)) if ref else None
    if ref is None or grant is None or not grant.invited_by:
        return ""
    user = next((one for one in enrolments.users(scope, ref) if one.person_id == grant.invited_by), None)
    return (name_for_strangers(profiles.name_of(scope, user.person_id)) or user.email) if user else ""
