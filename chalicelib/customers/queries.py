"""Reads for the dealer's Customer Accounts pages."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from chalicelib.customers.accounts_list import AccountRow, AccountsList, AccountsPage, AccountsQuery, account_row
from chalicelib.customers.colleagues.queries import given
from chalicelib.customers.directory import queries as directory
from chalicelib.customers.directory.placement import shard_of
from chalicelib.customers.directory.queries import Directory
from chalicelib.customers.enrolment import queries as enrolment
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser, EndedAccess, Enrolment, asks_whose, owner_in_doubt
from chalicelib.customers.enrolment.queries import Enrolments
from chalicelib.customers.groups import GROUPS, Member
from chalicelib.customers.model import DirectoryEntry
from chalicelib.customers.portal_customers import repo as portal_customers
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.publication import Published
from chalicelib.kernel.areas import Area
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.keys import portal_customer_ref
from chalicelib.kernel.scopes import DealerScope, TenantScope
from chalicelib.sheets import queries as sheets
from chalicelib.store.weighted_cache import WeightedCache

MAX_RECIPIENTS = 40
"""People of an account who get a mail: each takes an item of the transaction. The others see it in the portal."""


@dataclass(frozen=True, slots=True)
class CustomerAccounts:
    """One page of the list as of `published`, and the depots there are to choose from."""

    page: AccountsPage
    published: Published
    depots: Sequence[str]


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """One account as staff see it: its line as of `published`, and who may log in for it.

    `era` is the one that the account is in, empty for its first. `is_linked`: a portal customer sees its figures.
    `ended`: whose access to it in this era was ended.
    """

    row: AccountRow
    published: Published
    enrolment: Enrolment | None
    users: Sequence[AccountUser]
    era: str
    is_linked: bool = False
    ended: Sequence[EndedAccess] = ()

    @property
    def owner_in_doubt(self) -> bool:
        """Whether it seems to be somebody else's, and nobody has said whose it is."""
        return asks_whose(self.row.entry.next_era, self.enrolment, is_linked=self.is_linked)

    @property
    def begins_anew(self) -> bool:
        """Whether it seems to be somebody else's and nobody could open it yet: the first invited sees the new alone."""
        return owner_in_doubt(self.row.entry.next_era, self.enrolment) and not self.owner_in_doubt

    @property
    def awaits_figures(self) -> bool:
        """Whether it is another customer's, whose figures the next export brings."""
        entry = self.row.entry
        return bool(self.era) and self.era == entry.next_era != entry.era


def customer_accounts(scope: DealerScope, *, text: str, field: str, query: AccountsQuery) -> CustomerAccounts:
    """Search by prefix of any word in `field` (name, address, city, state, number, all), then filter, sort and page.

    Beyond PUBLISHED two round trips for shards that this process has not read, of the directory and of the
    enrolments, and a small one that shows which enrolments have changed; another for the portal's own customers where
    an account that nobody was invited for seems to be somebody else's.
    """
    now = dealers.published(scope)
    accounts = directory.read(scope, now)
    everything = _accounts_list(scope, accounts)
    return CustomerAccounts(everything.page(accounts.search(text, field), query), now, everything.depots)


def all_rows(
    scope: DealerScope, *, published: Published, text: str, field: str, query: AccountsQuery
) -> list[AccountRow]:
    """Every row of the filtered list as of `published`, for the CSV. Enrolments are as of now."""
    accounts = directory.read(scope, published)
    return _accounts_list(scope, accounts).rows(accounts.search(text, field), query)


def staff_account(scope: DealerScope, ref: str) -> StaffAccount:
    """One account and its people. Raises NotFoundError."""
    now = dealers.published(scope)
    entry = directory.entry(scope, now, ref)
    if entry is None:
        raise NotFoundError
    found = enrolments.enrolment(scope, ref)
    era = found.era if found else ""
    users = [user for user in enrolments.users(scope, ref) if user.era == era]
    is_linked = bool(entry.next_era) and found is None and bool(portal_customers.linked_to(scope, ref))
    row = account_row(entry, found.summary if found else None, is_linked=is_linked)
    return StaffAccount(row, now, found, users, era, is_linked, ended_access(scope, ref, era))


def account_entries(scope: TenantScope, published: Published, refs: Iterable[str]) -> dict[str, DirectoryEntry]:
    """Those of these accounts that the published run has, by number."""
    accounts = directory.read(scope, published)
    return {ref: entry for ref in refs if (entry := accounts.get(ref))}


def known_number(scope: TenantScope, text: str) -> str | None:
    """The number of the account that somebody means by `text`, also in other letters; None where there is none."""
    now = dealers.published(scope)
    spellings = dict.fromkeys((text, text.upper())) if text and now.n else ()
    return next((one for one in spellings if directory.entry(scope, now, one)), None)


def account_names(scope: DealerScope, refs: Iterable[str]) -> dict[str, str]:
    """The names of those of these accounts that the published run knows. Reads the shards that changed since."""
    return {ref: entry.name for ref, entry in account_entries(scope, dealers.published(scope), refs).items()}


def names_of(scope: TenantScope, refs: Iterable[str]) -> dict[str, str]:
    """The same of a few: their shards alone are read."""
    return {ref: one.name for ref, one in directory.entries(scope, dealers.published(scope), refs).items()}


def ended_access(scope: TenantScope, ref: str, era: str) -> list[EndedAccess]:
    """Whose access to the account was ended in this era, the last first."""
    return [one for one in enrolments.ended_access(scope, ref) if one.era == era]


