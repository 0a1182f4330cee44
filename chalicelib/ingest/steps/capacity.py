"""How much room the directory needs: archived accounts stay in its slices, whatever an export holds."""

from collections.abc import Iterable

from chalicelib.customers.directory.queries import decode_slice
from chalicelib.customers.directory.slices import Packed
from chalicelib.ingest.steps.spread import MOST_PARTS

FULL = 150 * 1024
"""Bytes of a stored slice from which on it is split. One may have 300 KB, and grows while there is but one size."""


def required_slices(slices: Iterable[Packed], *, n: int, customers: int) -> tuple[int, int]:
    """The least number of slices, and the accounts they may come to hold, for `customers` on the `n` there are."""
    held = archived = largest = 0
    for packed in slices:
        entries = decode_slice(packed.entries)
        held += len(entries)
        archived += sum(entry.archived for entry in entries)
        largest = max(largest, packed.size)
    least = n * 2 if largest > FULL and n < MOST_PARTS else n
    return least, max(customers, held) + archived
