"""What documents that staff share with a customer are called, and which of them a list shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.whole_numbers import whole_number
from chalicelib.uploads.model import FileType, with_extension
from chalicelib.uploads.shared_file import DocumentKind, SharedFile

KINDS: Mapping[DocumentKind, LazyText] = {
    DocumentKind.AGREEMENT: lazy_gettext("Agreement"),
    DocumentKind.CERTIFICATE: lazy_gettext("Certificate"),
    DocumentKind.STATEMENT: lazy_gettext("Statement"),
    DocumentKind.QUOTE: lazy_gettext("Quote"),
    DocumentKind.ORDER: lazy_gettext("Order confirmation"),
    DocumentKind.SERVICE: lazy_gettext("Service report"),
    DocumentKind.MANUAL: lazy_gettext("Manual"),
    DocumentKind.OTHER: lazy_gettext("Other document"),
}
TYPES: Mapping[FileType, LazyText] = {
    FileType.PDF: lazy_gettext("PDF"),
    FileType.JPEG: lazy_gettext("Picture"),
    FileType.PNG: lazy_gettext("Picture"),
    FileType.DOCX: lazy_gettext("Word document"),
    FileType.XLSX: lazy_gettext("Excel workbook"),
    FileType.CSV: lazy_gettext("CSV table"),
    FileType.TXT: lazy_gettext("Text"),
}
PAGE = 20
FEW = 5
"""A list of so many needs no filters."""
MAX_SEARCH_LENGTH = 100


@dataclass(frozen=True, slots=True)
class DocumentsPage:
    """A page of the documents that an address asks for: by `kind`, by words in `text`. `total`: without a filter."""

    files: Sequence[SharedFile]
    found: int
    total: int
    kind: str
    text: str
    number: int
    pages: int

    @property
    def has_filters(self) -> bool:
        """Whether there are many, or some are left out."""
        return self.total > FEW or bool(self.kind or self.text)

    @property
    def shown(self) -> tuple[int, int]:
        """The place of its first and last document in the list."""
        first = (self.number - 1) * PAGE
        return first + 1, first + len(self.files)


def documents_page(files: Sequence[SharedFile], query: Mapping[str, str]) -> DocumentsPage:
    """What `kind`, `q` and `page` of an address ask for, in the order of `files`."""
    kind = query.get("kind", "")
    kind = kind if kind in set(DocumentKind) else ""
    text = query.get("q", "").strip()[:MAX_SEARCH_LENGTH]
    found = [file for file in files if kind in {"", file.document_kind} and _says(file, text)]
    pages = max(1, -(-len(found) // PAGE))
    number = min(max(1, whole_number(query.get("page", "")) or 1), pages)
    return DocumentsPage(
        files=found[(number - 1) * PAGE : number * PAGE],
        found=len(found),
        total=len(files),
        kind=kind,
        text=text,
        number=number,
        pages=pages,
    )


def kinds_of(files: Sequence[SharedFile]) -> list[tuple[str, LazyText]]:
    """Those that there are, to choose from."""
    there = {file.document_kind for file in files}
    return [(kind.value, label) for kind, label in KINDS.items() if kind in there]


def file_type(file: SharedFile) -> str:
    """What it is by its content."""
    return str(TYPES[file.kind]) if file.kind else ""


def download_name(file: SharedFile) -> str:
    """Its title with the extension that its content has."""
    return with_extension(file.title, file.kind)


def can_be_previewed(file: SharedFile) -> bool:
    """Whether the portal's viewer draws it."""
    return file.kind is FileType.PDF


def _says(file: SharedFile, text: str) -> bool:
    said = f"{file.title} {file.name} {file.note} {KINDS[file.document_kind]}".casefold()
    return all(word in said for word in text.casefold().split())
