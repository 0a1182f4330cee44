"""Which receipt, discount or credit of a demo ledger paid what: those of its number first, then those of its day."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from infra.demo_export.model import Entry

_RECEIPTS = frozenset({"payment", "discount"})


class Allocation(NamedTuple):
    """`source` took `amount` pence off `target` on a day."""

    source: Entry
    target: Entry
    amount: int
    day: date


def allocations(entries: Sequence[Entry]) -> Iterator[Allocation]:
    """All that the rows themselves show; what was paid before they begin is left out."""
    left = {(e.type, e.number): abs(e.total - e.outstanding) for e in entries}
    charges = {e.number: e for e in entries if e.total > 0}
    receipts = [e for e in entries if e.type in _RECEIPTS and left[e.type, e.number]]
    for source in receipts:
        target = charges.get(source.number[1:].removesuffix("-2"))
        if target:
            yield from _taken(source, target, source.day, left)
    returned = [e for e in entries if e.type == "credit_note" and e.settled]
    for source in (*receipts, *returned):
        day = source.day if source.type in _RECEIPTS else source.settled
        for target in charges.values():
            if day and target.settled == day:
                yield from _taken(source, target, day, left)


def _taken(source: Entry, target: Entry, day: date, left: dict[tuple[str, str], int]) -> Iterator[Allocation]:
    keys = (source.type, source.number), (target.type, target.number)
    amount = min(left[key] for key in keys)
    if amount > 0 and day >= target.day:
        for key in keys:
            left[key] -= amount
        yield Allocation(source, target, amount, day)
