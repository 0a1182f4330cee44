"""Several documents that customers sent, as one ZIP or one PDF."""

from collections.abc import Callable
from urllib.parse import quote

from chalice.app import Response

from chalicelib.downloads.model import DownloadFile, DownloadKind
from chalicelib.http.access import STAFF_DOCUMENTS
from chalicelib.http.request import Request
from chalicelib.http.responses import redirect
from chalicelib.http.routing import Routes
from chalicelib.kernel.i18n import gettext as _
from chalicelib.uploads import queries
from chalicelib.web import archives, file_responses
from chalicelib.web.archives import Archive, MergedDocuments
from chalicelib.web.presenters import files as words
from chalicelib.web.staff.document_request import request_of

routes = Routes(__name__)

DOWNLOADS = "/staff/document-downloads"
RECEIVED = "/staff/documents"
REQUESTS = "/staff/document-requests"
_KINDS = frozenset({DownloadKind.ZIP, DownloadKind.PDF})


@routes.get(f"{RECEIVED}.zip", STAFF_DOCUMENTS)
def received_zip(request: Request) -> Response:
    """The ticked ones of the list."""
    return archives.deliver(
        request,
        request.dealer_scope,
        lambda: received_file(request),
        kind=DownloadKind.ZIP,
        fields=("file",),
        pages_path=DOWNLOADS,
        back=RECEIVED,
    )


def received_file(request: Request) -> Archive:
    """The files that the address names. Raises ConflictError where there is no such file."""
    files = queries.chosen_files(request.dealer_scope, archives.chosen(request.query_all, "file"))
    return archives.archive_of(request, request.dealer_scope, files, words.download_name)


@routes.get(f"{REQUESTS}.zip", STAFF_DOCUMENTS)
def request_zip(request: Request) -> Response:
    """All that was received for one request."""
    return _of_request(request, request_file, DownloadKind.ZIP)


@routes.get(f"{REQUESTS}.pdf", STAFF_DOCUMENTS)
def request_pdf(request: Request) -> Response:
    """The pictures and PDFs of these as one PDF, always made in the background."""
    return _of_request(request, merged_file, DownloadKind.PDF)


def _of_request(request: Request, make: Callable[[Request], DownloadFile], kind: DownloadKind) -> Response:
    account, request_id = (request.query.get(name, "") for name in ("account", "request"))
    if not account:
        return redirect(REQUESTS)
    return archives.deliver(
        request,
        request.dealer_scope,
        lambda: make(request),
        kind=kind,
        fields=("account", "request"),
        pages_path=DOWNLOADS,
        back=f"{REQUESTS}/{quote(account, safe='')}/{quote(request_id, safe='')}",
    )


def request_file(request: Request) -> Archive:
    """The files of the request that the address names. Raises NotFoundError."""
    _of, files = request_of(request, request.query)
    return archives.archive_of(request, request.dealer_scope, files, words.download_name)


def merged_file(request: Request) -> MergedDocuments:
    """The same as one PDF. Raises NotFoundError."""
    found, files = request_of(request, request.query)
    return archives.merged(request, request.dealer_scope, files, words.download_name, title=found.title)


@routes.get(f"{DOWNLOADS}/{{download}}", STAFF_DOCUMENTS)
def download(request: Request) -> Response:
    """One that is being prepared, ready or failed."""
    crumb = RECEIVED, _("Documents received")
    return file_responses.download_page(request, request.dealer_scope, "staff/download.html", crumb, _KINDS)


@routes.get(f"{DOWNLOADS}/{{download}}/file", STAFF_DOCUMENTS)
def file(request: Request) -> Response:
    """The way to it."""
    return file_responses.redirect_to_file(request, request.dealer_scope, _KINDS)
