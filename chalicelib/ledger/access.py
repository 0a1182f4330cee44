"""What a customer's user may do now: as the newest export says of their account, and while it is still theirs."""

from dataclasses import replace

from chalicelib.customers.colleagues import repo as grants
from chalicelib.customers.colleagues.model import GONE
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import Enrolment, owner_in_doubt
from chalicelib.customers.queries import master_of
from chalicelib.customers.scopes import customer_scope
from chalicelib.dealers import queries as dealers
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.kernel.errors import ForbiddenError, NotFoundError
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.keys import is_portal_customer
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import CustomerScope, TenantScope
from chalicelib.kernel.standing import Standing
from chalicelib.ledger import repo
from chalicelib.ledger.model import AccountHead


class AccountShutError(ForbiddenError):
    """The account lets nobody in any more, or none of its earlier users: the page says whom to call."""


def account_scope(person_id: str, membership: Membership) -> CustomerScope:
    """What somebody may reach who acts for a customer, asked at each request.

    It reads the head that the page needs anyway. Raises AccountShutError, and NotFoundError as `customer_scope`.
    """
    scope, enrolment = customer_scope(person_id, membership)
    ref = scope.ledger_ref
    if ref is None:
        return scope
    dealer = TenantScope(scope.dealer_id)
    head = _newest_head(dealer, ref)
    _require_own_era(scope.eras.get(ref, ""), enrolment, head)
    if head is None:
        return scope
    standing = head.facts.standing(archived=head.archived)
    if standing is Standing.NONE:
        raise AccountShutError(lazy_gettext("This account can no longer be used here."))
    role = Role.VIEW if standing is Standing.FROZEN else scope.role
    return replace(scope, standing=standing, role=role)


def present_scope(asked: CustomerScope) -> CustomerScope:
    """What somebody asked for in this scope, as they may reach it now: for a step that runs without their session.

    Raises NotFoundError where their access has ended or has not all of these accounts any more, and AccountShutError.
    """
    now = account_scope(asked.person_id, _listed_membership(asked))
    refs = asked.account_refs
    # Tested control: download-of-present-access
    if not refs <= now.account_refs or any(now.eras.get(ref, "") != asked.eras.get(ref, "") for ref in refs):
        raise NotFoundError
    return replace(now, account_refs=refs, account_ref=asked.account_ref, eras=asked.eras)


def _listed_membership(asked: CustomerScope) -> Membership:
    """By the dealer's list of the account's users, without identity's rights.

    Who has only just accepted is not on it yet and counts all the same, unless the list says that they have left.
    """
    dealer = TenantScope(asked.dealer_id)
    refs = _possible_refs(dealer, asked)
    listed = {ref: user for ref in refs for user in enrolments.users(dealer, ref) if user.person_id == asked.person_id}
    for ref, user in listed.items():
        return _membership(dealer, ref, user.era, user.invitation_id)
    every = (one for ref in refs for one in grants.grants(dealer, ref).by_key.values())
    if not refs or any(one.person_id == asked.person_id and one.state in GONE for one in every):
        raise NotFoundError
    return _membership(dealer, refs[0], asked.eras.get(refs[0], ""), "")


def _possible_refs(dealer: TenantScope, asked: CustomerScope) -> list[str]:
    """Whose user they may be: a portal customer's, the current account's, or its master's."""
    own = [ref for ref in asked.account_refs if is_portal_customer(ref)]
    current = asked.ledger_ref
    master = master_of(dealer, dealers.published(dealer), current) if current else None
    return [*own, *([current] if current else []), *([master] if master else [])]


def _membership(dealer: TenantScope, ref: str, era: str, invitation_id: str) -> Membership:
    return Membership(
        dealer.dealer_id, MembershipKind.CUSTOMER, ref, role=Role.VIEW, invitation_id=invitation_id, era=era
    )


def _newest_head(scope: TenantScope, ref: str) -> AccountHead | None:
    current = dealers.published(scope)
    return repo.read_head(scope, ref, run=current.run, skipped=current.skipped, generation=current.generation)


def _require_own_era(era: str, enrolment: Enrolment | None, head: AccountHead | None) -> None:
    # Tested control: era-at-each-request
    if era != (enrolment.era if enrolment else ""):
        raise AccountShutError(lazy_gettext("This account number now belongs to somebody else."))
    if head and head.owner_change and owner_in_doubt(head.owner_change.era, enrolment):
        raise AccountShutError(lazy_gettext("This account is suspended until it is clear whose it is."))
