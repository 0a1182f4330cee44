"""A bundle's rows, spread by account over parts: what one message stages. Streamed, never held.

A part is one or more objects of compressed text. A line of it is a mark, the physical line, the account and the record:
`t9402<TAB>100A<TAB>...`. Marks: a file's letter, `m` for a master that cannot be taken, `z` for a document in the zip
with its size and CRC, `x` for a document that two accounts claim.
"""

import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from chalicelib.customers.directory import slice_of
from chalicelib.ingest.bundle import Bundle
from chalicelib.ingest.csv_rows import RawRow, reader_of_accounts, split
from chalicelib.ingest.masters import MasterLink, bad_masters
from chalicelib.ingest.model import StagedFile

LETTERS = {"customers": "c", "transactions": "t", "documents": "d", "invoice_lines": "l"}
MOST_ROWS = 20_000
MOST_ACCOUNTS = 1_500
"""Accounts in a slice: with their digests some 200 bytes each, packed; a slice stays far below 300 KB."""
MOST_PARTS = 4_096
_BLOCK, _HELD = 64 * 1024, 8 * 1024 * 1024
_JSON = "\x01"

Put = Callable[[int, int, bytes], None]
Mark = tuple[str, str, str]
"""A mark, the account it is about, and what it says."""
Line = tuple[str, str]
"""The mark with the physical line, and the record."""


@dataclass(slots=True)
class _Buffer:
    text: list[str] = field(default_factory=list)
    length: int = 0
    packed: list[bytes] = field(default_factory=list)
    chunks: int = 0


class Spreader:
    """Takes lines for `n` parts and hands them to `put(part, chunk, bytes)`, holding a few megabytes at most."""

    def __init__(self, n: int, put: Put) -> None:
        self._buffers = [_Buffer() for _ in range(n)]
        self._put = put
        self._held = 0

    def add(self, part: int, line: str) -> None:
        """Add a line without its end."""
        buffer = self._buffers[part]
        buffer.text.append(line)
        buffer.length += len(line)
        if buffer.length > _BLOCK:
            self._pack(buffer)
            if self._held > _HELD:
                self.flush()

    def flush(self) -> None:
        """Hand over all that is held."""
        for part, buffer in enumerate(self._buffers):
            self._pack(buffer)
            if buffer.packed:
                self._put(part, buffer.chunks, b"".join(buffer.packed))
                buffer.chunks += 1
                buffer.packed = []
        self._held = 0

    def _pack(self, buffer: _Buffer) -> None:
        if buffer.text:
            block = zlib.compress(("\n".join(buffer.text) + "\n").encode(), 1)
            buffer.packed.append(len(block).to_bytes(4, "big") + block)
            self._held += len(block)
            buffer.text, buffer.length = [], 0


@dataclass(slots=True)
class Spread:
    """What was found while spreading. `rows` is by part, `largest` the most rows of one account in a part."""

    files: list[StagedFile]
    rows: list[int]
    largest: list[int]
    accounts: int

    @property
    def fits(self) -> bool:
        """Whether each part is small enough to be staged in one go, but for one account that is larger alone."""
        both = zip(self.rows, self.largest, strict=True)
        return all(rows - (one if one > MOST_ROWS else 0) <= MOST_ROWS for rows, one in both)


