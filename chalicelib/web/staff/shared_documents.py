"""Documents that staff share with an account's customer: sent, shown or hidden, renamed, deleted."""

from collections.abc import Mapping

from chalice.app import Response

from chalicelib.customers import queries as customers
from chalicelib.customers.queries import StaffAccount
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.staff import queries as staff
from chalicelib.http.access import STAFF_DOCUMENTS
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect, see_other_external
from chalicelib.http.routing import Routes
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import from_link_part
from chalicelib.kernel.whole_numbers import whole_number
from chalicelib.uploads import operations, shared_queries, sharing
from chalicelib.uploads.model import MAX_BYTES
from chalicelib.uploads.queries import file_link, thumbnail_link
from chalicelib.uploads.shared_file import SharedFile
from chalicelib.uploads.sharing import NewDocument
from chalicelib.web.presenters import files as file_words
from chalicelib.web.presenters import shared_documents as words
from chalicelib.web.staff.confirm import confirm_page

routes = Routes(__name__)

HOME = "/staff/accounts/{account}/documents"
DOCUMENT = HOME + "/{document}"


@routes.get(HOME, STAFF_DOCUMENTS)
def documents(request: Request) -> Response:
    """What is shared, and the form. The storage, or the script, comes back here with `sent`, a number of files."""
    return _list_page(request)


