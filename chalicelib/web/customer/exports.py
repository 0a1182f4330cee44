"""Files that a customer waits for."""

from chalice.app import Response

from chalicelib.http.access import CUSTOMER_INVOICES
from chalicelib.http.request import Request
from chalicelib.http.routing import Routes
from chalicelib.web import downloads
from chalicelib.web.customer.transactions import EXPORTS

routes = Routes(__name__)


@routes.get(f"{EXPORTS}/{{export}}", CUSTOMER_INVOICES)
def export(request: Request) -> Response:
    """One file: being prepared, ready or failed."""
    return downloads.export_page(request, request.customer_scope, "customer/export.html")


@routes.get(f"{EXPORTS}/{{export}}/file", CUSTOMER_INVOICES)
def file(request: Request) -> Response:
    """The way to the file itself."""
    return downloads.export_download(request, request.customer_scope)
