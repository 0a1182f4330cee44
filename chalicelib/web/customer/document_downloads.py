"""Several documents that the dealer shares, as one ZIP."""

from chalice.app import Response

from chalicelib.customers import shared_documents as documents
from chalicelib.downloads import queries as downloads
from chalicelib.downloads.model import CONTENT_TYPES, DownloadKind
from chalicelib.http.access import CUSTOMER_DOCUMENTS
from chalicelib.http.request import Request
from chalicelib.http.responses import redirect, see_other_external
from chalicelib.http.routing import Routes
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.uploads import sharing
from chalicelib.uploads.shared_file import SharedFile
from chalicelib.web import archives, file_responses
from chalicelib.web.archives import Archive
from chalicelib.web.presenters import shared_documents as words

routes = Routes(__name__)

DOWNLOADS = "/document-downloads"
FIELD, ACCOUNT = "document", "account"
BACK = "/documents"
_KINDS = frozenset({DownloadKind.ZIP})


@routes.get("/shared-documents.zip", CUSTOMER_DOCUMENTS)
def shared_documents_zip(request: Request) -> Response:
    """The ticked ones. The person who gets them has opened them."""
    scope = request.customer_scope

    def make() -> Archive:
        file = download_file(request)
        if not file.is_large:
            _note_openings(request, [entry.file for entry in file.entries if isinstance(entry.file, SharedFile)])
        return file

    return archives.deliver(
        request, scope, make, kind=DownloadKind.ZIP, fields=(FIELD, ACCOUNT), pages_path=DOWNLOADS, back=BACK
    )


def download_file(request: Request) -> Archive:
    """The documents that the address names. Raises ConflictError where one of them is not shown any more."""
    scope = request.customer_scope
    files = documents.chosen(scope, archives.chosen(request.query_all, FIELD), request.query.get(ACCOUNT, ""))
    return archives.archive_of(request, scope, files, words.download_name)


@routes.get(f"{DOWNLOADS}/{{download}}", CUSTOMER_DOCUMENTS)
def download(request: Request) -> Response:
    """One that is being prepared, ready or failed."""
    crumb = BACK, _("Documents")
    return file_responses.download_page(request, request.customer_scope, "customer/download.html", crumb, _KINDS)


@routes.get(f"{DOWNLOADS}/{{download}}/file", CUSTOMER_DOCUMENTS)
def file(request: Request) -> Response:
    """The way to it, as long as all that is in it is shown."""
    scope = request.customer_scope
    found = downloads.download(scope, request.params["download"], now=request.now, kinds=_KINDS)
    if request.method == "HEAD":
        return Response(b"", {"Content-Type": CONTENT_TYPES[found.kind]})
    link = downloads.download_link(scope, found)
    try:
        account = "".join(archives.chosen_in(found, ACCOUNT)[-1:])
        # Tested control: archive-of-shown-documents
        files = documents.chosen(scope, archives.chosen_in(found, FIELD), account)
    except ConflictError as error:
        return redirect(BACK, flash=error.message, failed=True)
    _note_openings(request, files)
    return see_other_external(link)


def _note_openings(request: Request, files: list[SharedFile]) -> None:
    for file in files if request.is_looked_at else ():
        sharing.note_opening(request.customer_scope, file, now=request.now, ids=request.services.ids)
