"""What an export says of each account, as one number a file, before any row is spread.

Large files are taken by the line, as bytes, of which no more is read than where the account stands. Where quotes make
that doubtful the record is read properly, and a file whose records span lines is read again, as records.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from chalicelib.ccx.bundle import Bundle
from chalicelib.ccx.csv_rows import Header, reader_of_accounts, split
from chalicelib.ccx.digest import account_digest, record_number
from chalicelib.ingest.master_accounts import MasterLink, bad_masters
from chalicelib.ingest.steps.part_format import BAD_MASTER, LETTERS, SHARED_DOCUMENT, Mark

Sums = dict[str, int]
Watch = Callable[[str, str], int]
"""Called with each record and its account; what it adds to the account's sum."""
_LARGE = ("transactions", "invoice_lines")


@dataclass(frozen=True, slots=True)
class Survey:
    """`sums` by file and account, `""` for rows without one; `across` holds what one account's rows say of another."""

    headers: Mapping[str, str]
    sums: Mapping[str, Sums] = field(default_factory=dict)
    across: tuple[Mark, ...] = ()

    @property
    def refs(self) -> set[str]:
        """Every account that a file names, and `""` where a row names none."""
        return set().union(*self.sums.values())

    def digests(self, ref: str) -> dict[str, str]:
        """A digest for each file that names the account."""
        return {
            entity: account_digest(self.headers[entity], sums[ref]) for entity, sums in self.sums.items() if ref in sums
        }

    def letters(self, ref: str) -> str:
        """The files that name the account."""
        return "".join(LETTERS[entity] for entity, sums in self.sums.items() if ref in sums)


def survey(bundle: Bundle, *, compared: bool) -> Survey:
    """Read the files once. Raises BundleError where one is not what was declared.

    Without anything that it could be `compared` to, only what reaches across accounts is looked for.
    """
    sums: dict[str, Sums] = {}
    across = _Across(bundle)
    for entity in bundle.entities:
        if entity not in _LARGE:
            sums[entity] = across.sums(entity)
        elif compared:
            sums[entity] = _sums(bundle, entity)
    headers = {entity: bundle.header(entity).raw for entity in bundle.entities}
    return Survey(headers, sums if compared else {}, tuple(across.marks()))


def _sums(bundle: Bundle, entity: str) -> Sums:
    rows, sums = by_line(bundle.lines(entity), bundle.header(entity))
    return sums if rows == bundle.rows(entity) else _by_record(bundle, entity)


def by_line(batches: Iterable[list[bytes]], header: Header) -> tuple[int, Sums]:
    """How many lines there are that are not empty, and their sums, each line taken for a record."""
    read, at = reader_of_accounts(header), header.account
    found: defaultdict[bytes, int] = defaultdict(int)
    rows = 0
    for batch in batches:
        for ended in batch:
            line = ended.removesuffix(b"\r")
            if not line:
                continue
            cells = line.split(b",", at + 1)
            quote = line.find(b'"')
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


def _by_record(bundle: Bundle, entity: str, watch: Watch | None = None) -> Sums:
    read = reader_of_accounts(bundle.header(entity))
    sums: defaultdict[str, int] = defaultdict(int)
    for _, raw in bundle.records(entity):
        ref = read(raw) or ""
        sums[ref] += record_number(raw.encode())
        if watch and ref:
            sums[ref] += watch(raw, ref)
    return sums


class _Across:
    """Files that say something of other accounts: masters, and documents that two accounts claim."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._links: list[MasterLink] = []
        self._claims: dict[str, str] = {}
        self._shared: list[Mark] = []

    def sums(self, entity: str) -> Sums:
        """The sums of a file; those of documents with what the zip holds of them."""
        return _by_record(self._bundle, entity, self._watch(entity, self._bundle.header(entity).names))

    def marks(self) -> Iterable[Mark]:
        """A mark for each account whose master cannot be taken, and two for each document with two owners."""
        yield from self._shared
        for ref, problem in bad_masters(self._links).items():
            yield Mark(BAD_MASTER, ref, json.dumps(problem))

    def _watch(self, entity: str, names: tuple[str, ...]) -> Watch | None:
        if entity == "documents":
            return self._document
        if "master_account_ref" in names:
            return partial(self._customer, names.index("master_account_ref"), names.index("currency"))
        return None

    def _customer(self, master_at: int, currency_at: int, raw: str, ref: str) -> int:
        cells = split(raw) or []
        if len(cells) > max(master_at, currency_at):
            self._links.append(MasterLink(ref, cells[master_at].strip() or None, cells[currency_at].strip()))
        return 0

    def _document(self, raw: str, ref: str) -> int:
        document_id = document_of(raw, self._bundle.header("documents"))
        first = self._claims.setdefault(document_id, ref)
        if first != ref:
            self._shared += [Mark(SHARED_DOCUMENT, about, document_id) for about in (first, ref)]
        content = content_of(self._bundle, document_id)
        return record_number(content.encode()) if content else 0


def document_of(raw: str, header: Header) -> str:
    """The document a record is about."""
    cells, at = split(raw) or [], header.names.index("document_id")
    return cells[at].strip() if len(cells) > at else ""


def content_of(bundle: Bundle, document_id: str) -> str | None:
    """What the zip holds under the id, so that it counts as changed when that does: id, size and CRC."""
    found = bundle.documents.get(document_id)
    return f"{document_id} {found.bytes} {found.crc}" if found else None
