"""Documents of many transactions as ZIPs, or merged into PDFs: what goes in, and when a volume is full."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import IO, TYPE_CHECKING, NamedTuple
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from chalicelib.documents import queries as documents
from chalicelib.downloads.model import DownloadKind, Missing, MissingDocument, VolumedFile, WrittenVolume
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.scopes import CustomerScope
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.codec import to_transaction
from chalicelib.ledger.row import Row
from chalicelib.observability import logger
from chalicelib.store.temporary_files import safe_file_name
from chalicelib.uploads.archives import unique_names
from chalicelib.web.presenters.invoice import title_of
from chalicelib.web.presenters.transactions import RowFormatter
from chalicelib.web.transaction_pdf import drawn_pdf

if TYPE_CHECKING:
    from chalicelib.rendering.cover_page import CoverPage

MERGED_DOCUMENTS, MERGED_BYTES, MERGED_PAGES = 500, 40_000_000, 2_000
"""Of a merged PDF: more becomes awkward to open, and the function holds all of it while it is written."""
ZIP_DOCUMENTS, ZIP_BYTES = 2_500, 200_000_000
"""Of a ZIP, which is kept on the function's disk until it is stored."""
_READ_AHEAD = 4
"""Documents that are fetched while others are put in. A dealer's PDF may have 25 MB, so they are few."""
_PDF, _PDF_BEGINS_WITHIN = b"%PDF-", 1_024

REASONS = {
    Missing.NOT_ARRIVED: lazy_gettext("The PDF has not arrived yet"),
    Missing.GONE: lazy_gettext("The PDF could not be found"),
    Missing.DAMAGED: lazy_gettext("The PDF is damaged"),
    Missing.TOO_LONG: lazy_gettext("The PDF has too many pages to be merged. Download it by itself."),
}


