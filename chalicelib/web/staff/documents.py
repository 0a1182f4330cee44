"""Documents received: files that customers sent, once they are checked; staff fetch them, and may ask for another."""

from chalice.app import Response

from chalicelib.customers import queries as customers
from chalicelib.customers.document_reviews import review_document
from chalicelib.customers.enrolment.queries import current_era
from chalicelib.dealers.staff import queries as staff
from chalicelib.feed import queries as feed
from chalicelib.http.access import STAFF_DOCUMENTS
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect, see_other_external
from chalicelib.http.routing import Routes
from chalicelib.kernel.errors import InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import from_link_part, is_portal_customer, link_part
from chalicelib.uploads import operations, queries
from chalicelib.uploads.document_requests import queries as document_requests
from chalicelib.uploads.model import Review, SentFile
from chalicelib.web.presenters import files as words

routes = Routes(__name__)

HOME = "/staff/documents"
FILE = HOME + "/{account}/{file}"


@routes.get(HOME, STAFF_DOCUMENTS)
def documents(request: Request) -> Response:
    """Newest first; `after` is where the page before ended."""
    scope, after = request.dealer_scope, request.query.get("after", "")
    found = queries.received_files(scope, now=request.now, before=after)
    return page(
        request,
        "staff/documents.html",
        found=found,
        first=not after,
        names=customers.account_names(scope, {file.account_ref for file in found.files}),
        account=_account,
        account_link=_account_link,
        link_part=link_part,
        words=words,
        items=feed.items(scope, [file.file_id for file in found.files if file.in_feed]),
        titles=document_requests.titles(scope, found.files),
    )


@routes.get(FILE, STAFF_DOCUMENTS)
def document(request: Request) -> Response:
    """One file: who sent it, what it is, and what staff said of it."""
    return _page(request, _file(request))


@routes.post(FILE, STAFF_DOCUMENTS)
def review(request: Request) -> Response:
    """Say that it is dealt with, or ask for it again with a reason that its sender reads."""
    file = _file(request)
    try:
        done, notified = review_document(
            request.dealer_scope,
            account_ref=file.account_ref,
            file_id=file.file_id,
            review=_review(request.form.get("review", "")),
            comment=request.form.get("comment", ""),
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        return _page(request, file, status=422, errors=error.fields)
    if done.review is not Review.ASKED_AGAIN:
        return redirect(HOME, flash=_("The document is marked as dealt with."))
    request.services.notify_outbox(request.dealer_scope)
    if notified:
        return redirect(HOME, flash=_("The customer gets an email with your reason."))
    return redirect(HOME, flash=_("Nobody can log in for this account now, so nobody was notified."))


def _review(text: str) -> Review:
    if text not in set(Review):
        message = _("Choose an outcome")
        raise InvalidError(message, {"comment": message})
    return Review(text)


@routes.get(FILE + "/file", STAFF_DOCUMENTS)
def download(request: Request) -> Response:
    """The way to the file itself."""
    file = _file(request)
    link = queries.file_link(request.dealer_scope, file, file_name=words.download_name(file))
    return see_other_external(link)


@routes.get(FILE + "/thumbnail", STAFF_DOCUMENTS)
def thumbnail(request: Request) -> Response:
    """The way to the small picture of one."""
    return see_other_external(queries.thumbnail_link(request.dealer_scope, _file(request)))


def _page(request: Request, file: SentFile, *, status: int = 200, errors: dict[str, str] | None = None) -> Response:
    scope, ref = request.dealer_scope, file.account_ref
    emails = staff.emails(scope)
    user = customers.user_of_account(scope, ref, file.sent_by)
    return page(
        request,
        "staff/document.html",
        status=status,
        file=file,
        account=_account(file),
        account_link=_account_link(file),
        name=customers.account_names(scope, [ref]).get(ref, ""),
        sender=user.email if user else "",
        is_former=current_era(scope, ref) != file.era,
        reviewer=emails.get(file.reviewed_by or "", _("a former colleague")),
        words=words,
        link=link_part(ref),
        item=feed.item(scope, file.file_id) if file.in_feed else None,
        asked=document_requests.request_of_file(scope, ref, file.request_id),
        errors=errors or {},
        comment=request.form.get("comment", ""),
        max_note=operations.MAX_TEXT,
    )


def _account(file: SentFile) -> str:
    if is_portal_customer(file.account_ref):
        return _("A customer added in the portal")
    return _("Account %(account)s", account=file.account_ref)


def _account_link(file: SentFile) -> str:
    """The account's page; empty for a customer whom no export names."""
    return "" if is_portal_customer(file.account_ref) else f"/staff/accounts/{link_part(file.account_ref)}"


def _file(request: Request) -> SentFile:
    try:
        ref = from_link_part(request.params["account"])
        return queries.received_file(request.dealer_scope, account_ref=ref, file_id=request.params["file"])
    except ValueError:  # no account can be called so
        raise NotFoundError from None
