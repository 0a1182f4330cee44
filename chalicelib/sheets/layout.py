"""Rows laid out as pages, and pages back to rows. Pure; equal rows give equal bytes, and old forms stay readable."""

import zlib
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from itertools import groupby, starmap
from typing import Any, NamedTuple, TypeVar

from pydantic_core import from_json, to_json

from chalicelib.ccx.entity import Entity
from chalicelib.sheets.model import SheetPage, year_of
from chalicelib.store.codec import compressed

PAGE_BYTES = 300_000
"""No page is larger: an item holds 400 KB."""

R = TypeVar("R", bound=tuple[Any, ...])


class Page(NamedTuple):
    """A page to store: its sort key and its bytes."""

    sk: str
    data: bytes


def lay_out(
    entity: Entity[Any], rows: Sequence[Any], *, run: int, kept: Sequence[SheetPage] = ()
) -> tuple[tuple[SheetPage, ...], list[Page]]:
    """The pages that hold `rows` (in their order, by year), and those of them that are to be written.

    One that is the same as one of the pages `kept` from before is named again and not written.
    """
    before = {_place(page.sk): page for page in kept}
    named, written = [], []
    for place, count, data in _pages(entity, rows):
        digest = digest_of(data)
        old = before.get(place)
        if old is not None and old.digest == digest:
            named.append(old)
            continue
        page = Page(f"{place}#{run:010d}", data)
        named.append(SheetPage(page.sk, count, digest))
        written.append(page)
    return tuple(named), written


def _pages(entity: Entity[Any], rows: Sequence[Any]) -> Iterable[tuple[str, int, bytes]]:
    for year, group in groupby(rows, key=lambda row: year_of(entity, row)):
        chunks = split(list(group), encode_rows, PAGE_BYTES)
        for n, (some, data) in enumerate(chunks):
            parts = (f"X#{entity.name}", year, "" if len(chunks) == 1 else f"{n:02d}")
            yield "#".join(filter(None, parts)), len(some), data


def split(rows: Sequence[R], encode: Callable[[Sequence[R]], bytes], limit: int) -> list[tuple[Sequence[R], bytes]]:
    """Contiguous chunks of which the bytes stay within `limit`, unless a single row is larger."""
    whole = encode(rows)
    if len(whole) <= limit or len(rows) == 1:
        return [(rows, whole)]
    size = -(-len(rows) // (len(whole) // limit + 1))
    chunks = [rows[at : at + size] for at in range(0, len(rows), size)]
    return [part for chunk in chunks for part in split(chunk, encode, limit)]


def encode_rows(rows: Iterable[Any]) -> bytes:
    """A compressed JSON array of arrays."""
    return compressed(to_json([list(row) for row in rows]))


def decode_rows(row: type[R], data: bytes) -> list[R]:
    """What `encode_rows` wrote, by this version or an older one whose rows had fewer fields."""
    values: list[list[Any]] = from_json(zlib.decompress(data), cache_strings="all")
    return list(starmap(row, values))


def digest_of(data: bytes) -> str:
    """Hex of 16 bytes."""
    return blake2b(data, digest_size=16).hexdigest()


def _place(sk: str) -> str:
    """The sort key without its run."""
    return sk.rpartition("#")[0]
