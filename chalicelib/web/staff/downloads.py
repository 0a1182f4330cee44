"""Files that staff wait for."""

from chalice.app import Response

from chalicelib.http.access import STAFF
from chalicelib.http.request import Request
from chalicelib.http.routing import Routes
from chalicelib.kernel.i18n import gettext as _
from chalicelib.web import file_responses
from chalicelib.web.staff.accounts import DOWNLOADS
from chalicelib.web.staff.accounts_query import HOME
from chalicelib.web.statement_files import KINDS

routes = Routes(__name__)


@routes.get(f"{DOWNLOADS}/{{download}}", STAFF)
def download(request: Request) -> Response:
    """One file: being prepared, ready or failed."""
    crumb = HOME, _("Customer Accounts")
    return file_responses.download_page(request, request.dealer_scope, "staff/download.html", crumb, KINDS)


@routes.get(f"{DOWNLOADS}/{{download}}/file", STAFF)
def file(request: Request) -> Response:
    """The way to the file itself."""
    return file_responses.redirect_to_file(request, request.dealer_scope, KINDS)
