"""The Customer Accounts list: status, filter, sort, page and counters over a directory. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.customers.enrolment.model import Portal, Status, status_of, why_not
from chalicelib.customers.model import DirectoryEntry

PAGE = 50
SORTS = ("number", "name", "status", "email", "balance")
_ORDER = {status: at for at, status in enumerate(Status)}


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One line of the list. `reason` is set where `status` is cannot; `shares_with` are refs with the same email."""

    entry: DirectoryEntry
    portal: Portal | None
    status: Status
    reason: str | None
    shares_with: tuple[str, ...] = ()

    @property
    def email(self) -> str | None:
        """The user name of an account in the portal, else the dealer system's email."""
        return self.portal.email if self.portal and self.status is not Status.NONE else self.entry.email


@dataclass(frozen=True, slots=True)
class AccountsQuery:
    """What the list shows: `depot` '' is all; `offset` counts rows; unknown sorts fall back to number."""

    status: Status | None = None
    depot: str = ""
    sort: str = "number"
    descending: bool = False
    offset: int = 0


@dataclass(frozen=True, slots=True)
class AccountsPage:
    """At most PAGE rows of `total`; `counts` are of all accounts, whatever the filter."""

    rows: tuple[AccountRow, ...]
    total: int
    offset: int
    counts: Mapping[Status, int]
    bounced: int

    @property
    def next_offset(self) -> int | None:
        """Where the next page starts, or None on the last one."""
        end = self.offset + len(self.rows)
        return end if end < self.total else None

    @property
    def previous_offset(self) -> int | None:
        """Where the page before starts, or None on the first one."""
        return max(0, self.offset - PAGE) if self.offset else None


def account_row(entry: DirectoryEntry, portal: Portal | None, shares_with: Sequence[str] = ()) -> AccountRow:
    """The line of one account."""
    status = status_of(entry, portal)
    reason = why_not(entry) if status is Status.CANNOT else None
    return AccountRow(entry, portal, status, reason, tuple(ref for ref in shares_with if ref != entry.ref))


def counts(entries: Iterable[DirectoryEntry], portals: Mapping[str, Portal]) -> Counter[Status]:
    """How many accounts stand in each status; the sum is all accounts of the extract."""
    return Counter(status_of(entry, portals.get(entry.ref)) for entry in entries)


def page_of(
    found: Sequence[DirectoryEntry],
    portals: Mapping[str, Portal],
    query: AccountsQuery,
    everyone: Sequence[DirectoryEntry],
) -> AccountsPage:
    """Filter, sort and cut `found` (a search's result, by number) into one page."""
    rows = select(found, portals, query)
    tally = counts(everyone, portals)
    shown = rows[query.offset : query.offset + PAGE]
    sharing = _sharing(shown, everyone)
    return AccountsPage(
        rows=tuple(account_row(e, portals.get(e.ref), sharing.get((e.email or "").lower(), ())) for e in shown),
        total=len(rows),
        offset=query.offset,
        counts={status: tally[status] for status in Status},
        bounced=tally[Status.BOUNCED],
    )


def select(
    found: Sequence[DirectoryEntry], portals: Mapping[str, Portal], query: AccountsQuery
) -> Sequence[DirectoryEntry]:
    """All entries that pass the filters, in the order asked for. `found` comes by number."""
    rows: Sequence[DirectoryEntry] = found
    if query.depot:
        rows = [e for e in rows if e.depot_code == query.depot]
    if query.status:
        rows = [e for e in rows if status_of(e, portals.get(e.ref)) is query.status]
    key = _key(query.sort, portals)
    if key is None:
        return rows[::-1] if query.descending else rows
    return sorted(rows, key=key, reverse=query.descending)


def _key(sort: str, portals: Mapping[str, Portal]) -> Callable[[DirectoryEntry], Any] | None:
    keys: dict[str, Callable[[DirectoryEntry], Any]] = {
        "name": lambda e: e.name.casefold(),
        "status": lambda e: _ORDER[status_of(e, portals.get(e.ref))],
        "email": lambda e: (not e.email, (e.email or "").lower()),
        "balance": lambda e: e.balance,
    }
    return keys.get(sort)


def _sharing(shown: Sequence[DirectoryEntry], everyone: Iterable[DirectoryEntry]) -> dict[str, list[str]]:
    emails = {e.email.lower() for e in shown if e.email}
    sharing: dict[str, list[str]] = {}
    for entry in everyone:
        if entry.email and entry.email.lower() in emails:
            sharing.setdefault(entry.email.lower(), []).append(entry.ref)
    return sharing