class Content(NamedTuple):
    """A document of a transaction: its bytes, or why there are none."""

    row: Row
    data: bytes
    missing: Missing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionVolumes(VolumedFile):
    """The documents of `rows`, in their order. `logo` is the dealer's, for those that the portal draws."""

    scope: CustomerScope
    view: AccountView
    formatter: RowFormatter
    rows: Sequence[Row]
    logo: Callable[[], bytes | None]

    def write_volume(
        self, out: IO[bytes], start: int, *, is_late: Callable[[], bool], note: Callable[[int], None]
    ) -> WrittenVolume:
        """See VolumedFile."""
        write = self._write_pdf if self.kind is DownloadKind.PDF else self._write_zip
        return write(out, start, is_late, note)

    def _write_zip(
        self, out: IO[bytes], start: int, is_late: Callable[[], bool], note: Callable[[int], None]
    ) -> WrittenVolume:
        names = unique_names(safe_file_name(title_of(row), extension="pdf") for row in self.rows)
        missing, size, at = list[MissingDocument](), 0, start
        with ZipFile(out, "w", ZIP_STORED) as archive:
            for content in self._contents(start, start + ZIP_DOCUMENTS):
                if at > start and (size + len(content.data) > ZIP_BYTES or is_late()):
                    break
                reason = content.missing or (None if is_pdf(content.data) else Missing.DAMAGED)
                if reason:
                    missing.append(MissingDocument(name=title_of(content.row), reason=reason))
                else:
                    day = date.fromisoformat(content.row.transaction_date)
                    archive.writestr(
                        ZipInfo(names[at], (max(day.year, 1980), day.month, day.day, 0, 0, 0)), content.data
                    )
                size, at = size + len(content.data), at + 1
                note(at)
            if missing:
                name = _("Not in this ZIP")
                archive.writestr(f"{name}.txt", self._listed(missing))
        return self._written(start, at, missing)

    def _write_pdf(
        self, out: IO[bytes], start: int, is_late: Callable[[], bool], note: Callable[[int], None]
    ) -> WrittenVolume:
        from chalicelib.rendering.cover_page import draw_cover
        from chalicelib.rendering.merged_pdf import MergedPdf, TooManyPagesError

        merged = MergedPdf(self._title, max_pages=MERGED_PAGES)
        missing, size, at = list[MissingDocument](), 0, start
        for content in self._contents(start, start + MERGED_DOCUMENTS):
            if at > start and (size + len(content.data) > MERGED_BYTES or is_late()):
                break
            reason, name = content.missing, title_of(content.row)
            if reason is None:
                try:
                    merged.add_pdf(content.data, bookmark=name)
                except TooManyPagesError:
                    if merged.pages:
                        break
                    reason = Missing.TOO_LONG
                except MemoryError:
                    raise
                except Exception as error:  # noqa: BLE001 - a parser fails in many ways, and the cover page says of which document
                    logger.warning("document.not_merged", error=type(error).__name__)
                    reason = Missing.DAMAGED
            if reason:
                missing.append(MissingDocument(name=name, reason=reason))
            size, at = size + len(content.data), at + 1
            note(at)
        if missing or not merged.pages:
            merged.put_first(draw_cover(self._cover(start, at, missing)))
        merged.write(out)
        return self._written(start, at, missing)

    def _contents(self, start: int, end: int) -> Iterator[Content]:
        """The documents, read ahead: the reads of the storage take longer than all else."""
        rows = iter(self.rows[start:end])
        with ThreadPoolExecutor(_READ_AHEAD) as pool:
            ahead: list[tuple[Row, Future[bytes | None]]] = []

            def begin(count: int) -> None:
                begun = ((row, pool.submit(copy_context().run, self._stored, row)) for row in islice(rows, count))
                ahead.extend(begun)

            begin(_READ_AHEAD)
            try:
                while ahead:
                    row, stored = ahead.pop(0)
                    yield self._content(row, stored)
                    begin(1)
            finally:
                for _row, waiting in ahead:
                    waiting.cancel()

    def _stored(self, row: Row) -> bytes | None:
        found = to_transaction(row).document
        if found is None:
            return None
        return documents.document_bytes(self.scope, ref=self.view.ref, document_id=found.id, run=found.run)

    def _content(self, row: Row, stored: "Future[bytes | None]") -> Content:
        if not row.document and not row.lines:
            return Content(row, b"", Missing.NOT_ARRIVED)
        try:
            data = stored.result() or drawn_pdf(self.scope, self.view, row, self.formatter, logo=self.logo())
            return Content(row, data)
        except NotFoundError:
            return Content(row, b"", Missing.GONE)

    @property
    def _title(self) -> str:
        return _("Documents of account %(account)s", account=self.view.ref)

    def _cover(self, start: int, end: int, missing: Sequence[MissingDocument]) -> "CoverPage":
        from chalicelib.rendering.cover_page import CoverPage

        fmt = self.formatter.fmt
        return CoverPage(
            dealer=self.view.dealer.name,
            title=self._title,
            facts=(
                self.view.facts.name,
                _(
                    "Documents %(first)s to %(last)s of %(total)s, as at %(day)s",
                    first=fmt.count(start + 1),
                    last=fmt.count(end),
                    total=fmt.count(self.count),
                    day=fmt.date(self.view.as_at),
                ),
            ),
            heading=_("Not in this file"),
            listed=[(one.name, str(REASONS[one.reason])) for one in missing],
        )

    def _listed(self, missing: Sequence[MissingDocument]) -> bytes:
        lines = [_("Not in this file"), "", *(f"{one.name}: {REASONS[one.reason]}" for one in missing), ""]
        return "\r\n".join(lines).encode("utf-8-sig")

    @staticmethod
    def _written(start: int, end: int, missing: Sequence[MissingDocument]) -> WrittenVolume:
        return WrittenVolume(next_document=end, count=end - start - len(missing), missing=tuple(missing))


def is_pdf(data: bytes) -> bool:
    """Whether it begins as one: readers look for the mark in the first kilobyte."""
    return _PDF in data[:_PDF_BEGINS_WITHIN]
