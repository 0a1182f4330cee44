"""How much room the directory needs: archived accounts stay in its slices, whatever an export holds."""

from chalicelib.customers import repo
from chalicelib.customers.directory import decode_slice
from chalicelib.dealers.published import Published
from chalicelib.ingest.steps.spread import MOST_PARTS
from chalicelib.kernel.scopes import ImportScope

FULL = 150 * 1024
"""Bytes of a stored slice from which on it is split. One may have 300 KB, and grows while there is but one size."""


def room_for(scope: ImportScope, base: Published, *, customers: int) -> tuple[int, int]:
    """The least number of slices, and the accounts they may come to hold, for an export of `customers` on `base`."""
    held = archived = largest = 0
    for packed in repo.read_slices(scope, base.n, dict(enumerate(base.slices)), digests=True).values():
        entries = decode_slice(packed.entries)
        held += len(entries)
        archived += sum(entry.archived for entry in entries)
        largest = max(largest, packed.size)
    least = base.n * 2 if largest > FULL and base.n < MOST_PARTS else base.n
    return least, max(customers, held) + archived
