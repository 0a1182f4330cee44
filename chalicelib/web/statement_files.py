"""A statement as a file: PDF, CSV or XLSX. Customers and staff get the same."""

from dataclasses import dataclass
from typing import IO

from chalicelib.dealers import queries as dealers
from chalicelib.downloads.model import DownloadFile, DownloadKind, MemberScope
from chalicelib.rendering.spreadsheet import FileKind
from chalicelib.web.presenters.statement_files import document, file_name, spreadsheet
from chalicelib.web.presenters.statements import ShownStatement

KINDS = frozenset({DownloadKind.PDF, DownloadKind.CSV, DownloadKind.XLSX})
"""What a statement can be had as."""
MAX_IMMEDIATE_LINES = 1_500
"""A PDF of more takes over a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementPdf(DownloadFile):
    """The drawn statement. `logo` is the dealer's, a PNG."""

    shown: ShownStatement
    logo: bytes | None

    @property
    def kind(self) -> DownloadKind:
        """What it is."""
        return DownloadKind.PDF

    @property
    def is_large(self) -> bool:
        """Whether it is made in the background."""
        return self.count > MAX_IMMEDIATE_LINES

    def write(self, out: IO[bytes]) -> tuple[str, ...]:
        """All of it."""
        from chalicelib.rendering.statement_pdf import draw_statement

        draw_statement(document(self.shown, logo=self.logo), out)
        return ()


def statement_file(scope: MemberScope, shown: ShownStatement, kind: DownloadKind) -> DownloadFile:
    """The statement as a file of this kind."""
    if kind is not DownloadKind.PDF:
        return spreadsheet(shown, FileKind(kind.value))
    view = shown.found.view
    return StatementPdf(
        file_name=file_name(shown, kind.value),
        count=len(shown.lines) + len(shown.later),
        snapshot_ref=str(view.snapshot.snapshot_ref),
        shown=shown,
        logo=dealers.logo(scope),
    )
