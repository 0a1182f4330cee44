"""Documents: a customer sends files to the dealer, and sees what became of each."""

from collections.abc import Mapping

from chalice.app import Response

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.wording import queries as wording
from chalicelib.dealers.wording.model import Statement
from chalicelib.http.access import CUSTOMER_DOCUMENTS
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect, see_other_external
from chalicelib.http.routing import Routes
from chalicelib.kernel.errors import InvalidError, NotFoundError
from chalicelib.kernel.whole_numbers import whole_number
from chalicelib.ledger.account_view import NoFiguresError
from chalicelib.ledger.row_query import RowQuery
from chalicelib.uploads import operations, queries
from chalicelib.uploads.document_requests import queries as document_requests
from chalicelib.uploads.model import MAX_BYTES
from chalicelib.web.customer.account_page import account_view
from chalicelib.web.customer.shared_documents import shared_with_customer
from chalicelib.web.presenters import files as words
from chalicelib.web.presenters.document_requests import own_requests

routes = Routes(__name__)

HOME = "/documents"


@routes.get(HOME, CUSTOMER_DOCUMENTS)
def documents(request: Request) -> Response:
    """What is asked for, what was sent, and the form, where `request` is one that is asked for.

    The storage, or the script, comes back here with `sent`, a number of files.
    """
    return _page(request)


@routes.post(HOME, CUSTOMER_DOCUMENTS)
def begin(request: Request) -> Response:
    """Announce one file; its own page has the form that takes it to the storage. The script knows its `name`."""
    scope = request.customer_scope
    try:
        file = operations.begin_file(
            scope,
            purpose=request.form.get("purpose", ""),
            note=request.form.get("note", ""),
            name=request.form.get("name", ""),
            account_name=_account_name(request),
            maximum=dealers.dealer(scope).daily_files,
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        if request.htmx:  # the script, which shows the message beside the file
            raise
        return _page(request, status=422, errors=error.fields)
    return redirect(f"{HOME}/{file.file_id}")


@routes.get(HOME + "/{file}", CUSTOMER_DOCUMENTS)
def send(request: Request) -> Response:
    """The form that takes an announced file to the storage, which sends the browser back. The script reads it too."""
    scope = request.customer_scope
    file = queries.own_file(scope, request.params["file"])
    if not file.can_be_sent(scope.person_id, request.now):
        return redirect(HOME)
    back = f"{request.services.settings.base_url}{HOME}?sent=1"
    forms = operations.file_forms(scope, file, success_url=back)
    return page(
        request,
        "customer/send_document.html",
        file=file,
        purpose=words.PURPOSES[file.purpose],
        **words.storage_form(forms),
    )


@routes.get(HOME + "/{file}/file", CUSTOMER_DOCUMENTS)
def download(request: Request) -> Response:
    """The way to a file that was accepted."""
    scope, file_id = request.customer_scope, request.params["file"]
    file = queries.own_file(scope, file_id)
    return see_other_external(queries.own_file_link(scope, file_id, file_name=words.download_name(file)))


@routes.get(HOME + "/{file}/thumbnail", CUSTOMER_DOCUMENTS)
def thumbnail(request: Request) -> Response:
    """The way to the small picture of one."""
    scope = request.customer_scope
    return see_other_external(queries.thumbnail_link(scope, queries.own_file(scope, request.params["file"])))


def _account_name(request: Request) -> str:
    try:
        return account_view(request, RowQuery(), snapshot_ref=None).facts.name
    except NoFiguresError:
        return ""


def _privacy(request: Request) -> str:
    """The dealer's privacy statement, below the form; empty where it has none."""
    if request.dealer is None or request.dealer.texts.privacy is None:
        return ""
    try:
        return wording.statement(request.customer_scope, Statement.PRIVACY)
    except NotFoundError:  # taken away since the settings were read
        return ""


def _page(request: Request, *, status: int = 200, errors: Mapping[str, str] | None = None) -> Response:
    scope = request.customer_scope
    files, asked = queries.sent_files(scope), document_requests.own_requests(scope)
    sent = whole_number(request.query.get("sent", "")) or 0
    return page(
        request,
        "customer/documents.html",
        privacy=_privacy(request),
        status=status,
        files=files,
        sent=sent,
        refused=words.refused(files[:sent]),
        wanted=words.asked_again([file for file in files if not file.request_id]),
        asked=own_requests(asked, files, request.fmt, request.fmt.today(request.now)),
        watched=words.is_watched(files, request.now),
        sendable=[file.file_id for file in files if file.can_be_sent(scope.person_id, request.now)],
        purposes=list(words.PURPOSES.items()),
        words=words,
        chosen=request.form.get("purpose", "") or request.query.get("request", ""),
        note_text=request.form.get("note", ""),
        errors=errors or {},
        max_bytes=MAX_BYTES,
        max_note=operations.MAX_TEXT,
        **shared_with_customer(request),
    )
