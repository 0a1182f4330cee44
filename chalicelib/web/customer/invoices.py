"""One transaction: what it is, what is owed on it, and its document, stored by the dealer or drawn from its lines."""

from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from chalice.app import Response

from chalicelib.disputes.queries import dispute_of_row
from chalicelib.http.access import CUSTOMER_INVOICES
from chalicelib.http.request import Request
from chalicelib.http.responses import page, see_other_external
from chalicelib.http.routing import Routes
from chalicelib.kernel.areas import Area
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import from_link_part
from chalicelib.kernel.standing import Standing
from chalicelib.ledger import queries
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.queries import allocations_of
from chalicelib.ledger.row import Row
from chalicelib.ledger.row_query import page_of
from chalicelib.ledger.status import LedgerTab
from chalicelib.messages import queries as messages
from chalicelib.web.customer.account_page import GROUP, account_ref, account_view, accounts_of, list_address, row_query
from chalicelib.web.einvoice_files import EINVOICED
from chalicelib.web.presenters.disputes import AgreedCredit, agreed_credit
from chalicelib.web.presenters.invoice import details, events, title_of
from chalicelib.web.presenters.invoice_page import page_lines, settled_by, standing
from chalicelib.web.presenters.transactions import RowFormatter, account_header, document_state, row_link, row_value
from chalicelib.web.transaction_pdf import invoice_lines, pdf_link
from chalicelib.web.viewing import note_view

routes = Routes(__name__)


@routes.get("/invoices/{account}/{kind}/{transaction}", CUSTOMER_INVOICES)
def invoice(request: Request) -> Response:
    """Its page, with its lines for screens too small for the PDF; for the list's script, a dialog."""
    view, row = find_row(request, of_group=True)
    note_view(request, view, row)
    formatter, is_own = RowFormatter.of(view, request.fmt), view.ref == account_ref(request)
    return page(
        request,
        "customer/invoice_overlay.html" if request.htmx else "customer/invoice.html",
        **invoice_context(view, formatter, row, is_own=is_own)
        | {"asks": is_own or messages.has_group(request.customer_scope)}
        | {"settled_by": settled_by(formatter, row, allocations_of(request.customer_scope, head=view.head, row=row))}
        | {"agreed": _agreed(request, view, row)},
        lines=[] if request.htmx else page_lines(formatter, invoice_lines(request.customer_scope, view, row) or []),
        back=_back(request, view, is_own=is_own),
        adjacent=AdjacentPages() if request.htmx else _adjacent_pages(request, view, row),
        link=f"{request.path}/pdf?on={row.transaction_date}",
        viewer_link=f"{request.path}/view?{_place(request, row)}",
    )


@routes.get("/invoices/{account}/{kind}/{transaction}/view", CUSTOMER_INVOICES)
def document_viewer(request: Request) -> Response:
    """Its PDF in the portal's viewer, at an address that can be reloaded, as the signed one of the file cannot."""
    view, row = find_row(request, of_group=True)
    if document_state(row) not in {"ready", "drawn"}:
        raise NotFoundError(_("The PDF has not arrived yet"))
    note_view(request, view, row)
    own_page = request.path.removesuffix("/view")
    return page(
        request,
        "customer/invoice_document.html",
        title=title_of(row),
        link=f"{own_page}/pdf?on={row.transaction_date}",
        back=f"{own_page}?{_place(request, row)}",
    )


@routes.get("/invoices/{account}/{kind}/{transaction}/pdf", CUSTOMER_INVOICES)
def pdf(request: Request) -> Response:
    """The way to its PDF, for a minute; `save` to keep it. Raises NotFoundError where there is no file and no line."""
    view, row = find_row(request, of_group=True)
    if request.method == "HEAD":  # nothing is drawn and stored that is not fetched
        return Response(b"", {"Content-Type": "application/pdf"})
    link = pdf_link(request.customer_scope, view, row, request.fmt, save="save" in request.query)
    note_view(request, view, row)
    return see_other_external(link)