def choose_n(*, rows: int, accounts: int, at_least: int) -> int:
    """A power of two, never less than before."""
    n = at_least
    while n < MOST_PARTS and (rows > n * MOST_ROWS * 3 // 4 or accounts > n * MOST_ACCOUNTS):
        n *= 2
    return n


def spread(bundle: Bundle, *, n: int, put: Put) -> Spread:
    """Write every row of the bundle into its account's part. Raises BundleError if a file is not what was declared."""
    out = Spreader(n, put)
    counts: Counter[str] = Counter()
    places: dict[str, int] = {"": 0}
    files, across = [], _Across(bundle)
    for entity in bundle.entities:
        letter, unreadable = LETTERS[entity], 0
        watch, account_of = across.watch(entity), reader_of_accounts(bundle.header(entity))
        for line, raw in bundle.records(entity):
            ref = account_of(raw) or ""
            part = places.get(ref)
            if part is None:
                part = places[ref] = slice_of(ref, n)
            counts[ref] += 1
            unreadable += not ref
            out.add(part, f"{letter}{line}\t{ref}\t{_one_line(raw)}")
            if watch and ref:
                for mark, about, value in watch(raw, ref):
                    out.add(places[about], f"{mark}\t{about}\t{value}")
        files.append(_staged(bundle, entity, unreadable))
    for mark, about, value in across.bad_masters():
        out.add(places[about], f"{mark}\t{about}\t{value}")
    out.flush()
    rows, largest = [0] * n, [0] * n
    for ref, count in counts.items():
        part = places[ref]
        rows[part] += count
        largest[part] = max(largest[part], count)
    return Spread(files, rows, largest, len(counts) - ("" in counts))


def _staged(bundle: Bundle, entity: str, unreadable: int) -> StagedFile:
    declared = bundle.manifest.file(entity)
    if declared is None:
        raise KeyError(entity)
    return StagedFile(entity, declared.path, declared.rows, declared.bytes, bundle.header(entity).raw, unreadable)


class _Across:
    """What reaches across accounts: masters, and documents that two accounts claim. One short text for each."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._links: list[MasterLink] = []
        self._claims: dict[str, str] = {}

    def watch(self, entity: str) -> Callable[[str, str], Iterable[Mark]] | None:
        """Called with each record and its account; gives lines to add. None where the file holds nothing of this."""
        names = self._bundle.header(entity).names
        if entity == "customers" and "master_account_ref" in names:
            return partial(self._customer, names.index("master_account_ref"), names.index("currency"))
        return partial(self._document, names.index("document_id")) if entity == "documents" else None

    def _customer(self, master_at: int, currency_at: int, raw: str, ref: str) -> Iterable[Mark]:
        cells = split(raw) or []
        if len(cells) > max(master_at, currency_at):
            self._links.append(MasterLink(ref, cells[master_at].strip() or None, cells[currency_at].strip()))
        return ()

    def _document(self, id_at: int, raw: str, ref: str) -> Iterable[Mark]:
        cells = split(raw) or []
        document_id = cells[id_at].strip() if len(cells) > id_at else ""
        first = self._claims.setdefault(document_id, ref)
        if first != ref:
            yield "x", first, document_id
            yield "x", ref, document_id
        if found := self._bundle.documents.get(document_id):
            yield "z", ref, f"{document_id} {found.bytes} {found.crc}"

    def bad_masters(self) -> Iterable[Mark]:
        """A line for each account whose master cannot be taken."""
        for ref, problem in bad_masters(self._links).items():
            yield "m", ref, json.dumps(problem)


def _one_line(raw: str) -> str:
    if "\n" in raw or "\r" in raw or raw.startswith(_JSON):
        return _JSON + json.dumps(raw)
    return raw


def read_part(chunks: Iterable[bytes]) -> dict[str, dict[str, list[Line]]]:
    """The part's lines by account and mark; `""` holds the rows of which the account cannot be read."""
    accounts: dict[str, dict[str, list[Line]]] = {}
    for text in _blocks(chunks):
        for line in text.split("\n"):
            if not line:
                continue
            mark, ref, raw = line.split("\t", 2)
            marks = accounts.get(ref)
            if marks is None:
                marks = accounts[ref] = {}
            found = marks.get(mark[0])
            if found is None:
                found = marks[mark[0]] = []
            found.append((mark, raw))
    return accounts


def _blocks(chunks: Iterable[bytes]) -> Iterator[str]:
    for chunk in chunks:
        at = 0
        while at < len(chunk):
            end = at + 4 + int.from_bytes(chunk[at : at + 4], "big")
            yield zlib.decompress(chunk[at + 4 : end]).decode()
            at = end


def raw_row(line: Line) -> RawRow:
    """The physical line and the record as it stood in the file."""
    mark, raw = line
    return int(mark[1:]), json.loads(raw[1:]) if raw.startswith(_JSON) else raw
