"""Document requests: what customers have still to send, and what came of it. Staff ask for more, and cancel."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from chalice.app import Response

from chalicelib.customers import document_requests as requests
from chalicelib.customers.customer_search import find_customers
from chalicelib.customers.enrolment.operations import account
from chalicelib.dealers.staff import queries as staff
from chalicelib.http.access import STAFF_DOCUMENTS
from chalicelib.http.idempotency import once
from chalicelib.http.request import Request
from chalicelib.http.responses import is_local_path, page, redirect
from chalicelib.http.routing import Routes
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import from_link_part, is_portal_customer, link_part
from chalicelib.store.form_results import FormResult
from chalicelib.uploads.document_requests import operations
from chalicelib.uploads.document_requests.model import MAX_AHEAD, MAX_TITLE, MAX_WANTED, MAX_WORDS
from chalicelib.web.presenters.document_requests import staff_request
from chalicelib.web.presenters.files import PURPOSES

routes = Routes(__name__)

HOME = "/staff/document-requests"
CUSTOMERS_SHOWN = 20
MAX_SEARCH_LENGTH = 100
_TIME_GIVEN = timedelta(days=14)
"""The day that the form proposes."""


@routes.get(HOME, STAFF_DOCUMENTS)
def document_requests(request: Request) -> Response:
    """All that customers were asked for, newest first; `after` is where the page before ended."""
    scope, after = request.dealer_scope, request.query.get("after", "")
    found = requests.made_requests(scope, now=request.now, before=after)
    emails, today = staff.emails(scope), request.fmt.today(request.now)
    return page(
        request,
        "staff/document_requests.html",
        lines=[staff_request(one, emails, today) for one in found.requests],
        older=found.older,
        first=not after,
    )


@routes.get(f"{HOME}/new", STAFF_DOCUMENTS)
def form(request: Request) -> Response:
    """The form for `account`. Without one, customers to choose from: those that `q` finds."""
    ref = _ref_of_link(request.query)
    return _form(request, ref, {}) if ref else _choose(request)


@routes.post(f"{HOME}/new", STAFF_DOCUMENTS)
def ask(request: Request) -> Response:
    """Ask for it. The same form sent again counts once."""
    ref = _ref_of_link(request.form)
    if not ref:
        return redirect(f"{HOME}/new", flash=_("Choose a customer first"), failed=True)
    try:
        return once(request, lambda: _ask(request, ref))
    except InvalidError as error:
        return _form(request, ref, error.fields, status=422, message="" if error.fields else error.message)


@routes.post(f"{HOME}/cancel", STAFF_DOCUMENTS)
def cancel(request: Request) -> Response:
    """It is not needed any more."""
    back = request.form.get("back", HOME)
    back = back if is_local_path(back) else HOME
    ref = _ref_of_link(request.form)
    if not ref:
        raise NotFoundError
    try:
        operations.cancel(
            request.dealer_scope,
            account_ref=ref,
            request_id=request.form.get("request", ""),
            now=request.now,
            ids=request.services.ids,
        )
    except ConflictError as error:  # a page from before
        return redirect(back, flash=error.message, failed=True)
    return redirect(back, flash=_("Cancelled. It no longer shows for the customer."))


def _ask(request: Request, ref: str) -> FormResult:
    scope = request.dealer_scope
    made = requests.ask_for_document(
        scope, account_ref=ref, fields=request.form, now=request.now, ids=request.services.ids
    )
    request.services.notify_outbox(scope)
    back = HOME if is_portal_customer(ref) else f"/staff/accounts/{link_part(ref)}#asked-for"
    return FormResult(back, _("Requested: %(title)s. The customer gets an email.", title=made.title))


def _choose(request: Request) -> Response:
    text = request.query.get("q", "").strip()[:MAX_SEARCH_LENGTH]
    return page(
        request,
        "staff/choose_customer.html",
        q=text,
        found=find_customers(request.dealer_scope, text=text, limit=CUSTOMERS_SHOWN),
        is_portal_customer=is_portal_customer,
        link_part=link_part,
    )


def _form(request: Request, ref: str, errors: Mapping[str, str], *, status: int = 200, message: str = "") -> Response:
    today = request.fmt.today(request.now)
    return page(
        request,
        "staff/ask_for_document.html",
        status=status,
        errors=errors,
        message=message,
        link=link_part(ref),
        back=HOME if is_portal_customer(ref) else f"/staff/accounts/{link_part(ref)}",
        account=_account(request, ref),
        values=_values(request, today),
        purposes=list(PURPOSES.items()),
        first_day=today,
        last_day=today + MAX_AHEAD,
        max_title=MAX_TITLE,
        max_words=MAX_WORDS,
        max_wanted=MAX_WANTED,
    )


def _account(request: Request, ref: str) -> str:
    """What the customer is called. Raises NotFoundError for none of this dealer's."""
    entry = account(request.dealer_scope, ref)
    number = _("Added in the portal") if is_portal_customer(ref) else _("Account %(account)s", account=ref)
    return ", ".join(filter(None, (number, entry.name)))


def _values(request: Request, today: date) -> dict[str, Any]:
    """What the form shows: what was sent, or what it proposes."""
    proposed = {"wanted": "1", "due": (today + _TIME_GIVEN).isoformat()}
    return {name: request.form.get(name, proposed.get(name, "")) for name in _FIELDS}


_FIELDS = ("purpose", "title", "words", "wanted", "due")


def _ref_of_link(values: Mapping[str, str]) -> str:
    """The account that an address or a form names by its link; empty where it names none."""
    link = values.get("account", "")
    return from_link_part(link) if link else ""
