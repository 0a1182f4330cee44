"""A document is sent on by email to somebody without a login; what was sent on is listed, and can be ended."""

from collections.abc import Mapping
from typing import NamedTuple

from chalice.app import Response

from chalicelib.forwarding import operations, queries
from chalicelib.forwarding.model import LIFE, MAX_MESSAGE, ForwardedDocument, Letter, Sender
from chalicelib.http.access import CUSTOMER_INVOICES
from chalicelib.http.idempotency import once
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.kernel.errors import InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.profiles import queries as profiles
from chalicelib.store.form_results import FormResult
from chalicelib.web.customer.account_page import account_ref
from chalicelib.web.customer.invoices import find_row
from chalicelib.web.presenters import forwards as words
from chalicelib.web.presenters.transactions import document_state, row_link

routes = Routes(__name__)

HOME = "/sent-on"


class Sendable(NamedTuple):
    """A document that may be sent on, which the caller has read: whose, which, and the page that it is shown on.

    `action` is the form's own address, `home` the address and the name of the list that the document is in.
    """

    ref: str
    account_name: str
    document: ForwardedDocument
    back: str
    action: str
    home: tuple[str, str]


@routes.get("/invoices/{account}/{kind}/{transaction}/send-on", CUSTOMER_INVOICES)
def form(request: Request) -> Response:
    """To whom, and a short message."""
    return form_page(request, _transaction(request))


@routes.post("/invoices/{account}/{kind}/{transaction}/send-on", CUSTOMER_INVOICES)
def send(request: Request) -> Response:
    """Send it. The same form sent again counts once."""
    return send_document(request, _transaction(request))


@routes.get(HOME, CUSTOMER_INVOICES)
def sent_on(request: Request) -> Response:
    """All of the account, of any of its people, newest first."""
    scope, ref = request.customer_scope, account_ref(request)
    found = queries.forwards(scope, ref) if ref else []
    return page(
        request,
        "customer/sent_on.html",
        lines=[words.shown(one, request.now, scope.person_id) for one in found],
    )


@routes.post(f"{HOME}/{{forward}}/end", CUSTOMER_INVOICES)
def end(request: Request) -> Response:
    """Its link works no more."""
    ref = account_ref(request)
    if ref is None:
        raise NotFoundError
    found = operations.end(
        request.customer_scope,
        ref=ref,
        forward_id=request.params["forward"],
        now=request.now,
        ids=request.services.ids,
    )
    return redirect(HOME, flash=_("Revoked. The link sent to %(email)s no longer works.", email=found.email))


def form_page(
    request: Request, sendable: Sendable, *, status: int = 200, errors: Mapping[str, str] | None = None
) -> Response:
    """The form for any document."""
    own = request.own_session
    return page(
        request,
        "customer/send_on.html",
        status=status,
        errors=errors or {},
        title=words.title(sendable.document),
        back=sendable.back,
        form_action=sendable.action,
        home=sendable.home,
        to=request.form.get("to", ""),
        message=request.form.get("message", ""),
        max_message=MAX_MESSAGE,
        days=LIFE.days,
        sender_name=profiles.name_of(request.customer_scope, own.person_id),
        sender_email=own.email,
    )


def send_document(request: Request, sendable: Sendable) -> Response:
    """What the form was sent for."""
    try:
        return once(request, lambda: _send(request, sendable))
    except InvalidError as error:
        if not error.fields:
            raise
        return form_page(request, sendable, status=422, errors=error.fields)


def _send(request: Request, sendable: Sendable) -> FormResult:
    scope, own = request.customer_scope, request.own_session
    sent = operations.send(
        scope,
        ref=sendable.ref,
        account_name=sendable.account_name,
        document=sendable.document,
        letter=Letter(request.form.get("to", ""), request.form.get("message", "")),
        sender=Sender(profiles.name_of(scope, own.person_id), own.email),
        now=request.now,
        ids=request.services.ids,
    )
    request.services.notify_outbox(scope)
    return FormResult(
        HOME, _("Sent to %(email)s. The link works for 30 days, and you can end it here.", email=sent.email)
    )


def _transaction(request: Request) -> Sendable:
    view, row = find_row(request, of_group=True)
    if document_state(row) not in {"ready", "drawn"}:
        raise NotFoundError(_("The PDF has not arrived yet"))
    document = ForwardedDocument(
        kind=row.type, document_id=row.transaction_id, reference=row.reference, on=row.transaction_date
    )
    home = "/transactions", _("My Transactions")
    link = row_link(view.ref, row)
    return Sendable(view.ref, view.facts.name, document, link, link.replace("?", "/send-on?", 1), home)
