"""Reads about changes that customers ask for."""

from chalicelib.customers.change_requests import repo
from chalicelib.customers.change_requests.model import ChangeRequest, current
from chalicelib.customers.model import AccountFacts
from chalicelib.kernel.account_fields import AccountField
from chalicelib.kernel.scopes import CustomerScope, TenantScope
from chalicelib.tasks import queries as tasks
from chalicelib.tasks.kinds import CHANGE


def current_requests(scope: CustomerScope, facts: AccountFacts) -> dict[AccountField, ChangeRequest]:
    """What the customer sees of their requests, by field: until an export shows what they asked for."""
    ref = facts.account_ref
    return current([*repo.requests(scope, ref), *repo.open_requests(scope, ref)], facts, scope.eras.get(ref, ""))


def accounts_waiting(scope: TenantScope) -> list[str]:
    """The accounts of which a change is open."""
    return tasks.accounts_with(scope, CHANGE)


def open_requests(scope: TenantScope, ref: str) -> list[ChangeRequest]:
    """What staff have to decide on, oldest first: of an earlier era too, until `end_earlier` has ended it."""
    return repo.open_requests(scope, ref)
