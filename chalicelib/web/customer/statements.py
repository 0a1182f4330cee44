"""Statements: what the account owed from one day to another, to read, to print and to keep."""

from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.dealers import queries as dealers
from chalicelib.downloads.model import DownloadFile, DownloadKind
from chalicelib.forwarding.model import STATEMENT, ForwardedDocument
from chalicelib.http.access import CUSTOMER_STATEMENTS
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect, see_other_external
from chalicelib.http.routing import Routes
from chalicelib.kernel import i18n
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.i18n import gettext
from chalicelib.kernel.keys import from_link_part
from chalicelib.kernel.scopes import CustomerScope
from chalicelib.ledger import queries as ledger
from chalicelib.ledger.account_view import NoFiguresError
from chalicelib.ledger.model import SnapshotExpiredError
from chalicelib.rendering.format import formats
from chalicelib.statements import queries as statements
from chalicelib.statements.monthly import ArchivedStatement
from chalicelib.statements.queries import AccountStatement
from chalicelib.web import file_responses, statement_files
from chalicelib.web.customer import send_on
from chalicelib.web.customer.account_page import account_choice, account_field, chosen_scope
from chalicelib.web.customer.send_on import Sendable
from chalicelib.web.customer.statement_page import asked_statement, sent_pdf, shown_statement, statement_context
from chalicelib.web.customer.statement_pdf import named, pdf_file
from chalicelib.web.customer.statement_query import OWN, StatementQuery
from chalicelib.web.customer.transactions import DOWNLOADS
from chalicelib.web.presenters.statements import in_words
from chalicelib.web.presenters.transactions import RowFormatter, account_header

routes = Routes(__name__)

HOME = "/statements"


@routes.get(HOME, CUSTOMER_STATEMENTS)
def statement(request: Request) -> Response:
    """One statement, of a month or of any days."""
    query, scope = asked_statement(request), chosen_scope(request)
    try:
        found, archived = _found(request, scope, query)
    except NoFiguresError as error:
        return page(request, "customer/no_figures.html", ref=scope.ledger_ref, published=error.published)
    except SnapshotExpiredError:
        return redirect(request.here())
    made = shown_statement(request, found, query, linked=True)
    return page(
        request,
        "customer/statement.html",
        status=422 if query.errors else 200,
        home=HOME,
        **account_header(found.view, made.formatter),
        **account_choice(request, scope),
        **statement_context(request, scope, query, made, archived, home=HOME, kept=account_field(request, scope)),
    )


@routes.get(f"{HOME}.pdf", CUSTOMER_STATEMENTS)
def pdf(request: Request) -> Response:
    """The statement, drawn."""
    return _file(request, DownloadKind.PDF)


@routes.get(f"{HOME}.csv", CUSTOMER_STATEMENTS)
def csv(request: Request) -> Response:
    """Its lines as CSV."""
    return _file(request, DownloadKind.CSV)


@routes.get(f"{HOME}.xlsx", CUSTOMER_STATEMENTS)
def xlsx(request: Request) -> Response:
    """Its lines as a workbook."""
    return _file(request, DownloadKind.XLSX)


@routes.get(f"{HOME}/send-on", CUSTOMER_STATEMENTS)
def send_on_form(request: Request) -> Response:
    """To whom the statement is sent, and a short message."""
    return send_on.form_page(request, _sendable(request))


@routes.post(f"{HOME}/send-on", CUSTOMER_STATEMENTS)
def send_on_statement(request: Request) -> Response:
    """Send it. The same form sent again counts once."""
    return send_on.send_document(request, _sendable(request))


def _sendable(request: Request) -> Sendable:
    """The statement that the address names, called as its recipient reads it: in the dealer's language."""
    query = asked_statement(request)
    if query.errors:
        raise NotFoundError
    scope = chosen_scope(request)
    found, _archived = _found(request, scope, query)
    dealer = found.view.dealer
    fmt = formats(dealer.locale, dealer.time_zone, dealer.currency)
    with i18n.activated(dealer.locale):
        period = in_words(RowFormatter.of(found.view, fmt), found.statement.period)
    pdf_file(scope, found, query, fmt)
    document = ForwardedDocument(
        kind=STATEMENT,
        document_id=named(query, found),
        reference=period,
        on=found.statement.period.last.isoformat(),
    )
    asked = _address(request, scope, query)
    return Sendable(
        found.view.ref,
        found.view.facts.name,
        document,
        f"{HOME}?{asked}",
        f"{HOME}/send-on?{asked}",
        (HOME, gettext("Statements")),
    )


@routes.get(f"{HOME}/sent/{{sent_statement}}/pdf", CUSTOMER_STATEMENTS)
def sent(request: Request) -> Response:
    """The PDF of a statement that the dealer's own system has made. Raises NotFoundError."""
    scope = chosen_scope(request)
    ref = scope.ledger_ref
    if ref is None:
        raise NotFoundError
    view = ledger.account_view(scope, ref=ref, now=request.now)
    return see_other_external(sent_pdf(scope, view, from_link_part(request.params["sent_statement"])))


def download_file(request: Request, kind: DownloadKind) -> DownloadFile:
    """The statement as a file. Raises NoFiguresError and SnapshotExpiredError."""
    query, scope = asked_statement(request), chosen_scope(request)
    found, _archived = _found(request, scope, query)
    return statement_files.statement_file(scope, shown_statement(request, found, query, linked=False), kind)


def _address(request: Request, scope: CustomerScope, query: StatementQuery) -> str:
    """The query of an address that asks for the same statement of the same account."""
    return urlencode([*account_field(request, scope).items(), *query.address()])


def _found(
    request: Request, scope: CustomerScope, query: StatementQuery
) -> tuple[AccountStatement, list[ArchivedStatement]]:
    ref = scope.ledger_ref
    if ref is None:
        raise NoFiguresError(dealers.published(scope))
    return statements.chosen_statement(
        scope, ref=ref, now=request.now, period=query.period, as_made=query.choice != OWN
    )


def _file(request: Request, kind: DownloadKind) -> Response:
    def make() -> Response:
        query, scope = asked_statement(request), chosen_scope(request)
        if query.errors:
            return redirect(f"{HOME}?{request.here().partition('?')[2]}")
        try:
            file = download_file(request, kind)
        except (NoFiguresError, SnapshotExpiredError):
            return redirect(HOME)
        address = f"{HOME}.{kind}?{_address(request, scope, query)}"
        return file_responses.deliver(request, request.customer_scope, file, DOWNLOADS, address=address)

    return file_responses.answer(request, request.customer_scope, kind, make)