def user_of_account(scope: DealerScope, ref: str, person_id: str) -> AccountUser | None:
    """Somebody who may log in for an account, or could in an earlier era; None where that has ended."""
    return next((user for user in enrolments.users(scope, ref) if user.person_id == person_id), None)


def emails_of_users(scope: DealerScope, users: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The emails of those of these, each the number of an account and a person, who may log in for it; by person."""
    return enrolments.emails_of_users(scope, users)


def users_of_account(scope: TenantScope, ref: str, era: str) -> list[AccountUser]:
    """Who has logged in for an account in this era and still may."""
    return [user for user in enrolments.users(scope, ref) if user.era == era]


def users_given(scope: TenantScope, ref: str, era: str, areas: AbstractSet[Area], *, of: str = "") -> list[AccountUser]:
    """Those of them who are given all these areas, and see the account `of`: this one, or one it is the master of."""
    return given(scope, ref, users_of_account(scope, ref, era), areas=areas, account_ref=of or ref)


def people_of_account(
    scope: TenantScope, ref: str, era: str, area: Area | None = None, *, of: str = ""
) -> list[AccountUser]:
    """Who may open it in this era: its own users, and those of customers added in the portal who are linked to it.

    With `area` only those who are given that, and see the account `of`: this one, or one that it is the master of.
    """
    users = users_given(scope, ref, era, {area}, of=of) if area else users_of_account(scope, ref, era)
    for customer in portal_customers.linked_to(scope, ref):
        if customer.account_era == era:
            own_ref = portal_customer_ref(customer.customer_id)
            own = enrolments.users(scope, own_ref)
            users += given(scope, own_ref, own, areas={area}, account_ref=of or ref) if area else own
    return users


def readers_of_account(scope: TenantScope, ref: str, era: str, area: Area | None = None) -> list[AccountUser]:
    """Who is told what happens on it: its people and, of the era that it is in now, those of its master, each once.

    With `area` only those who are given that.
    """
    users = people_of_account(scope, ref, era, area)
    master = master_of(scope, dealers.published(scope), ref)
    # Tested control: master-told-of-present-era
    if master and era == enrolment.current_era(scope, ref):
        users += people_of_account(scope, master, enrolment.current_era(scope, master), area, of=ref)
    return list({user.person_id: user for user in users}.values())


def enrolment_states(scope: TenantScope) -> Enrolments:
    """The enrolment of every account that was ever invited."""
    return enrolment.enrolments(scope)


@dataclass(frozen=True, slots=True)
class _Listed:
    """The list over one directory and one state of the enrolments: the same objects mean the same list.

    `linked`: accounts that portal customers see, read only where it matters to one of them (`asks_links`).
    """

    directory: Directory
    enrolments: Enrolments
    asks_links: bool
    linked: frozenset[str]
    accounts: AccountsList


_kept: WeightedCache[_Listed] = WeightedCache(
    directory.MAX_KEPT, lambda one: len(one.directory.entries), keep_oversized=True
)


def forget_all() -> None:
    """Clear the caches, for benchmarks."""
    _kept.clear()


def _accounts_list(scope: TenantScope, accounts: Directory) -> AccountsList:
    known = enrolment.enrolments(scope)
    held = _kept.get(scope.dealer_id)
    is_same = held is not None and held.directory is accounts and held.enrolments is known
    asks_links = (
        held.asks_links
        if held and is_same
        else any(entry.next_era and not known.get(entry.ref) for entry in accounts.entries)
    )
    linked = portal_customers.linked_accounts(scope) if asks_links else frozenset()
    if held is None or not is_same or held.linked != linked:
        listed = AccountsList(accounts.entries, known.by_ref, linked)
        held = _Listed(accounts, known, asks_links, linked, listed)
        _kept.put(scope.dealer_id, held)
    return held.accounts


def account_group(scope: TenantScope, published: Published, ref: str) -> frozenset[str]:
    """The account and those it is the master of. One round trip a run where the dealer has masters, else none."""
    sheet = published.sheets.get(GROUPS)
    if sheet is None or not sheet.pages:
        return frozenset({ref})
    members = sheets.read_dealer_page(scope, GROUPS, sheet, shard_of(ref, sheet.pages), Member)
    return frozenset({ref, *(member.account_ref for member in members if member.master == ref)})


def with_groups(scope: TenantScope, published: Published, refs: Collection[str]) -> set[str]:
    """These accounts and those that they are the masters of."""
    return {*refs, *(member.account_ref for member in _members(scope, published) if member.master in refs)}


def master_of(scope: TenantScope, published: Published, ref: str) -> str | None:
    """The account that answers for this one, if any. A round trip for each page of groups, none once they are read."""
    return next((member.master for member in _members(scope, published) if member.account_ref == ref), None)


def address_of_account(scope: TenantScope, ref: str) -> dict[str, str]:
    """What an address needs that leads its people and its master's alike to the account: nothing where it has none."""
    return {"account": ref} if master_of(scope, dealers.published(scope), ref) else {}


def _members(scope: TenantScope, published: Published) -> Iterator[Member]:
    """All accounts of the dealer that have a master."""
    sheet = published.sheets.get(GROUPS)
    if sheet:
        for index in range(sheet.pages):
            yield from sheets.read_dealer_page(scope, GROUPS, sheet, index, Member)
