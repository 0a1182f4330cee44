"""What a customer's user may reach."""

from collections.abc import Mapping
from dataclasses import replace

from chalicelib.alerts import queries as alerts
from chalicelib.customers.colleagues import repo as grants
from chalicelib.customers.colleagues.model import EVERYTHING, GONE, Grant, Rights, grant_of
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import Enrolment
from chalicelib.customers.enrolment.queries import enrolments as enrolments_now
from chalicelib.customers.portal_customers.queries import portal_customer
from chalicelib.customers.queries import account_group
from chalicelib.dealers import queries as dealers
from chalicelib.identity.model import Membership
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.keys import is_portal_customer, portal_customer_id
from chalicelib.kernel.scopes import CustomerScope, TenantScope


def customer_scope(person_id: str, membership: Membership) -> tuple[CustomerScope, Enrolment | None]:
    """What somebody may reach who acts for a customer: their account, and those it is the master of.

    The newest export says which accounts it is the master of, also where one has been given to another customer. So
    those are reached in their present era, and nothing of an earlier one is.

    With it comes the enrolment of the account whose figures they see, as of now, what they may do there, and their
    bell: one round trip, in which the dealer's settings come too where this process does not hold them.

    A portal customer has a partition of their own and the account that is linked, which is read at each request, so
    that a link corrected or taken away counts at once. Raises NotFoundError where there is no such portal customer,
    where their access has ended or none of their accounts is left, and for staff.
    """
    ref, scope = membership.account_ref, TenantScope(membership.dealer_id)
    if ref is None:
        raise NotFoundError
    alerts.forget()
    linked = _linked(scope, ref) if is_portal_customer(ref) else (ref, membership.era)
    if linked is None:
        own = grants.grants_of_person(scope, ref, person_id, membership.invitation_id)
        return _with(
            CustomerScope(scope.dealer_id, person_id, frozenset({ref})), _rights(own, person_id, membership)
        ), None
    account_ref, era = linked
    wanted = grants.wanted(scope, ref, person_id, membership.invitation_id)
    enrolment, found = enrolments.enrolment_with_dealer(
        scope, account_ref, {**alerts.wanted(scope, person_id, ref), **wanted}
    )
    alerts.keep(scope, person_id, ref, found)
    rights = _rights(grants.found_in(found), person_id, membership)
    everything = account_group(scope, dealers.published(scope), account_ref)
    eras = _eras_now(scope, everything - {account_ref}) | ({account_ref: era} if era else {})
    reached = rights.reach(everything)
    if not reached:
        raise NotFoundError
    current = account_ref if account_ref in reached else min(reached)
    if current != account_ref:
        enrolment = enrolments.enrolment(scope, current)
    own_ref = {ref} if is_portal_customer(ref) else set()
    kept = {one: eras[one] for one in reached if one in eras}
    return _with(
        CustomerScope(scope.dealer_id, person_id, reached | own_ref, account_ref=current, eras=kept), rights
    ), enrolment


def _rights(found: Mapping[str, Grant], person_id: str, membership: Membership) -> Rights:
    grant = grant_of(found, person_id, membership.invitation_id, membership.era)
    # Tested control: ended-access-not-found
    if grant and grant.state in GONE:
        raise NotFoundError
    return grant.rights if grant else replace(EVERYTHING, role=membership.role)


def _with(scope: CustomerScope, rights: Rights) -> CustomerScope:
    return replace(scope, role=rights.role, areas=rights.areas)


def _linked(scope: TenantScope, ref: str) -> tuple[str, str] | None:
    """The account that a portal customer is linked to, and its era then."""
    found = portal_customer(scope, portal_customer_id(ref))
    return (found.account_ref, found.account_era) if found.account_ref else None


def _eras_now(scope: TenantScope, refs: frozenset[str]) -> dict[str, str]:
    """The eras of these accounts that are not in their first. One small read; none without accounts."""
    if not refs:
        return {}
    known = enrolments_now(scope).by_ref
    return {ref: known[ref].era for ref in refs if ref in known and known[ref].era}