@routes.post(HOME, STAFF_DOCUMENTS)
def begin(request: Request) -> Response:
    """Announce one document; its own page has the form that takes it to the storage. The script knows its `name`."""
    scope, found = request.dealer_scope, _account(request)
    form = request.form
    try:
        # Nobody may be given what somebody else is meant to get.
        if _in_doubt(found) or form.get("era", "") != found.era:
            raise ConflictError(sharing.OF_ANOTHER_CUSTOMER)
        file = sharing.begin_document(
            scope,
            NewDocument(
                title=form.get("title", ""),
                kind=form.get("kind", ""),
                note=form.get("note", ""),
                name=form.get("name", ""),
                visible=form.get("visible") == "yes",
            ),
            account_ref=found.row.entry.ref,
            era=found.era,
            maximum=dealers.dealer(scope).daily_files,
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        if request.htmx:  # the script, which shows the message beside the file
            raise
        return _list_page(request, status=422, errors=error.fields)
    return redirect(f"{request.path}/{file.file_id}/send")


@routes.get(DOCUMENT + "/send", STAFF_DOCUMENTS)
def send(request: Request) -> Response:
    """The form that takes an announced document to the storage, which sends the browser back. The script reads it."""
    scope, file, back = request.dealer_scope, _file(request), _home(request)
    if not file.can_be_sent(scope.person_id, request.now):
        return redirect(back)
    success = f"{request.services.settings.base_url}{back}?sent=1"
    forms = operations.file_forms(scope, file, success_url=success)
    return page(
        request,
        "staff/send_shared_document.html",
        file=file,
        back=back,
        **file_words.storage_form(forms),
    )


@routes.get(DOCUMENT, STAFF_DOCUMENTS)
def document(request: Request) -> Response:
    """One document: what it is, whether the customer sees it, who has opened it."""
    return _document_page(request)


@routes.post(DOCUMENT, STAFF_DOCUMENTS)
def describe(request: Request) -> Response:
    """Another title, kind or note."""
    file, form = _file(request), request.form
    try:
        sharing.describe(
            request.dealer_scope,
            account_ref=file.account_ref,
            file_id=file.file_id,
            title=form.get("title", ""),
            kind=form.get("kind", ""),
            note=form.get("note", ""),
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        return _document_page(request, status=422, errors=error.fields)
    return redirect(request.path, flash=_("Changes saved"))


@routes.post(DOCUMENT + "/visible", STAFF_DOCUMENTS)
def set_visibility(request: Request) -> Response:
    """Show it to the customer, or hide it. Answers htmx with the switch as it is now."""
    scope, file = request.dealer_scope, _file(request)
    visible = request.form.get("visible") == "yes"
    try:
        changed = sharing.set_visibility(
            scope,
            account_ref=file.account_ref,
            file_id=file.file_id,
            visible=visible,
            now=request.now,
            ids=request.services.ids,
        )
    except ConflictError as error:
        if request.htmx:
            raise
        return redirect(_home(request), flash=error.message, failed=True)
    if request.htmx:
        return page(request, "staff/parts/visibility_switch.html", file=changed, home=_home(request))
    return redirect(_back(request), flash=_flash(changed))


@routes.get(DOCUMENT + "/delete", STAFF_DOCUMENTS)
def ask(request: Request) -> Response:
    """Asks whether it is to be deleted."""
    file = _file(request)
    if not file.can_be_deleted:
        return redirect(_home(request), flash=str(sharing.BEING_CHECKED), failed=True)
    text = _("The customer can no longer see it. This cannot be undone.")
    return confirm_page(
        request, _("Delete %(title)s?", title=file.title), text, _("Delete the document"), back=_home(request)
    )


@routes.post(DOCUMENT + "/delete", STAFF_DOCUMENTS)
def delete(request: Request) -> Response:
    """Delete it, with its content."""
    scope, file = request.dealer_scope, _file(request)
    try:
        sharing.delete_document(
            scope, account_ref=file.account_ref, file_id=file.file_id, now=request.now, ids=request.services.ids
        )
    except ConflictError as error:
        return redirect(_home(request), flash=error.message, failed=True)
    request.services.notify_outbox(scope, at_once=True)
    return redirect(_home(request), flash=_("%(title)s is deleted", title=file.title))


@routes.get(DOCUMENT + "/file", STAFF_DOCUMENTS)
def download(request: Request) -> Response:
    """The way to the file itself."""
    file = _file(request)
    return see_other_external(file_link(request.dealer_scope, file, file_name=words.download_name(file)))


@routes.get(DOCUMENT + "/thumbnail", STAFF_DOCUMENTS)
def thumbnail(request: Request) -> Response:
    """The way to the small picture of one."""
    return see_other_external(thumbnail_link(request.dealer_scope, _file(request)))


def _list_page(request: Request, *, status: int = 200, errors: Mapping[str, str] | None = None) -> Response:
    scope, found = request.dealer_scope, _account(request)
    files = shared_queries.documents(scope, found.row.entry.ref)
    shown = words.documents_page(files, request.query)
    return page(
        request,
        "staff/shared_documents.html",
        status=status,
        found=found,
        in_doubt=_in_doubt(found),
        back=f"/staff/accounts/{request.params['account']}",
        home=_home(request),
        shown=shown,
        there=words.kinds_of(files),
        kinds=list(words.KINDS.items()),
        words=words,
        file_words=file_words,
        people=len(found.users),
        watched=file_words.is_watched(files, request.now),
        sendable={file.file_id for file in files if file.can_be_sent(scope.person_id, request.now)},
        sent=whole_number(request.query.get("sent", "")) or 0,
        form={name: request.form.get(name, "") for name in ("title", "kind", "note", "visible")},
        errors=errors or {},
        max_bytes=MAX_BYTES,
        max_title=sharing.MAX_TITLE,
        max_note=operations.MAX_TEXT,
    )


def _document_page(request: Request, *, status: int = 200, errors: Mapping[str, str] | None = None) -> Response:
    scope, found, file = request.dealer_scope, _account(request), _file(request)
    people = {user.person_id: user.email for user in customers.people_of_account(scope, file.account_ref, file.era)}
    somebody = _("somebody who no longer has access")
    return page(
        request,
        "staff/shared_document.html",
        status=status,
        found=found,
        file=file,
        home=_home(request),
        back=f"/staff/accounts/{request.params['account']}",
        sender=staff.emails(scope).get(file.sent_by, _("a former colleague")),
        opened=[
            (people.get(person, somebody), at) for person, at in sorted(file.opened.items(), key=lambda one: one[1])
        ],
        is_former=found.era != file.era,
        kinds=list(words.KINDS.items()),
        words=words,
        file_words=file_words,
        form={"title": file.title, "kind": file.document_kind.value, "note": file.note} | request.form,
        errors=errors or {},
        max_title=sharing.MAX_TITLE,
        max_note=operations.MAX_TEXT,
    )


def _flash(file: SharedFile) -> str:
    if file.is_shown:
        return _("The customer can see %(title)s now", title=file.title)
    if file.is_visible:
        return _("The customer can see %(title)s as soon as it is checked", title=file.title)
    return _("The customer can no longer see %(title)s", title=file.title)


def _back(request: Request) -> str:
    """The page of the document, where the switch was there, or the list."""
    own = request.path.removesuffix("/visible")
    return own if request.form.get("back") == own else _home(request)


def _home(request: Request) -> str:
    return f"/staff/accounts/{request.params['account']}/documents"


def _in_doubt(found: StaffAccount) -> bool:
    """Whether it is not decided whose the number is."""
    return found.owner_in_doubt or found.begins_anew


def _account(request: Request) -> StaffAccount:
    return customers.staff_account(request.dealer_scope, from_link_part(request.params["account"]))


def _file(request: Request) -> SharedFile:
    return shared_queries.document(
        request.dealer_scope,
        account_ref=from_link_part(request.params["account"]),
        file_id=request.params["document"],
    )
