"""One document that a customer was asked for: what became of it, and the files that have come."""

from collections.abc import Mapping

from chalice.app import Response

from chalicelib.dealers.staff import queries as staff
from chalicelib.http.access import STAFF_DOCUMENTS
from chalicelib.http.request import Request
from chalicelib.http.responses import page
from chalicelib.http.routing import Routes
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.keys import from_link_part
from chalicelib.uploads.document_requests import queries
from chalicelib.uploads.document_requests.model import DocumentRequest
from chalicelib.uploads.merging import can_be_merged
from chalicelib.uploads.model import SentFile
from chalicelib.web.presenters import files as words
from chalicelib.web.presenters.document_requests import staff_request

routes = Routes(__name__)


@routes.get("/staff/document-requests/{account}/{request}", STAFF_DOCUMENTS)
def document_request(request: Request) -> Response:
    """What was asked for, by whom and by when, and what has come, in the order in which it was sent."""
    scope = request.dealer_scope
    found, files = request_of(request, request.params)
    today = request.fmt.today(request.now)
    return page(
        request,
        "staff/document_request.html",
        one=staff_request(found, staff.emails(scope), today),
        files=files,
        words=words,
        pages=sum(map(can_be_merged, files)),
        without_pages=[words.title(file) for file in files if not can_be_merged(file)],
    )


def request_of(request: Request, named: Mapping[str, str]) -> tuple[DocumentRequest, list[SentFile]]:
    """The request that `account` and `request` name, with its files. Raises NotFoundError."""
    try:
        ref = from_link_part(named.get("account", ""))
        return queries.request_with_files(request.dealer_scope, ref, named.get("request", ""))
    except ValueError:  # no account can be called so
        raise NotFoundError from None
