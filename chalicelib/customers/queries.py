"""Reads for the dealer's Customer Accounts pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.customers.accounts_list import AccountRow, AccountsPage, AccountsQuery, account_row, page_of, select
from chalicelib.customers.directory import queries as directory
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import Portal
from chalicelib.customers.model import Published
from chalicelib.dealers import queries as dealers
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import DealerScope, TenantScope


@dataclass(frozen=True, slots=True)
class CustomerAccounts:
    """One page of the list as of `published`, and the depots there are to choose from."""

    page: AccountsPage
    published: Published
    depots: Sequence[str]


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """One account as staff see it: its line as of `published`, and (email, first login) of each who may log in."""

    row: AccountRow
    published: Published
    users: Sequence[tuple[str, datetime]]


def customer_accounts(scope: DealerScope, *, text: str, field: str, query: AccountsQuery) -> CustomerAccounts:
    """Search by prefix of any word in `field` (name, city, state, number, all), then filter, sort and page.

    Two round trips beyond PUBLISHED: the directory's slices (cached per run) and PORTAL.
    """
    now = dealers.published(scope)
    accounts = directory.read(scope, now)
    page = page_of(accounts.search(text, field), enrolments.portals(scope), query, accounts.entries)
    depots = sorted({entry.depot_code for entry in accounts.entries if entry.depot_code})
    return CustomerAccounts(page, now, depots)


def all_rows(scope: DealerScope, *, text: str, field: str, query: AccountsQuery) -> list[AccountRow]:
    """Every row of the filtered list, for the CSV."""
    accounts = directory.read(scope, dealers.published(scope))
    portals = enrolments.portals(scope)
    return [account_row(e, portals.get(e.ref)) for e in select(accounts.search(text, field), portals, query)]


def staff_account(scope: DealerScope, ref: str) -> StaffAccount:
    """One account and its people. Raises NotFoundError."""
    now = dealers.published(scope)
    entry = directory.entry(scope, now, ref)
    if entry is None:
        raise NotFoundError
    return StaffAccount(account_row(entry, enrolments.portal(scope, ref)), now, enrolments.users(scope, ref))


def portal_states(scope: TenantScope) -> dict[str, Portal]:
    """The portal's state of every account that was ever invited."""
    return enrolments.portals(scope)
