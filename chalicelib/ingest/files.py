"""An account's files: PDFs copied out of the bundle, and its invoice lines, gathered into one object for each part."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import blake2b

from chalicelib import settings
from chalicelib.ccx.bundle import Bundle
from chalicelib.ccx.entity import Key
from chalicelib.ccx.findings import Finding
from chalicelib.documents.model import InvoiceLine, LineType, document_name, encode_lines
from chalicelib.ingest.checks.document import CheckedDocument, read_content
from chalicelib.ingest.checks.invoice_line import CheckedLine
from chalicelib.ingest.job import Job
from chalicelib.ledger.model import DocumentEntry
from chalicelib.store import blobs


@dataclass(slots=True)
class Copied:
    """The account's documents afterwards: keyed by id, those it had before included. `problems`: bad files."""

    entries: dict[str, DocumentEntry]
    new: int = 0
    changed: int = 0
    problems: list[Finding] = field(default_factory=list)


class OutOfTimeError(Exception):
    """Not all documents of an account could be stored in the time there is. Another call finds those that were."""


@dataclass(slots=True)
class DocumentCopier:
    """Copies documents of one run. `bundle` opens the zip when the first is wanted."""

    job: Job
    run: int
    path: str
    bundle: Callable[[], Bundle]
    stored: int = 0

    def copy(self, ref: str, wanted: Sequence[CheckedDocument], before: Sequence[DocumentEntry]) -> Copied:
        """Take the files of `wanted` over, but for those that the account has already as they are in the zip.

        Raises OutOfTimeError, once it has stored one or more.
        """
        out = Copied({entry.id: entry for entry in before})
        new = any(not _is_known(document, out.entries.get(document.document_id)) for document in wanted)
        there = self._there(ref) if new else frozenset[str]()
        for document in wanted:
            known = out.entries.get(document.document_id)
            if known is not None and _is_known(document, known):
                out.entries[known.id] = _entry(document, known.run, known.content)
                continue
            problem = self._store(ref, document, there)
            if problem:
                out.problems.append(problem)
                continue
            out.entries[document.document_id] = _entry(document, self.run, _content(document))
            out.new += known is None
            out.changed += known is not None
        return out

    def _there(self, ref: str) -> frozenset[str]:
        """Names of the account's documents that an earlier call of this run has stored."""
        some = document_name(run=self.run, ref=ref, document_id="x")
        bucket = settings.load().files_bucket
        return frozenset(blobs.list_names(self.job.scope, bucket, some.removesuffix("x.pdf")))

    def _store(self, ref: str, document: CheckedDocument, there: frozenset[str]) -> Finding | None:
        name = document_name(run=self.run, ref=ref, document_id=document.document_id)
        if name in there:
            return None
        if self.stored and self.job.short_of_time:
            raise OutOfTimeError
        content = read_content(self.bundle(), document, ref=ref, path=self.path)
        if isinstance(content, Finding):
            return content
        blobs.put(self.job.scope, settings.load().files_bucket, name, content, document.mime)
        self.stored += 1
        return None


def _is_known(document: CheckedDocument, known: DocumentEntry | None) -> bool:
    """Whether the account has it: it came before, and this zip holds the same or nothing of it."""
    return known is not None and (document.found is None or known.content == _content(document))


def _content(document: CheckedDocument) -> str:
    return f"{document.found.bytes} {document.found.crc}" if document.found else ""


def _entry(document: CheckedDocument, run: int, content: str) -> DocumentEntry:
    return DocumentEntry(
        document.document_id,
        run,
        document.doc_type,
        document.filename,
        document.transaction_id,
        document.visible,
        content,
    )


Place = list[int]
"""Where the lines of a transaction are stored, as a row names it: the fields of LinesRef."""


@dataclass(slots=True)
class LinesWriter:
    """Gathers the lines of a part. A row names where its own begin and how long they are."""

    run: int
    part: int
    data: bytearray = field(default_factory=bytearray)

    def add(self, lines: Mapping[Key, Sequence[CheckedLine]], before: Mapping[Key, Place]) -> dict[Key, Place]:
        """Where the lines of each transaction will be stored. Sets that came `before` unchanged stay where they are."""
        out = {}
        for key in sorted(lines):
            encoded = encode_lines([_line(line) for line in lines[key]])
            digest = int.from_bytes(blake2b(encoded, digest_size=5).digest(), "big")
            old = before.get(key)
            if old is not None and old[3:] == [len(encoded), digest]:
                out[key] = old
                continue
            out[key] = [self.run, self.part, len(self.data), len(encoded), digest]
            self.data += encoded
        return out


def _line(line: CheckedLine) -> InvoiceLine:
    return InvoiceLine(
        line_no=line.line_no,
        line_type=LineType(line.line_type),
        part_no=line.part_no,
        description=line.description,
        quantity=_exact(line.quantity),
        unit=line.unit,
        unit_price=_exact(line.unit_price),
        discount_pct=_exact(line.discount_pct),
        net_amount=line.net,
        vat_rate=_exact(line.vat_rate),
        vat_amount=line.vat,
        vat_code=line.vat_code,
        vat_exemption=line.vat_exemption,
    )


def _exact(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
