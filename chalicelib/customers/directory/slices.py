"""Directory slices as bytes: compressed JSON rows. Stored bytes are never rewritten, so old forms stay readable."""

import zlib
from collections.abc import Iterable
from hashlib import blake2b
from itertools import starmap
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json

from chalicelib.customers.model import DirectoryEntry, FileDigest

_WIDTH = len(DirectoryEntry._fields) - 1


class Packed(NamedTuple):
    """A slice's two attributes. Both count towards its size."""

    entries: bytes
    digests: bytes

    @property
    def size(self) -> int:
        """Bytes stored; the rule that splits slices looks at this."""
        return len(self.entries) + len(self.digests)


def slice_of(ref: str, n: int) -> int:
    """Which of `n` slices and parts (a power of two) holds an account. Of 2n it is the same one or that + n."""
    return int.from_bytes(blake2b(ref.encode(), digest_size=8).digest(), "big") % n


def encode_slice(entries: Iterable[DirectoryEntry]) -> Packed:
    """The bytes of a slice, the same for the same accounts in any order."""
    rows = sorted(entries)
    digests = [[row.ref, [[file, *digest] for file, digest in sorted(row.digests.items())]] for row in rows]
    return Packed(_pack([row[:_WIDTH] for row in rows]), _pack([pair for pair in digests if pair[1]]))


def decode_slice(entries: bytes, digests: bytes | None = None) -> list[DirectoryEntry]:
    """The accounts of a slice by reference, with their digests where those are given."""
    rows = list(starmap(DirectoryEntry, _unpack(entries)))
    if digests is None:
        return rows
    by_ref = {ref: {file: FileDigest(*rest) for file, *rest in files} for ref, files in _unpack(digests)}
    return [row._replace(digests=by_ref.get(row.ref, {})) for row in rows]


def _pack(rows: list[Any]) -> bytes:
    return zlib.compress(to_json(rows), 6)


def _unpack(packed: bytes) -> list[Any]:
    rows: list[Any] = from_json(zlib.decompress(packed))
    return rows
