"""Files that a customer waits for."""

from chalice.app import Response

from chalicelib.http.access import CUSTOMER_INVOICES
from chalicelib.http.request import Request
from chalicelib.http.routing import Routes
from chalicelib.kernel.i18n import gettext as _
from chalicelib.web import file_responses
from chalicelib.web.customer.account_page import HOME
from chalicelib.web.customer.transactions import DOWNLOADS
from chalicelib.web.statement_files import KINDS

routes = Routes(__name__)


@routes.get(f"{DOWNLOADS}/{{download}}", CUSTOMER_INVOICES)
def download(request: Request) -> Response:
    """One file: being prepared, ready or failed."""
    crumb = HOME, _("My Transactions")
    return file_responses.download_page(request, request.customer_scope, "customer/download.html", crumb, KINDS)


@routes.get(f"{DOWNLOADS}/{{download}}/file", CUSTOMER_INVOICES)
def file(request: Request) -> Response:
    """The way to the file itself."""
    return file_responses.redirect_to_file(request, request.customer_scope, KINDS)
