"""The PDF of one transaction: stored by the dealer, or drawn from its lines."""

from hashlib import sha256
from io import BytesIO

from chalicelib.dealers import queries as dealers
from chalicelib.documents import queries as documents
from chalicelib.documents.model import InvoiceLine
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import CustomerScope, TenantScope
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.codec import to_transaction
from chalicelib.ledger.row import Row
from chalicelib.rendering.format import Formats
from chalicelib.store.temporary_files import safe_file_name, temporary_download
from chalicelib.web.presenters.invoice import document, title_of
from chalicelib.web.presenters.transactions import RowFormatter


def pdf_link(scope: CustomerScope, view: AccountView, row: Row, fmt: Formats, *, save: bool) -> str:
    """The way to it for a minute; `save` to keep it. Raises NotFoundError where there is no file and no line."""
    name = safe_file_name(title_of(row), extension="pdf")
    found = to_transaction(row).document
    if found:
        return documents.document_link(
            scope,
            ref=view.ref,
            document_id=found.id,
            run=found.run,
            file_name=name,
            disposition="attachment" if save else "inline",
        )
    content = drawn_pdf(scope, view, row, RowFormatter.of(view, fmt), logo=dealers.logo(scope))
    return temporary_download(
        scope,
        key=sha256(content).hexdigest(),
        extension="pdf",
        data=BytesIO(content),
        file_name=name,
        content_type="application/pdf",
        disposition="attachment" if save else "inline",
    )


def drawn_pdf(
    scope: CustomerScope, view: AccountView, row: Row, formatter: RowFormatter, *, logo: bytes | None
) -> bytes:
    """Drawn from its lines, under the dealer's logo. Raises NotFoundError where there are none."""
    from chalicelib.rendering.invoice_pdf import draw_invoice

    lines = invoice_lines(scope, view, row)
    if lines is None:
        raise NotFoundError(_("The PDF has not arrived yet"))
    return draw_invoice(document(view, formatter, row, lines, logo=logo))


def invoice_lines(scope: TenantScope, view: AccountView, row: Row) -> list[InvoiceLine] | None:
    """The lines that came with it, None if none did."""
    at = to_transaction(row).lines
    if at is None:
        return None
    return documents.invoice_lines(scope, ref=view.ref, run=at.run, part=at.part, offset=at.offset, length=at.length)
