"""What a customer's user may do now: as the newest export says of their account, and while it is still theirs."""

from dataclasses import replace

from chalicelib.customers.enrolment.model import Enrolment, owner_in_doubt
from chalicelib.customers.scopes import customer_scope
from chalicelib.dealers import queries as dealers
from chalicelib.identity.model import Membership
from chalicelib.kernel.errors import ForbiddenError
from chalicelib.kernel.i18n import lazy_gettext
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
        raise AccountShutError(lazy_gettext("This account cannot be used here any more."))
    role = Role.VIEW if standing is Standing.FROZEN else scope.role
    return replace(scope, standing=standing, role=role)


def _newest_head(scope: TenantScope, ref: str) -> AccountHead | None:
    current = dealers.published(scope)
    return repo.read_head(scope, ref, run=current.run, skipped=current.skipped, generation=current.generation)


def _require_own_era(era: str, enrolment: Enrolment | None, head: AccountHead | None) -> None:
    # Tested control: era-at-each-request
    if era != (enrolment.era if enrolment else ""):
        raise AccountShutError(lazy_gettext("This account number now belongs to somebody else."))
    if head and head.owner_change and owner_in_doubt(head.owner_change.era, enrolment):
        raise AccountShutError(lazy_gettext("This account is suspended until it is clear whose it is."))
