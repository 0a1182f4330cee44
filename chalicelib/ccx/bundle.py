"""One export as it was sent: a zip with a manifest, CSV files and documents. Streamed, never held, nothing believed."""

import re
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from itertools import islice
from typing import IO, Any, BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812 - zlib's exception has a variable's name

from chalicelib.ccx.archive import Span, is_hidden, open_archive, spans
from chalicelib.ccx.codes import Code
from chalicelib.ccx.csv_rows import Header, RawRow, is_blank, lines, records, split, whole_lines
from chalicelib.ccx.entity import Entity
from chalicelib.ccx.findings import BundleError, Finding, mask
from chalicelib.ccx.manifest import MAX_BYTES, Manifest, ManifestFile
from chalicelib.ccx.manifest_parser import parse_manifest, too_large
from chalicelib.ccx.messages import Phrase, phrase
from chalicelib.kernel.i18n import lazy_gettext

BLOCK = 256 * 1024
MAX_HEADER = 16 * 1024
MAX_UNKNOWN = 100
"""Unknown columns of a file, and other things that are not used, that are reported."""
OTHER_SEPARATORS = {
    ";": phrase(lazy_gettext("semicolons")),
    "\t": phrase(lazy_gettext("tabs")),
    "|": phrase(lazy_gettext("vertical bars")),
}
"""What spreadsheets and databases write where the format has commas."""
DEFECTS = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""What only content that nobody foresaw can raise, each time again; what the network does is tried again."""
_DOCUMENT = re.compile(r"documents/([A-Za-z0-9_-]{1,64})\.(pdf|xml)")


class Bundle:
    """An export whose zip, manifest, names and headers are in order. Its files are checked while they are read.

    `entities` are those of the declared ones that it holds.
    """

    def __init__(
        self, archive: ZipFile, manifest: Manifest, documents: Mapping[str, Span], declared: Sequence[Entity[Any]]
    ) -> None:
        self._archive = archive
        self.manifest = manifest
        self.documents = documents
        self.entities = tuple(entity for entity in declared if manifest.file(entity.name))
        self._headers = {entity.name: self._read_header(entity) for entity in self.entities}

    def header(self, entity: str) -> Header:
        """The header of a file. KeyError if the export has none for `entity`."""
        return self._headers[entity]

    def records(self, entity: str) -> Iterator[RawRow]:
        """Every record after the header. Raises BundleError, at the end at the latest, if it is not as declared.

        Lines of nothing but commas are none, whether or not the manifest counts them.
        """
        declared = self._declared(entity)
        rows, blank = -1, 0
        for record in records(lines(self._blocks(declared), name=declared.path), name=declared.path):
            if is_blank(record[1]):
                blank += 1
                continue
            rows += 1
            if rows:
                yield record
        if declared.rows not in {rows, rows + blank}:
            raise BundleError(Code.B016_ROWS, declared.path, counted=rows, declared=declared.rows)

    def rows(self, entity: str) -> int:
        """How many records a file is declared to have."""
        return self._declared(entity).rows

    def path(self, entity: str) -> str:
        """The name of a file in the zip."""
        return self._declared(entity).path

    def size(self, entity: str) -> int:
        """How many bytes a file is declared to have."""
        return self._declared(entity).bytes

    def checksum(self, entity: str) -> str:
        """The SHA-256 that a file is declared to have, 64 hexadecimal digits in lower case."""
        return self._declared(entity).sha256.lower()

    def lines(self, entity: str) -> Iterator[list[bytes]]:
        """Its physical lines but the first, in batches; neither counted nor decoded. Raises BundleError."""
        declared = self._declared(entity)
        for number, text in whole_lines(self._blocks(declared), name=declared.path):
            batch = text.split(b"\n")
            yield batch if number else batch[1:]

    def open_document(self, document_id: str) -> IO[bytes]:
        """A document's content. KeyError if it is not here; reading raises BadZipFile if it is damaged."""
        return self._archive.open(self.documents[document_id].name)

    @cached_property
    def warnings(self) -> list[Finding]:
        """Columns, totals and files that are not used."""
        out = []
        for entity in self.entities:
            unknown = (n for n in self._headers[entity.name].names if n not in entity.schema.by_name)
            path = self._declared(entity.name).path
            out += [_warning(path, 1, n, Code.W309_UNKNOWN_COLUMN) for n in islice(unknown, MAX_UNKNOWN)]
            unchecked = (n for n in self._declared(entity.name).totals if n not in entity.amounts)
            out += [_warning(path, 0, n, Code.W319_UNCHECKED_TOTAL) for n in islice(unchecked, MAX_UNKNOWN)]
        read = {entity.name for entity in self.entities}
        unread = [f for f in self.manifest.files if f.entity not in read and f.mode != "absent"][:MAX_UNKNOWN]
        return out + [_warning(f.path, 0, "", Code.W316_UNUSED_FILE) for f in unread]

    def unnamed_documents(self, named: Container[str]) -> list[Finding]:
        """A warning for each document, up to 100, that no row names."""
        unnamed = (span.name for document_id, span in self.documents.items() if document_id not in named)
        return [_warning(name, 0, "", Code.W318_UNNAMED_DOCUMENT) for name in islice(unnamed, MAX_UNKNOWN)]

    def _declared(self, entity: str) -> ManifestFile:
        declared = self.manifest.file(entity)
        if declared is None:
            raise KeyError(entity)
        return declared

    def _blocks(self, declared: ManifestFile) -> Iterator[bytes]:
        """The file's bytes; then their number and SHA-256 are compared."""
        digest, size = sha256(), 0
        try:
            with self._archive.open(declared.path) as stream:
                while block := stream.read(BLOCK):
                    digest.update(block)
                    size += len(block)
                    yield block
        except (BadZipFile, ZlibError, EOFError, NotImplementedError, RuntimeError):
            raise BundleError(Code.B001_NOT_A_ZIP, declared.path) from None
        if size != declared.bytes:
            # Tested control: declared-bytes
            raise BundleError(Code.B017_BYTES, declared.path, counted=size, declared=declared.bytes)
        if digest.hexdigest() != declared.sha256.lower():
            raise BundleError(Code.B018_CHECKSUM, declared.path)

    def _read_header(self, entity: Entity[Any]) -> Header:
        declared = self._declared(entity.name)
        found = records(lines(self._blocks(declared), name=declared.path), name=declared.path)
        raw = next((raw for _, raw in found if not is_blank(raw)), "")
        if len(raw.encode()) > MAX_HEADER:
            raise BundleError(Code.B030_HEADER, declared.path, limit="16 KiB")
        if "\r" in raw:
            raise BundleError(Code.B032_LINE_ENDS, declared.path)
        names = tuple(name.strip() for name in split(raw) or ())
        for name in entity.schema.required:
            if name not in names:
                if separator := _other_separator(raw, entity.schema.required):
                    raise BundleError(Code.B033_SEPARATOR, declared.path, separator=separator, line=mask(raw))
                raise BundleError(Code.B020_MISSING_COLUMN, declared.path, column=name, line=mask(raw))
        for name in filter(None, names):
            if names.count(name) > 1:
                raise BundleError(Code.B021_REPEATED_COLUMN, declared.path, column=mask(name))
        return Header(raw, names)


