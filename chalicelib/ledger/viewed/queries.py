"""Who has opened an account's documents, for staff; what is new to one of its people, for them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from chalicelib.kernel.scopes import CustomerScope, DealerScope
from chalicelib.ledger.row import Row, RowKey
from chalicelib.ledger.viewed import repo
from chalicelib.ledger.viewed.model import KEPT, Viewings, is_new, is_noted, month_of, months_of_new
from chalicelib.store.batch import Key
from chalicelib.store.record import Record


@dataclass(frozen=True, slots=True)
class Reader:
    """A person of the account who reads its list, and the day on which they joined."""

    scope: CustomerScope
    joined: date

    def wanted(self, ref: str, today: date) -> dict[Key, type[Record]]:
        """The items to be read along with those of the list."""
        return repo.wanted(self.scope, ref, self.scope.person_id, months_of_new(today))

    def new_among(self, rows: Iterable[Row], found: Mapping[Key, Record], today: date) -> frozenset[RowKey]:
        """The rows that they have not opened yet."""
        opened = repo.opened(found)
        return frozenset(row.key for row in rows if is_new(row, opened, joined=self.joined, today=today))


def viewings(scope: DealerScope, ref: str, *, era: str, today: date) -> Viewings:
    """Of all documents of which it is known. One query."""
    return repo.viewings(scope, ref, era=era, since=month_of((today - KEPT).isoformat()))


def viewings_of(scope: DealerScope, ref: str, rows: Iterable[Row], *, era: str, today: date) -> Viewings:
    """Of these rows: one query from the oldest of them on, none where nothing is known of any."""
    days = [row.transaction_date for row in rows if is_noted(row, today=today)]
    if not days:
        return Viewings({})
    return repo.viewings(scope, ref, era=era, since=month_of(min(days)))
