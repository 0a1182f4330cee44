"""Directory shards as bytes: compressed JSON rows. Stored bytes are never rewritten, so old forms stay readable."""

import zlib
from collections.abc import Iterable
from itertools import starmap
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json

from chalicelib.customers.model import DirectoryEntry, KnownFile

_WIDTH, _ARCHIVED = map(DirectoryEntry._fields.index, ("digests", "archived"))
_FORM = 2


class Packed(NamedTuple):
    """A shard's two attributes. Both count towards its size."""

    entries: bytes
    digests: bytes

    @property
    def size(self) -> int:
        """Bytes stored; the rule that splits shards looks at this."""
        return len(self.entries) + len(self.digests)


def encode_shard(entries: Iterable[DirectoryEntry]) -> Packed:
    """The bytes of a shard, the same for the same accounts in any order."""
    rows = sorted(entries)
    known = [[row.ref, *_known(row)] for row in rows if row.digests or row.files]
    return Packed(_pack([row[:_WIDTH] for row in rows]), _pack([_FORM, *known]))


def _known(row: DirectoryEntry) -> tuple[list[Any], list[Any]]:
    files = [[name, file.rows, *file.sums] for name, file in sorted(row.files.items())]
    return sorted(row.digests.items()), files


def decode_shard(entries: bytes, digests: bytes | None = None) -> list[DirectoryEntry]:
    """The accounts of a shard by reference, with what is known of their files where that is given."""
    rows = _unpack(entries)
    if digests is None:
        return list(starmap(DirectoryEntry, rows))
    packed = _unpack(digests)
    known = dict(map(_of_account, packed[1:]) if packed[:1] == [_FORM] else map(_of_first_form, packed))
    return [_entry(row, known.get(row[0])) for row in rows]


def count_accounts(entries: bytes) -> tuple[int, int]:
    """How many accounts a shard holds, and how many of them are archived; no entry is made of any."""
    rows = _unpack(entries)
    return len(rows), sum(1 for row in rows if row[_ARCHIVED : _ARCHIVED + 1] == [True])


def _entry(row: list[Any], known: tuple[dict[str, str], dict[str, KnownFile]] | None) -> DirectoryEntry:
    if known is None:
        return DirectoryEntry(*row)
    return DirectoryEntry(*row, digests=known[0], files=known[1])  # type: ignore[misc]  # a stored row ends before them


Known = tuple[str, tuple[dict[str, str], dict[str, KnownFile]]]


def _of_account(stored: list[Any]) -> Known:
    ref, digests, files = stored
    return ref, (dict(digests), {name: KnownFile(rows, tuple(sums)) for name, rows, *sums in files})


def _of_first_form(stored: list[Any]) -> Known:
    """Shards once had a digest for each file. Those are of older rules and compare to nothing; rows and sums hold."""
    ref, files = stored
    return ref, ({}, {name: KnownFile(rows, tuple(sums)) for name, _, rows, *sums in files})


def _pack(rows: list[Any]) -> bytes:
    return zlib.compress(to_json(rows), 6)


def _unpack(packed: bytes) -> list[Any]:
    rows: list[Any] = from_json(zlib.decompress(packed))
    return rows
