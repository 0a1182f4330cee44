"""A bundle's rows, spread by account over parts: what one message stages. Streamed, never held."""

import zlib
from collections import Counter
from collections.abc import Callable, Collection, Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.ccx.bundle import Bundle
from chalicelib.ccx.codes import Code
from chalicelib.ccx.csv_rows import reader_of_accounts
from chalicelib.ccx.entity import Entity
from chalicelib.ccx.findings import BundleError
from chalicelib.customers.directory.placement import shard_of
from chalicelib.ingest.staged_file import StagedFile
from chalicelib.ingest.steps.fingerprint import Fingerprints, attachment_reader
from chalicelib.ingest.steps.part_format import CONTENT, SAME, Annotation, one_line

MAX_ROWS = 20_000
MAX_DEALER_ROWS = 20_000
"""Rows of a file that belongs to no account: the gate reads it whole."""
MAX_PARTS = 4_096
_BLOCK, _HELD = 64 * 1024, 8 * 1024 * 1024

Put = Callable[[int, int, bytes], None]


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


class _Parts:
    """Lines by the part of their account, counted."""

    def __init__(self, out: Spreader, n: int) -> None:
        self._out = out
        self._n = n
        self._places: dict[str, int] = {"": 0}
        self._counts: Counter[str] = Counter()

    def add(self, tag: str, line: int, ref: str, raw: str) -> None:
        """A record of a file, on this physical line."""
        self._counts[ref] += 1
        self._out.add(self._part(ref), f"{tag}{line}\t{ref}\t{one_line(raw)}")

    def annotate(self, annotation: Annotation) -> None:
        """Something besides the records."""
        self._out.add(self._part(annotation.about), "\t".join(annotation))

    def spread(self, files: list[StagedFile]) -> "Spread":
        """The end: store what is held, and return the totals."""
        self._out.flush()
        rows, largest = [0] * self._n, [0] * self._n
        for ref, count in self._counts.items():
            part = self._part(ref)
            rows[part] += count
            largest[part] = max(largest[part], count)
        return Spread(files, rows, largest)

    def _part(self, ref: str) -> int:
        part = self._places.get(ref)
        if part is None:
            part = self._places[ref] = shard_of(ref, self._n)
        return part


@dataclass(slots=True)
class Spread:
    """What was found while spreading. `rows` is by part, `largest` the most rows of one account in a part."""

    files: list[StagedFile]
    rows: list[int]
    largest: list[int]

    @property
    def fits(self) -> bool:
        """Whether each part is small enough to be staged in one go, but for one account that is larger alone."""
        both = zip(self.rows, self.largest, strict=True)
        # Tested control: parts-fit
        return all(rows - (one if one > MAX_ROWS else 0) <= MAX_ROWS for rows, one in both)


def choose_n(*, rows: int, at_least: int) -> int:
    """A power of two, never less than the directory needs."""
    n = at_least
    while n < MAX_PARTS and rows > n * MAX_ROWS * 3 // 4:
        n *= 2
    return n


@dataclass(frozen=True, slots=True)
class Same:
    """What an export leaves as it is: accounts, with the tags of the files that name them, and whole parts.

    `everything`: no row is of any other account.
    """

    tags: Mapping[str, str] = field(default_factory=dict)
    parts: Collection[int] = ()
    everything: bool = False


def spread(bundle: Bundle, fingerprints: Fingerprints, *, n: int, put: Put, same: Same = Same()) -> Spread:
    """Write the rows of accounts that may have changed into their part; of the others, that they have not.

    Raises BundleError if a file is not what was declared, the dealer's own included.
    """
    out = _Parts(Spreader(n, put), n)
    files = []
    for entity in bundle.entities:
        if entity.per_dealer:
            _check_dealer_file(bundle, entity)
        unassigned = 0
        if not entity.per_dealer and not same.everything:
            unassigned = _spread_file(bundle, entity, same.tags, out)
        files.append(_staged(bundle, entity, unassigned))
    for annotation in fingerprints.across:
        out.annotate(annotation)
    for ref, tags in same.tags.items():
        if tags and shard_of(ref, n) not in same.parts:
            out.annotate(Annotation(SAME, ref, tags))
    return out.spread(files)


def _check_dealer_file(bundle: Bundle, entity: Entity[Any]) -> None:
    """A file of the dealer's is read by the gate, whole; what is wrong with it as a file must be known before."""
    if bundle.rows(entity.name) > MAX_DEALER_ROWS:
        raise BundleError(Code.B031_TOO_MANY_ROWS, bundle.path(entity.name), limit=MAX_DEALER_ROWS)
    for _ in bundle.records(entity.name):
        pass


def _spread_file(bundle: Bundle, entity: Entity[Any], same: Container[str], out: "_Parts") -> int:
    """How many rows have no account that can be read."""
    unassigned = 0
    account_of = reader_of_accounts(bundle.header(entity.name))
    attached = attachment_reader(bundle, entity)
    for line, raw in bundle.records(entity.name):
        ref = account_of(raw) or ""
        if ref in same:
            continue
        unassigned += not ref
        out.add(entity.tag, line, ref, raw)
        if attached and ref and (content := attached(raw)):
            out.annotate(Annotation(CONTENT, ref, content))
    return unassigned


def _staged(bundle: Bundle, entity: Entity[Any], unreadable: int) -> StagedFile:
    path, header, rows = bundle.path(entity.name), bundle.header(entity.name).raw, bundle.rows(entity.name)
    return StagedFile(entity.name, path, rows, bundle.size(entity.name), header, unreadable)
