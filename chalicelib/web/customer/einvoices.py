"""A transaction as e-invoice: what can be downloaded, and what is missing where nothing can."""

from chalice.app import Response

from chalicelib.downloads.limits import one_download
from chalicelib.http.access import CUSTOMER_INVOICES
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect, see_other_external
from chalicelib.http.routing import Routes
from chalicelib.web.customer.invoices import find_row
from chalicelib.web.einvoice_files import Form, IncompleteError, built, einvoice_file
from chalicelib.web.presenters.einvoices import in_words
from chalicelib.web.presenters.invoice import title_of
from chalicelib.web.presenters.transactions import RowFormatter, account_header, row_link
from chalicelib.web.viewing import note_view

routes = Routes(__name__)

HERE = "/invoices/{account}/{kind}/{transaction}/e-invoice"


@routes.get(HERE, CUSTOMER_INVOICES)
def einvoice(request: Request) -> Response:
    """Both kinds of file, each with its way or with what it lacks."""
    view, row = find_row(request, of_group=True)
    made = built(request.customer_scope, view, row)
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
    return _download(request, Form.UBL)


@routes.get(f"{HERE}.pdf", CUSTOMER_INVOICES)
def facturx(request: Request) -> Response:
    """The PDF that carries its e-invoice."""
    return _download(request, Form.FACTURX)


def _download(request: Request, form: Form) -> Response:
    view, row = find_row(request, of_group=True)
    try:
        with one_download(request.customer_scope, now=request.now):
            file = einvoice_file(request.customer_scope, view, row, form, request.fmt)
    except IncompleteError:
        return redirect(f"{request.path.removesuffix(f'.{form}')}?on={row.transaction_date}")
    note_view(request, view, row)
    return see_other_external(file.url)
