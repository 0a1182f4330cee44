"""What an export says of each account, as one number for each file, before any row is spread.

Large files are taken by the line, as bytes, of which no more is read than where the account stands. Where quotes make
that ambiguous the record is read properly, and a file whose records span lines is read again, as records. So are files
of which a rule reaches across accounts.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.ccx.bundle import Bundle
from chalicelib.ccx.csv_rows import Header, reader_of_accounts, split
from chalicelib.ccx.digest import record_number
from chalicelib.ccx.entity import Entity
from chalicelib.ingest.entities import Entities
from chalicelib.ingest.master_accounts import MasterLink, bad_masters
from chalicelib.ingest.steps.digests import Digests, digests_by_absence
from chalicelib.ingest.steps.part_format import BAD_MASTER, SHARED_ATTACHMENT, Annotation

Sums = dict[str, int]
_COMMA = ord(",")
Visitor = Callable[[str, str], int]
"""Called with each record and its account; what it adds to the account's sum."""


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """`sums` by file and account, `""` for rows without one; `across` holds what one account's rows say of another.

    `documents` are those of the zip that some row names.
    """

    entities: Entities
    headers: Mapping[str, str]
    sums: Mapping[str, Sums] = field(default_factory=dict)
    across: tuple[Annotation, ...] = ()
    documents: frozenset[str] = frozenset()

    @property
    def refs(self) -> set[str]:
        """Every account that a file names, and `""` where a row names none."""
        return set().union(*self.sums.values())

    def digests(self, ref: str) -> Digests:
        """The account's digests."""
        own = {name: sums[ref] for name, sums in self.sums.items() if ref in sums}
        return digests_by_absence(own, self.entities, self.headers)

    def tags(self, ref: str) -> str:
        """The tags of the files that name the account."""
        return "".join(entity.tag for entity in self.entities if ref in self.sums.get(entity.name, ()))


def fingerprint(bundle: Bundle, *, compared: bool) -> Fingerprints:
    """Read the files of accounts once. Raises BundleError where one is not what was declared.

    Without anything that it could be `compared` to, only what reaches across accounts is looked for.
    """
    sums: dict[str, Sums] = {}
    checks = CrossAccountChecks(bundle)
    entities = tuple(entity for entity in bundle.entities if not entity.per_dealer)
    for entity in entities:
        visit = checks.visitor(entity)
        if visit:
            sums[entity.name] = _by_record(bundle, entity.name, visit)
        elif compared:
            sums[entity.name] = _sums(bundle, entity.name)
    headers = {entity.name: bundle.header(entity.name).raw for entity in entities}
    return Fingerprints(entities, headers, sums if compared else {}, tuple(checks.annotations()), checks.documents)


def _sums(bundle: Bundle, entity: str) -> Sums:
    rows, sums = by_line(bundle.lines(entity), bundle.header(entity))
    # Tested control: fingerprint-rereads-multiline
    return sums if rows == bundle.rows(entity) else _by_record(bundle, entity)


def by_line(batches: Iterable[list[bytes]], header: Header) -> tuple[int, Sums]:
    """How many lines there are that hold something, and their sums, each line taken for a record."""
    read, at = reader_of_accounts(header), header.account
    found: defaultdict[bytes, int] = defaultdict(int)
    rows = 0
    for batch in batches:
        for ended in batch:
            line = ended.removesuffix(b"\r")
            if not line or (line[0] == _COMMA and not line.strip(b",")):
                continue
            cells = line.split(b",", at + 1)
            quote = line.find(b'"')
            # Tested control: fingerprint-parses-quotes
            if len(cells) < at + 2 or 0 <= quote < len(line) - len(cells[-1]):
                cell = (read(line.decode(errors="replace")) or "").encode()
            else:
                cell = cells[at]
            found[cell] += record_number(line)
            rows += 1
    sums: defaultdict[str, int] = defaultdict(int)
    for cell, total in found.items():
        sums[cell.decode(errors="replace").strip()] += total
    return rows, sums


def _by_record(bundle: Bundle, entity: str, visit: Visitor | None = None) -> Sums:
    read = reader_of_accounts(bundle.header(entity))
    sums: defaultdict[str, int] = defaultdict(int)
    for _, raw in bundle.records(entity):
        ref = read(raw) or ""
        sums[ref] += record_number(raw.encode())
        if visit and ref:
            sums[ref] += visit(raw, ref)
    return sums


class CrossAccountChecks:
    """What rows say of other accounts: masters, and files of the zip that two accounts claim."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._links: list[MasterLink] = []
        self._claims: dict[str, str] = {}
        self._shared: list[Annotation] = []

    def visitor(self, entity: Entity[Any]) -> Visitor | None:
        """What is to see each record of a file, if any rule reaches across its accounts."""
        names = self._bundle.header(entity.name).names
        if entity.attachment:
            return self._attachments(names.index(entity.attachment))
        if entity.master in names:
            return self._masters(names.index(entity.master), names.index("currency"))
        return None

    @property
    def documents(self) -> frozenset[str]:
        """Every file of the zip that a row names."""
        return frozenset(self._claims)

    def annotations(self) -> Iterable[Annotation]:
        """One for each account whose master cannot be taken, and two for each document with two owners."""
        yield from self._shared
        for ref, problem in bad_masters(self._links).items():
            yield Annotation(BAD_MASTER, ref, json.dumps(problem))

    def _masters(self, master_at: int, currency_at: int) -> Visitor:
        def visit(raw: str, ref: str) -> int:
            cells = split(raw) or []
            if len(cells) > max(master_at, currency_at):
                self._links.append(MasterLink(ref, cells[master_at].strip() or None, cells[currency_at].strip()))
            return 0

        return visit

    def _attachments(self, at: int) -> Visitor:
        def visit(raw: str, ref: str) -> int:
            attachment = _cell(raw, at)
            first = self._claims.setdefault(attachment, ref)
            if first != ref:
                self._shared += [Annotation(SHARED_ATTACHMENT, about, attachment) for about in (first, ref)]
            content = content_of(self._bundle, attachment)
            return record_number(content.encode()) if content else 0

        return visit


def attachment_reader(bundle: Bundle, entity: Entity[Any]) -> Callable[[str], str | None] | None:
    """Tells what the zip holds of the file that a record names; None for an entity whose rows name none."""
    if entity.attachment is None:
        return None
    at = bundle.header(entity.name).names.index(entity.attachment)
    return lambda raw: content_of(bundle, _cell(raw, at))


def _cell(raw: str, at: int) -> str:
    cells: Sequence[str] = split(raw) or ()
    return cells[at].strip() if len(cells) > at else ""


def content_of(bundle: Bundle, document_id: str) -> str | None:
    """What the zip holds under the id, so that it counts as changed when that does: id, size and CRC."""
    found = bundle.documents.get(document_id)
    return f"{document_id} {found.bytes} {found.crc}" if found else None
