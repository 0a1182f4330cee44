"""One transaction of an account for staff: how it stands, who of the customer has opened it, and its e-invoice."""

from typing import Any
from urllib.parse import parse_qsl

from chalice.app import Response

from chalicelib.customers import queries as customers
from chalicelib.customers.queries import StaffAccount
from chalicelib.disputes.queries import dispute_of_row
from chalicelib.downloads.limits import one_download
from chalicelib.http.access import STAFF
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect, see_other_external
from chalicelib.http.routing import Routes
from chalicelib.kernel.keys import from_link_part
from chalicelib.ledger import queries as ledger
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.row import Row
from chalicelib.ledger.viewed.model import is_noted
from chalicelib.ledger.viewed.queries import viewings_of
from chalicelib.web.customer.account_page import list_query
from chalicelib.web.einvoice_files import EINVOICED, Form, IncompleteError, built, einvoice_file
from chalicelib.web.presenters.disputes import agreed_credit
from chalicelib.web.presenters.einvoices import for_staff
from chalicelib.web.presenters.invoice import details, events, title_of
from chalicelib.web.presenters.invoice_page import standing
from chalicelib.web.presenters.transactions import RowFormatter, account_header
from chalicelib.web.presenters.viewings import ViewerLine, viewer_lines
from chalicelib.web.staff.staff_freshness import staff_freshness

routes = Routes(__name__)

HERE = "/staff/accounts/{account}/transactions/{kind}/{transaction}"


@routes.get(HERE, STAFF)
def transaction(request: Request) -> Response:
    """Its page."""
    found, view, row = _find(request)
    scope, formatter = request.dealer_scope, RowFormatter.of(view, request.fmt)
    made = built(scope, view, row) if row.type in EINVOICED else None
    account_link = f"/staff/accounts/{request.params['account']}"
    listed = list_query(dict(parse_qsl(request.query.get("list", ""))))
    return page(
        request,
        "staff/account_transaction.html",
        entry=found.row.entry,
        account_link=account_link,
        back=f"{account_link}/transactions{'?' if listed else ''}{listed}",
        title=title_of(row),
        standing=standing(view, formatter, row),
        details=details(view, formatter, row),
        events=events(view, row),
        link=f"{request.path}/e-invoice.{{}}?on={row.transaction_date}",
        viewers=_viewers(request, found, row),
        **_dispute(request, found, view, row),
        missing=for_staff(made.gaps, is_admin=scope.is_admin) if made else None,
        missing_for_peppol=for_staff(made.peppol_gaps, is_admin=scope.is_admin) if made else None,
        **account_header(view, formatter) | {"fresh": staff_freshness(request, found.published)},
    )


def _dispute(request: Request, found: StaffAccount, view: AccountView, row: Row) -> dict[str, Any]:
    """The dispute that is open over it, or the credit that ended the newest."""
    ref, agreed = found.row.entry.ref, None
    if row.outstanding > 0 and not view.rules.is_disputed(row):
        agreed = agreed_credit(dispute_of_row(request.dealer_scope, ref, row.key, era=found.era), request.fmt)
    return {"agreed": agreed, "disputes_link": f"/staff/disputes/{request.params['account']}"}


def _viewers(request: Request, found: StaffAccount, row: Row) -> list[ViewerLine] | None:
    """Who of the customer's people has opened it; None where that is not known of such a row."""
    scope, today = request.dealer_scope, request.fmt.today(request.now)
    if not is_noted(row, today=today):
        return None
    viewings = viewings_of(scope, found.row.entry.ref, [row], era=found.era, today=today)
    return viewer_lines(viewings.of(row), request.fmt)


@routes.get(f"{HERE}/e-invoice.xml", STAFF)
def ubl(request: Request) -> Response:
    """The UBL; the transaction's page says what is missing where there is none."""
    return _download(request, Form.UBL)


@routes.get(f"{HERE}/e-invoice.pdf", STAFF)
def facturx(request: Request) -> Response:
    """The PDF that carries its e-invoice."""
    return _download(request, Form.FACTURX)


def _download(request: Request, form: Form) -> Response:
    _found, view, row = _find(request)
    try:
        with one_download(request.dealer_scope, now=request.now):
            return see_other_external(einvoice_file(request.dealer_scope, view, row, form, request.fmt).url)
    except IncompleteError:
        return redirect(f"{request.path.removesuffix(f'/e-invoice.{form}')}?on={row.transaction_date}#e-invoice")


def _find(request: Request) -> tuple[StaffAccount, AccountView, Row]:
    """The account and its row. Raises NotFoundError."""
    scope, ref = request.dealer_scope, from_link_part(request.params["account"])
    found = customers.staff_account(scope, ref)
    key = request.params["kind"], from_link_part(request.params["transaction"])
    view = ledger.account_view(scope, ref=ref, now=request.now, published=found.published, era=found.era)
    return found, view, ledger.transaction_row(scope, head=view.head, key=key, on=request.query.get("on"))
