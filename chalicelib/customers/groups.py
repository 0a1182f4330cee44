"""Which accounts a master answers for: a sheet of the dealer, one page for the masters of one hash. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple

from chalicelib.customers.directory.placement import shard_of
from chalicelib.sheets.layout import encode_rows

GROUPS = "groups"
MAX_MEMBERS = 2_000
"""Accounts in a page: some 20 bytes each, packed; a page is read for each first screen."""


class Member(NamedTuple):
    """An account and the master that answers for it."""

    master: str
    account_ref: str


def lay_out(members: Iterable[Member]) -> list[bytes]:
    """The pages of the sheet, a power of two of them; none where nobody has a master."""
    rows = sorted(set(members))
    if not rows:
        return []
    count = 1
    while len(rows) > count * MAX_MEMBERS:
        count *= 2
    pages: dict[int, list[Member]] = defaultdict(list)
    for row in rows:
        pages[shard_of(row.master, count)].append(row)
    return [encode_rows(pages[index]) for index in range(count)]


def digest_of(pages: Iterable[bytes]) -> str:
    """Tells whether groups have changed."""
    return blake2b(b"".join(pages), digest_size=16).hexdigest()
