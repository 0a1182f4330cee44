"""What the dealer shares with the customer: listed on Documents, previewed, and fetched."""

from typing import Any

from chalice.app import Response

from chalicelib.customers import shared_documents as documents
from chalicelib.customers.group_scopes import group_accounts
from chalicelib.http.access import CUSTOMER_DOCUMENTS
from chalicelib.http.request import Request
from chalicelib.http.responses import page, see_other_external
from chalicelib.http.routing import Routes
from chalicelib.uploads import sharing
from chalicelib.uploads.media_types import MEDIA_TYPES
from chalicelib.uploads.queries import file_link, thumbnail_link
from chalicelib.uploads.shared_file import SharedFile
from chalicelib.web.presenters import shared_documents as words

routes = Routes(__name__)

DOCUMENT = "/shared-documents/{document}"


def shared_with_customer(request: Request) -> dict[str, Any]:
    """For the page of documents: what the filters of its address leave of what the dealer shares."""
    scope, account = request.customer_scope, request.query.get("account", "")
    accounts = group_accounts(scope)
    files, is_cut = documents.shared_with(scope, account)
    return {
        "accounts": accounts,
        "chosen_account": account if accounts else "",
        "names": {one.ref: one.name for one in accounts},
        "is_cut": is_cut,
        "shared": words.documents_page(files, request.query),
        "shared_kinds": words.kinds_of(files),
        "shared_words": words,
        "unopened": sum(scope.person_id not in file.opened for file in files),
        "reader": scope.person_id,
    }


@routes.get(DOCUMENT, CUSTOMER_DOCUMENTS)
def preview(request: Request) -> Response:
    """What it is and, of a PDF, the portal's viewer."""
    return page(request, "customer/shared_document.html", file=_file(request), words=words)


@routes.get(DOCUMENT + "/file", CUSTOMER_DOCUMENTS)
def download(request: Request) -> Response:
    """The way to the file, for a minute. The first time that somebody goes it is noted, and it is new no more."""
    scope, file = request.customer_scope, _file(request)
    if request.method == "HEAD" and file.kind:
        return Response(b"", {"Content-Type": MEDIA_TYPES[file.kind]})
    link = file_link(scope, file, file_name=words.download_name(file))
    if request.is_looked_at:
        sharing.note_opening(scope, file, now=request.now, ids=request.services.ids)
    return see_other_external(link)


@routes.get(DOCUMENT + "/thumbnail", CUSTOMER_DOCUMENTS)
def thumbnail(request: Request) -> Response:
    """The way to the small picture of one. It is seen in the list: that is no opening."""
    return see_other_external(thumbnail_link(request.customer_scope, _file(request)))


def _file(request: Request) -> SharedFile:
    return documents.shared_document(request.customer_scope, request.params["document"])
