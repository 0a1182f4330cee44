"""The Customer Accounts list: status, filter, sort, page and counters over a directory. Pure."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.customers.enrolment.model import EnrolmentSummary, Status, ineligibility_reason, status_of
from chalicelib.customers.model import DirectoryEntry
from chalicelib.kernel.emails import comparable_email
from chalicelib.kernel.i18n import LazyText

PAGE = 50
SORTS = ("number", "name", "status", "email", "balance")
NOT_CUSTOMERS = frozenset({"internal", "cash"})
"""Types of accounts with which a dealer keeps its own books."""
_ORDER = {status: at for at, status in enumerate(Status)}


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One line of the list. `shares_with`: refs with the same email.

    `reason`: why nobody can be invited, or an open invitation not be sent again.
    """

    entry: DirectoryEntry
    enrolment: EnrolmentSummary | None
    status: Status
    reason: LazyText | None
    shares_with: tuple[str, ...] = ()

    @property
    def email(self) -> str | None:
        """The user name of an enrolled account, else the dealer system's email."""
        enrolled = self.enrolment.email if self.enrolment and self.status is not Status.NONE else ""
        return enrolled or self.entry.email


@dataclass(frozen=True, slots=True)
class AccountsQuery:
    """What the list shows: `depot` '' is all; `offset` counts rows; unknown sorts fall back to number.

    Without a status it is the dealer's customers, or with `everybody` also its own internal and cash accounts.
    """

    status: Status | None = None
    everybody: bool = False
    depot: str = ""
    sort: str = "number"
    descending: bool = False
    offset: int = 0


@dataclass(frozen=True, slots=True)
class AccountsPage:
    """At most PAGE rows of `total`, of which `invitable` can be invited; `counts` are of all accounts of the dealer.

    `left_out`: internal and cash accounts that match but are not asked for.
    """

    rows: tuple[AccountRow, ...]
    total: int
    invitable: int
    offset: int
    counts: Mapping[Status, int]
    bounced: int
    left_out: int = 0

    @property
    def next_offset(self) -> int | None:
        """Where the next page starts, or None on the last one."""
        end = self.offset + len(self.rows)
        return end if end < self.total else None

    @property
    def previous_offset(self) -> int | None:
        """Where the page before starts, or None on the first one."""
        return max(0, self.offset - PAGE) if self.offset else None


class AccountsList:
    """Every account of a directory with its status. Counters and shared emails are calculated once, not per page."""

    def __init__(
        self,
        entries: Sequence[DirectoryEntry],
        enrolments: Mapping[str, EnrolmentSummary],
        linked: Container[str] = frozenset(),
    ) -> None:
        self._enrolments = enrolments
        self._linked = linked
        self._statuses = {
            entry.ref: status_of(entry, enrolments.get(entry.ref), is_linked=entry.ref in linked) for entry in entries
        }
        tally = Counter(self._statuses.values())
        self._counts = {status: tally[status] for status in Status}
        self._shared = _shared_emails(entries)
        self.depots: Sequence[str] = sorted({entry.depot_code for entry in entries if entry.depot_code})

    def page(self, found: Sequence[DirectoryEntry], query: AccountsQuery) -> AccountsPage:
        """Filter, sort and cut `found` (a search's result, by number) into one page."""
        chosen = self.select(found, query)
        return AccountsPage(
            rows=tuple(map(self._row, chosen[query.offset : query.offset + PAGE])),
            total=len(chosen),
            invitable=sum(self._statuses[entry.ref] is Status.NONE for entry in chosen),
            offset=query.offset,
            counts=self._counts,
            bounced=self._counts[Status.BOUNCED],
            left_out=0 if query.status or query.everybody else sum(_in_depot(found, query.depot)) - len(chosen),
        )

    def rows(self, found: Sequence[DirectoryEntry], query: AccountsQuery) -> list[AccountRow]:
        """All that `page` gives in pages."""
        return list(map(self._row, self.select(found, query)))

    def select(self, found: Sequence[DirectoryEntry], query: AccountsQuery) -> Sequence[DirectoryEntry]:
        """All entries that pass the filters, in the order asked for. `found` comes by number."""
        rows: Sequence[DirectoryEntry] = found
        if query.depot:
            rows = [e for e in rows if e.depot_code == query.depot]
        if query.status:
            rows = [e for e in rows if self._statuses[e.ref] is query.status]
        elif not query.everybody:
            rows = [e for e in rows if e.account_type not in NOT_CUSTOMERS]
        key = self._key(query.sort)
        if key is None:
            return rows[::-1] if query.descending else rows
        return sorted(rows, key=key, reverse=query.descending)

    def _row(self, entry: DirectoryEntry) -> AccountRow:
        shares_with = self._shared.get(comparable_email(entry.email or ""), ())
        return account_row(entry, self._enrolments.get(entry.ref), shares_with, is_linked=entry.ref in self._linked)

    def _key(self, sort: str) -> Callable[[DirectoryEntry], Any] | None:
        keys: dict[str, Callable[[DirectoryEntry], Any]] = {
            "name": lambda e: e.name.casefold(),
            "status": lambda e: _ORDER[self._statuses[e.ref]],
            "email": lambda e: (not e.email, (e.email or "").lower()),
            "balance": lambda e: e.balance,
        }
        return keys.get(sort)


def _in_depot(entries: Iterable[DirectoryEntry], depot: str) -> Iterator[bool]:
    return (not depot or entry.depot_code == depot for entry in entries)


def account_row(
    entry: DirectoryEntry,
    enrolment: EnrolmentSummary | None,
    shares_with: Sequence[str] = (),
    *,
    is_linked: bool = False,
) -> AccountRow:
    """The line of one account."""
    status = status_of(entry, enrolment, is_linked=is_linked)
    reason = None if status in {Status.ACTIVE, Status.IN_DOUBT} else ineligibility_reason(entry)
    return AccountRow(entry, enrolment, status, reason, tuple(ref for ref in shares_with if ref != entry.ref))


def _shared_emails(entries: Iterable[DirectoryEntry]) -> dict[str, list[str]]:
    """References by email, in lower case, where more than one account has it."""
    by_email: dict[str, list[str]] = {}
    for entry in entries:
        if entry.email:
            by_email.setdefault(comparable_email(entry.email), []).append(entry.ref)
    return {email: refs for email, refs in by_email.items() if len(refs) > 1}
