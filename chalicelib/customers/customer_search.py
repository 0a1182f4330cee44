"""Customers to choose one from: accounts, and customers that were added in the portal, by one search."""

from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.customers.accounts_list import NOT_CUSTOMERS
from chalicelib.customers.directory import queries as directory
from chalicelib.customers.directory.queries import Directory
from chalicelib.customers.enrolment.model import State
from chalicelib.customers.enrolment.queries import enrolments
from chalicelib.customers.model import DirectoryEntry
from chalicelib.customers.portal_customers import repo as portal_customers
from chalicelib.dealers import queries as dealers
from chalicelib.kernel.scopes import DealerScope


class FoundCustomer(NamedTuple):
    """`is_active`: somebody has logged in for them. A customer added in the portal has `~<ulid>` for a number."""

    entry: DirectoryEntry
    is_active: bool


@dataclass(frozen=True, slots=True)
class FoundCustomers:
    """The first of `total` customers."""

    customers: list[FoundCustomer]
    total: int


def find_customers(scope: DealerScope, *, text: str, limit: int) -> FoundCustomers:
    """Those in which every word of `text` begins a word, as on Customer Accounts; those added in the portal first.

    Without a text only these: no list of accounts holds them. The dealer's internal and cash accounts are left out.
    """
    added = Directory(1, {0: (0, [one.entry for one in portal_customers.all_customers(scope)])})
    found = sorted(added.search(text), key=lambda one: one.name.casefold())
    if text.strip():
        accounts = directory.read(scope, dealers.published(scope)).search(text)
        found += [entry for entry in accounts if entry.account_type not in NOT_CUSTOMERS]
    known = enrolments(scope).by_ref
    active = {ref for ref, one in known.items() if one.state is State.ACTIVE}
    return FoundCustomers([FoundCustomer(one, one.ref in active) for one in found[:limit]], len(found))
