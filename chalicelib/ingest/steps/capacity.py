"""How much room the directory needs: archived accounts stay in its shards, whatever an export holds."""

from collections.abc import Iterable

from chalicelib.customers.directory.shards import Packed, count_accounts
from chalicelib.ingest.steps.spread import MAX_PARTS

MAX_SHARD = 300_000
"""Bytes of a stored shard; an item holds 400 KB."""
FULL = 150 * 1024
"""Bytes of a stored shard from which on it is split: it grows while there is only one size."""
ENTRY_BYTES, FILE_BYTES = 170, 6
"""What an account takes, packed, with its four digests, and each file that names it. A test packs shards to compare."""
_MARGIN = 9 / 10
"""Shards are of about one size, not of exactly one."""


def required_shards(shards: Iterable[Packed], *, n: int, customers: int, files: Iterable[int]) -> int:
    """The least number of shards, a power of two, for `customers` on the `n` there are. `files`: the rows of each."""
    held = archived = largest = 0
    for packed in shards:
        count, gone = count_accounts(packed.entries)
        held += count
        archived += gone
        largest = max(largest, packed.size)
    accounts = max(customers, held) + archived
    size = accounts * ENTRY_BYTES + sum(min(rows, accounts) for rows in files) * FILE_BYTES
    least = n * 2 if largest > FULL and n < MAX_PARTS else n
    while least < MAX_PARTS and size > least * MAX_SHARD * _MARGIN:
        least *= 2
    return least
