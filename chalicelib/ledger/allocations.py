"""Which receipt or credit paid what: rows of allocations.csv, and the ledger rows that they join. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from chalicelib.ledger.row import Row, RowKey


class Allocation(NamedTuple):
    """A row of allocations.csv as stored: `amount` minor units, above zero, of what `from` took off `to` on a day.

    The types are given where an id alone could mean several rows.
    """

    from_transaction_id: str
    to_transaction_id: str
    amount: int
    allocated_date: str
    from_type: str | None = None
    to_type: str | None = None
    stale: bool = False


class Allocated(NamedTuple):
    """An allocation with the rows that it joins: `source` paid `amount` of `target`, on an ISO day."""

    source: Row
    target: Row
    amount: int
    on: str


def joined(allocations: Iterable[Allocation], rows: Iterable[Row]) -> list[Allocated]:
    """The allocations of which both rows are there, oldest first."""
    by_id = _by_id(rows)
    found = []
    for one in allocations:
        source = _chosen(by_id.get(one.from_transaction_id, ()), one.from_type, is_credit=True)
        target = _chosen(by_id.get(one.to_transaction_id, ()), one.to_type, is_credit=False)
        if source and target:
            found.append(Allocated(source, target, one.amount, one.allocated_date))
    return sorted(found, key=lambda one: (one.on, one.source.key, one.target.key))


def names(one: Allocation, row: Row) -> bool:
    """Whether an allocation takes from or is for this row."""
    if row.total < 0:
        return one.from_transaction_id == row.transaction_id and one.from_type in {None, row.type}
    return one.to_transaction_id == row.transaction_id and one.to_type in {None, row.type}


def covered(allocated: Iterable[Allocated]) -> dict[RowKey, int]:
    """By row, what allocations have taken off it, minor units above zero."""
    sums: dict[RowKey, int] = {}
    for one in allocated:
        for row in (one.source, one.target):
            sums[row.key] = sums.get(row.key, 0) + one.amount
    return sums


def outstanding_at(rows: Sequence[Row], allocated: Sequence[Allocated], *, last: str) -> dict[RowKey, int]:
    """What was outstanding at the end of a day of each row whose allocations account for all that was taken off it."""
    sums, since = covered(allocated), covered(one for one in allocated if one.on > last)
    return {
        row.key: row.outstanding + since.get(row.key, 0) * (-1 if row.total < 0 else 1)
        for row in rows
        if row.key in sums and sums[row.key] == abs(row.total - row.outstanding)
    }


def _by_id(rows: Iterable[Row]) -> Mapping[str, Sequence[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.transaction_id, []).append(row)
    return found


def _chosen(rows: Sequence[Row], kind: str | None, *, is_credit: bool) -> Row | None:
    fits = [row for row in rows if row.type == kind] if kind else [row for row in rows if (row.total < 0) is is_credit]
    return fits[0] if len(fits) == 1 else None
