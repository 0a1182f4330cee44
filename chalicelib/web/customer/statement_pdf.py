"""A statement that is sent on: what names it, and its PDF for anybody who has the link."""

from datetime import datetime
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from urllib.parse import parse_qs, urlencode

from chalicelib.downloads.model import DownloadKind
from chalicelib.kernel.clock import local_date
from chalicelib.kernel.errors import InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import CustomerScope
from chalicelib.rendering.format import Formats
from chalicelib.statements import queries as statements
from chalicelib.statements.queries import AccountStatement
from chalicelib.store.temporary_files import temporary_download
from chalicelib.web.customer.statement_page import style_of
from chalicelib.web.customer.statement_query import OWN, StatementQuery, statement_query
from chalicelib.web.presenters.statements import shown
from chalicelib.web.presenters.transactions import RowFormatter
from chalicelib.web.statement_files import StatementPdf, statement_file

_HELD = 4 * 1024 * 1024


def named(query: StatementQuery, found: AccountStatement) -> str:
    """What finds the same statement again: the month's that was made, else these days."""
    return urlencode(query.address() if found.archived else query._replace(choice=OWN).address())


def pdf_file(scope: CustomerScope, found: AccountStatement, query: StatementQuery, fmt: Formats) -> StatementPdf:
    """The statement, to be drawn. Raises InvalidError for one that takes too long to draw while somebody waits."""
    made = shown(found, RowFormatter.of(found.view, fmt), style_of(found, query), query.parts, linked=False)
    file = statement_file(scope, made, DownloadKind.PDF)
    if not isinstance(file, StatementPdf) or file.is_large:
        raise InvalidError(_("This statement is too long to forward. Choose a shorter period."))
    return file


def statement_link(
    scope: CustomerScope, *, ref: str, name: str, now: datetime, fmt: Formats, time_zone: str, save: bool
) -> str:
    """The way to the PDF for a minute of the statement that `name` finds; `save` to keep it.

    Raises NotFoundError where it names none.
    """
    fields = parse_qs(name)
    query = statement_query(
        {key: values[0] for key, values in fields.items()}, fields.get("with", []), today=local_date(now, time_zone)
    )
    if query.errors:
        raise NotFoundError
    found, _archived = statements.chosen_statement(
        scope, ref=ref, period=query.period, now=now, as_made=query.choice != OWN
    )
    file = pdf_file(scope, found, query, fmt)
    with SpooledTemporaryFile(_HELD) as out:
        file.write(out)
        out.seek(0)
        digest = sha256(out.read()).hexdigest()
        out.seek(0)
        return temporary_download(
            scope,
            key=digest,
            extension="pdf",
            data=out,
            file_name=file.file_name,
            content_type="application/pdf",
            disposition="attachment" if save else "inline",
        )
