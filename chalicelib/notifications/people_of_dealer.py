"""The accounts that somebody may open at a dealer."""

from chalicelib.customers.portal_customers.queries import portal_customer
from chalicelib.identity import queries as identity
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.keys import is_portal_customer, portal_customer_id
from chalicelib.kernel.scopes import IdentityScope, ImportScope


def accounts_of(scope: ImportScope, person_id: str) -> list[str]:
    """In order; of a customer of the portal, the linked one."""
    held = identity.memberships(IdentityScope(), person_id)
    refs = {one.account_ref for one in held if one.dealer_id == scope.dealer_id and one.account_ref}
    return sorted(set(filter(None, (ledger_account(scope, ref) for ref in refs))))


def ledger_account(scope: ImportScope, ref: str) -> str:
    """The account itself, or that of a customer of the portal; empty where none is linked."""
    if not is_portal_customer(ref):
        return ref
    try:
        return portal_customer(scope, portal_customer_id(ref)).account_ref or ""
    except NotFoundError:
        return ""
