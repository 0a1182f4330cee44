"""A transaction as e-invoice: what can be downloaded, and what is missing where nothing can."""

from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO

from chalice.app import Response

from chalicelib.dealers import queries as dealers
from chalicelib.documents.model import InvoiceLine
from chalicelib.einvoices.builder import build_einvoice
from chalicelib.einvoices.model import BuildResult
from chalicelib.http.access import CUSTOMER_INVOICES
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect, see_other_external
from chalicelib.http.routing import Routes
from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.row import Row
from chalicelib.store.temporary_files import safe_file_name, temporary_download
from chalicelib.web.customer.invoices import find_row
from chalicelib.web.presenters.einvoices import in_words
from chalicelib.web.presenters.invoice import document, title_of
from chalicelib.web.presenters.transactions import RowFormatter, account_header, row_link
from chalicelib.web.transaction_pdf import invoice_lines

routes = Routes(__name__)

HERE = "/invoices/{account}/{kind}/{transaction}/e-invoice"


@routes.get(HERE, CUSTOMER_INVOICES)
def einvoice(request: Request) -> Response:
    """Both kinds of file, each with its way or with what it lacks."""
    view, row = find_row(request, of_group=True)
    made = _made(view, row, invoice_lines(request.customer_scope, view, row) or [])
    return page(
        request,
        "customer/einvoice.html",
        **account_header(view, RowFormatter.of(view, request.fmt)),
        title=title_of(row),
        back=row_link(view.ref, row),
        link=f"{request.path}{{}}?on={row.transaction_date}",
        gaps=in_words(made.gaps),
        peppol_gaps=in_words(made.peppol_gaps),
    )


@routes.get(f"{HERE}.xml", CUSTOMER_INVOICES)
def ubl(request: Request) -> Response:
    """The UBL, where Peppol would take it; else the page that says what is missing."""
    from chalicelib.einvoices import ubl as writer

    view, row = find_row(request, of_group=True)
    made = _made(view, row, invoice_lines(request.customer_scope, view, row) or [])
    if made.invoice is None or made.peppol_gaps:
        return _refused(request, row)
    return _download(request, row, writer.write(made.invoice), "xml", "application/xml")


@routes.get(f"{HERE}.pdf", CUSTOMER_INVOICES)
def facturx(request: Request) -> Response:
    """The PDF that carries its e-invoice."""
    view, row = find_row(request, of_group=True)
    lines = invoice_lines(request.customer_scope, view, row) or []
    made = _made(view, row, lines)
    if made.invoice is None:
        return _refused(request, row)
    return _download(request, row, _drawn(request, view, row, lines, made), "pdf", "application/pdf")


def _made(view: AccountView, row: Row, lines: Sequence[InvoiceLine]) -> BuildResult:
    return build_einvoice(dealer=view.dealer, facts=view.facts, row=row, lines=lines, terms=view.facts.terms_text or "")


def _drawn(request: Request, view: AccountView, row: Row, lines: Sequence[InvoiceLine], made: BuildResult) -> bytes:
    from chalicelib.einvoices import cii
    from chalicelib.einvoices.facturx import embed
    from chalicelib.rendering.invoice_pdf import draw_invoice
    from chalicelib.rendering.pdf_text import UndrawableError

    shown = document(view, RowFormatter.of(view, request.fmt), row, lines, logo=dealers.logo(request.customer_scope))
    try:
        pdf = draw_invoice(shown, embedded=True)
    except UndrawableError:
        raise InvalidError(_("This invoice has letters that the PDF cannot show. Download the UBL instead.")) from None
    assert made.invoice is not None  # noqa: S101 - the caller has looked
    return embed(pdf, cii.write(made.invoice), title=shown.title, author=shown.dealer)


def _refused(request: Request, row: Row) -> Response:
    path = request.path.rpartition(".")[0]
    return redirect(f"{path}?on={row.transaction_date}")


def _download(request: Request, row: Row, content: bytes, extension: str, content_type: str) -> Response:
    url = temporary_download(
        request.customer_scope,
        key=sha256(content).hexdigest(),
        extension=extension,
        data=BytesIO(content),
        file_name=safe_file_name(title_of(row), "e-invoice", extension=extension),
        content_type=content_type,
    )
    return see_other_external(url)