def invoice_context(view: AccountView, formatter: RowFormatter, row: Row, *, is_own: bool = True) -> dict[str, Any]:
    """What the page says of the row, besides where it leads. `is_own`: it is of the current account."""
    return {
        "is_own": is_own,
        "asks": True,
        **account_header(view, formatter),
        "row": row,
        "title": title_of(row),
        "standing": standing(view, formatter, row),
        "saving": view.rules.saving([row]),
        "details": details(view, formatter, row),
        "events": events(view, row),
        "settled_by": None,
        "agreed": None,
        "document": document_state(row),
        "einvoice_link": row_link(view.ref, row).replace("?", "/e-invoice?", 1)
        if row.lines and row.type in EINVOICED
        else "",
        "ask_link": row_link(view.ref, row).replace("?", "/ask?", 1),
        "proof_link": f"/proof?{urlencode(_proof(row))}" if row.outstanding and is_own else "",
        "send_link": row_link(view.ref, row).replace("?", "/send-on?", 1),
    }


def _back(request: Request, view: AccountView, *, is_own: bool) -> str:
    """The list that the page was reached from, else that of its account."""
    listed = request.query.get("list", "")
    return list_address(listed) if listed or is_own else f"{GROUP}?{urlencode({'account': view.ref})}"


def _agreed(request: Request, view: AccountView, row: Row) -> AgreedCredit | None:
    """The credit that ended its dispute, as long as something is outstanding on it."""
    scope = request.customer_scope
    if row.outstanding <= 0 or view.rules.is_disputed(row) or Area.DISPUTES not in scope.areas:
        return None
    return agreed_credit(dispute_of_row(scope, view.ref, row.key, era=scope.eras.get(view.ref, "")), request.fmt)


def _proof(row: Row) -> dict[str, str]:
    """The query that opens what is behind the row's outstanding amount."""
    return {"row": row_value(row), "on": row.transaction_date}


def _place(request: Request, row: Row) -> str:
    """The query that an invoice's pages hand on: its date, and the list it was reached from."""
    query = {"on": row.transaction_date, "list": request.query.get("list", "")}
    return urlencode({name: value for name, value in query.items() if value})


class AdjacentPages(NamedTuple):
    """The pages before and after one in its list, empty where there is none."""

    previous: str = ""
    next: str = ""


def _adjacent_pages(request: Request, view: AccountView, row: Row) -> AdjacentPages:
    """Those of the row in the list that its page was reached from."""
    origin = request.query.get("list", "")
    asked = dict(parse_qsl(origin))
    if view.ref != account_ref(request) or asked.get("group"):  # the list of a group is not read for it
        return AdjacentPages()
    query = row_query(asked, request.fmt.locale)
    if query.status is LedgerTab.CURRENT:  # nothing more is read for it
        rows = page_of(view.open_rows, query, view.rules).rows
    else:
        rows = account_view(request, query, snapshot_ref=None).page.rows
    at = next((place for place, other in enumerate(rows) if other.key == row.key), None)
    if at is None:
        return AdjacentPages()
    kept = f"&{urlencode({'list': origin})}" if origin else ""
    around = rows[at - 1] if at else None, rows[at + 1] if at + 1 < len(rows) else None
    return AdjacentPages(*(f"{row_link(view.ref, other)}{kept}" if other else "" for other in around))


def find_row(request: Request, *, of_group: bool = False) -> tuple[AccountView, Row]:
    """The row, if the address names the current account, or with `of_group` another that it is the master of.

    Raises NotFoundError.
    """
    own, asked = account_ref(request), from_link_part(request.params["account"])
    ref = asked if of_group and asked in accounts_of(request.customer_scope) else own
    if ref is None or ref != asked:
        raise NotFoundError
    key = request.params["kind"], from_link_part(request.params["transaction"])
    view, row = queries.transaction_view(
        request.customer_scope, ref=ref, now=request.now, key=key, on=request.query.get("on")
    )
    # Tested control: row-of-open-account
    if ref != own and view.facts.standing(archived=view.head.archived) is Standing.NONE:
        raise NotFoundError
    return view, row
