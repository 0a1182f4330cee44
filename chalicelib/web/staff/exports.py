"""Files that staff wait for."""

from chalice.app import Response

from chalicelib.http.access import STAFF
from chalicelib.http.request import Request
from chalicelib.http.routing import Routes
from chalicelib.web import downloads
from chalicelib.web.staff.accounts import EXPORTS

routes = Routes(__name__)


@routes.get(f"{EXPORTS}/{{export}}", STAFF)
def export(request: Request) -> Response:
    """One file: being prepared, ready or failed."""
    return downloads.export_page(request, request.dealer_scope, "staff/export.html")


@routes.get(f"{EXPORTS}/{{export}}/file", STAFF)
def file(request: Request) -> Response:
    """The way to the file itself."""
    return downloads.export_download(request, request.dealer_scope)