def _other_separator(raw: str, required: Collection[str]) -> Phrase | None:
    """What stands between the columns of a header instead of commas: with it, more than one required one is there."""
    for mark, words in OTHER_SEPARATORS.items():
        cells = {cell.strip().strip('"') for cell in raw.split(mark)}
        if len(cells.intersection(required)) > 1:
            return words
    return None


def open_bundle(fileobj: BinaryIO, entities: Sequence[Entity[Any]]) -> Bundle:
    """Checks the zip, the manifest, the names and the headers. Raises BundleError; reads no file to its end.

    Files of no declared entity are left alone, with a warning.
    """
    archive = open_archive(fileobj)
    entries = {entry.filename: entry for entry in archive.infolist() if not entry.is_dir()}
    manifest = parse_manifest(_small_file(archive, entries.get("manifest.json")))
    listed = {f.path: f for f in manifest.files if f.mode != "absent"}
    known = {entity.name for entity in entities}
    for path, declared in listed.items():
        if path not in entries:
            raise BundleError(Code.B014_MISSING_FILE, path)
        if declared.mode == "delta" and declared.entity in known:
            raise BundleError(Code.B027_DELTA, path)
    return Bundle(archive, manifest, _documents(spans(archive), listed, manifest), entities)


def _small_file(archive: ZipFile, entry: ZipInfo | None) -> bytes:
    if entry is None:
        raise BundleError(Code.B011_NO_MANIFEST)
    if entry.file_size > MAX_BYTES:
        raise too_large()
    try:
        return archive.read(entry)
    except (BadZipFile, ZlibError, EOFError):
        raise BundleError(Code.B001_NOT_A_ZIP) from None


def _documents(members: Mapping[str, Span], listed: Mapping[str, ManifestFile], manifest: Manifest) -> dict[str, Span]:
    """Documents by id. Every other file must be on the manifest's list."""
    found: dict[str, Span] = {}
    for name, span in members.items():
        match = _DOCUMENT.fullmatch(name)
        if match:
            if match[1] in found:
                raise BundleError(Code.B008_NAME_CLASH, f"documents/{match[1]}")
            found[match[1]] = span
        elif not is_hidden(name) and name not in listed and name != "manifest.json":
            raise BundleError(Code.B015_EXTRA_FILE, name)
    declared, size = manifest.documents, sum(span.bytes for span in found.values())
    if (len(found), size) != (declared.count, declared.bytes):
        raise BundleError(
            Code.B028_DOCUMENTS,
            count=len(found),
            bytes=size,
            declared_count=declared.count,
            declared_bytes=declared.bytes,
        )
    return found


def _warning(file: str, line: int, column: str, code: Code) -> Finding:
    return Finding(file, line, "", mask(column), code, "")
