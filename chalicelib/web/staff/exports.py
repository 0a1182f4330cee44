"""Files that staff wait for."""

from chalice.app import Response

from chalicelib.http.access import Permission
from chalicelib.http.request import Request
from chalicelib.http.routing import Pages
from chalicelib.web import downloads
from chalicelib.web.staff.accounts import EXPORTS

pages = Pages(__name__)


@pages.get(f"{EXPORTS}/{{export}}", Permission.STAFF)
def export(request: Request) -> Response:
    """One file: being prepared, ready or failed."""
    return downloads.export_page(request, request.dealer_scope, "staff/export.html")


@pages.get(f"{EXPORTS}/{{export}}/file", Permission.STAFF)
def file(request: Request) -> Response:
    """The way to the file itself."""
    return downloads.export_download(request, request.dealer_scope)
