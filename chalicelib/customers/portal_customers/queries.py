"""Reads of portal customers."""

from collections.abc import Iterable

from chalicelib.customers.model import DirectoryEntry
from chalicelib.customers.portal_customers import repo
from chalicelib.customers.portal_customers.model import PortalCustomer
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.keys import is_portal_customer, portal_customer_id
from chalicelib.kernel.scopes import TenantScope


def portal_customer(scope: TenantScope, customer_id: str) -> PortalCustomer:
    """One of them as of now. Raises NotFoundError."""
    found = repo.customer(scope, customer_id)
    if found is None:
        raise NotFoundError
    return found


def entries(scope: TenantScope, refs: Iterable[str]) -> dict[str, DirectoryEntry]:
    """What invitations need to know of those of `refs` that name portal customers, by reference."""
    wanted = [portal_customer_id(ref) for ref in refs if is_portal_customer(ref)]
    return {found.ref: found.entry for found in repo.customers(scope, wanted)} if wanted else {}
