"""What the link of a document opens that was sent on: the one document, for anybody who has the link."""

from collections.abc import Callable, Mapping

from chalice.app import Response

from chalicelib.dealers import queries as dealers
from chalicelib.forwarding import operations, queries
from chalicelib.forwarding.model import STATEMENT
from chalicelib.forwarding.queries import OpenedForward
from chalicelib.http.access import VISITOR
from chalicelib.http.request import Request
from chalicelib.http.responses import page, see_other_external
from chalicelib.http.routing import Routes
from chalicelib.identity import rate_limits
from chalicelib.kernel import i18n
from chalicelib.kernel.clock import local_date
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import IdentityScope, PublicScope
from chalicelib.ledger import queries as ledger
from chalicelib.ledger.account_view import NoFiguresError
from chalicelib.ledger.row import Row, TransactionType
from chalicelib.ledger.viewed import operations as viewed
from chalicelib.ledger.viewed.model import Viewer
from chalicelib.observability import Refusal, refused
from chalicelib.rendering.format import formats
from chalicelib.web.customer.statement_pdf import statement_link
from chalicelib.web.presenters import forwards as words
from chalicelib.web.transaction_pdf import pdf_link

routes = Routes(__name__)

Document = tuple[str, Row | None]
"""The way to a document for a minute, and the row that it is of, if it is of one."""


@routes.get("/f/{token}", VISITOR)
def forwarded(request: Request) -> Response:
    """Who sent which document. Looking counts for nothing: programs that scan mail open links."""
    try:
        found = _opened(request)
    except NotFoundError:
        return _ended(request)
    dealer = dealers.public_dealer(PublicScope(found.dealer.dealer_id))
    return page(
        request,
        "public/forwarded.html",
        dealer=dealer,
        fmt=formats(dealer.locale, dealer.time_zone, dealer.currency),
        forward=found.forward,
        title=words.title(found.forward.document),
        sender=words.sender(found.forward),
    )


@routes.post("/f/{token}", VISITOR)
def open_document(request: Request) -> Response:
    """Somebody has pressed the button: that is a view. To the PDF; `save` to keep it."""
    attempts = rate_limits.address_attempts(rate_limits.LINK_ADDRESS, request.address)
    rate_limits.consume(IdentityScope(), attempts, now=request.now)
    try:
        found = _opened(request)
        link, row = _DOCUMENTS[found.forward.document.kind](request, found)
    except (NotFoundError, NoFiguresError):
        return _ended(request)
    # Tested control: forward-views-by-post
    operations.note_view(
        found.scope,
        ref=found.forward.account_ref,
        forward_id=found.forward.forward_id,
        now=request.now,
        ids=request.services.ids,
    )
    if row:
        _note_view(request, found, row)
    return see_other_external(link)


def _note_view(request: Request, found: OpenedForward, row: Row) -> None:
    """Staff see that it was opened by whom it was sent on to; to its sender nothing changes."""
    viewed.note_views(
        found.scope,
        ref=found.forward.account_ref,
        rows=[row],
        viewer=Viewer.recipient(found.forward.forward_id, found.forward.email),
        today=local_date(request.now, found.dealer.time_zone),
        now=request.now,
    )


def _transaction(request: Request, found: OpenedForward) -> Document:
    document, dealer = found.forward.document, found.dealer
    key = document.kind, document.document_id
    view, row = ledger.transaction_view(
        found.scope, ref=found.forward.account_ref, now=request.now, key=key, on=document.on
    )
    fmt = formats(dealer.locale, dealer.time_zone, dealer.currency)
    return pdf_link(found.scope, view, row, fmt, save="save" in request.form), row


def _statement(request: Request, found: OpenedForward) -> Document:
    dealer = found.dealer
    link = statement_link(
        found.scope,
        ref=found.forward.account_ref,
        name=found.forward.document.document_id,
        now=request.now,
        fmt=formats(dealer.locale, dealer.time_zone, dealer.currency),
        time_zone=dealer.time_zone,
        save="save" in request.form,
    )
    return link, None


_DOCUMENTS: Mapping[str, Callable[[Request, OpenedForward], Document]] = {
    **{kind.value: _transaction for kind in TransactionType},
    STATEMENT: _statement,
}
"""By its kind. Each raises NotFoundError where the document is there no more."""


def _opened(request: Request) -> OpenedForward:
    found = queries.opened(request.params["token"], now=request.now)
    i18n.activate(found.dealer.locale)
    return found


def _ended(request: Request) -> Response:
    refused(Refusal.LINK, address=request.address)
    return page(request, "public/forward_ended.html", status=404)
