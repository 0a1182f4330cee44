"""The statements of an account as its customer has them, for staff to read and to send."""

from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.customers import queries as customers
from chalicelib.customers.queries import StaffAccount
from chalicelib.downloads.model import DownloadFile, DownloadKind
from chalicelib.http.access import STAFF
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect, see_other_external
from chalicelib.http.routing import Routes
from chalicelib.kernel.keys import from_link_part
from chalicelib.ledger import queries as ledger
from chalicelib.ledger.account_view import NoFiguresError
from chalicelib.ledger.model import SnapshotExpiredError
from chalicelib.statements import queries as statements
from chalicelib.statements.monthly import ArchivedStatement
from chalicelib.statements.queries import AccountStatement
from chalicelib.web import file_responses, statement_files
from chalicelib.web.customer.statement_page import asked_statement, sent_pdf, shown_statement, statement_context
from chalicelib.web.customer.statement_query import OWN, StatementQuery
from chalicelib.web.presenters.transactions import account_header
from chalicelib.web.staff.accounts import DOWNLOADS
from chalicelib.web.staff.staff_freshness import staff_freshness

routes = Routes(__name__)

PAGE = "/staff/accounts/{account}/statements"
FILES = "/staff/account-statements"
"""What a file is made again by in the background, with the account in its query."""


@routes.get(PAGE, STAFF)
def statement(request: Request) -> Response:
    """One statement, of a month or of any days. An account of another dealer is not found."""
    link = request.params["account"]
    account, query = _account(request, link), asked_statement(request)
    try:
        found, archived = _found(request, account, link, query)
    except NoFiguresError:
        return redirect(f"/staff/accounts/{link}")
    except SnapshotExpiredError:
        return redirect(request.here())
    made = shown_statement(request, found, query, linked=False)
    fresh = staff_freshness(request, account.published)
    return page(
        request,
        "staff/statement.html",
        status=422 if query.errors else 200,
        home=request.path,
        entry=account.row.entry,
        account_link=f"/staff/accounts/{link}",
        **account_header(found.view, made.formatter) | {"fresh": fresh},
        **statement_context(request, request.dealer_scope, query, made, archived, home=request.path),
    )


@routes.get(f"{PAGE}/pdf", STAFF)
def pdf(request: Request) -> Response:
    """The statement, drawn."""
    return _file(request, DownloadKind.PDF)


@routes.get(f"{PAGE}/sent/{{sent_statement}}/pdf", STAFF)
def sent(request: Request) -> Response:
    """The PDF of a statement that the dealer's own system has made. Raises NotFoundError."""
    account = _account(request, request.params["account"])
    view = ledger.account_view(
        request.dealer_scope,
        ref=account.row.entry.ref,
        now=request.now,
        published=account.published,
        era=account.era,
    )
    return see_other_external(sent_pdf(request.dealer_scope, view, from_link_part(request.params["sent_statement"])))


@routes.get(f"{PAGE}/csv", STAFF)
def csv(request: Request) -> Response:
    """Its lines as CSV."""
    return _file(request, DownloadKind.CSV)


@routes.get(f"{PAGE}/xlsx", STAFF)
def xlsx(request: Request) -> Response:
    """Its lines as a workbook."""
    return _file(request, DownloadKind.XLSX)


def download_file(request: Request, link: str, kind: DownloadKind) -> DownloadFile:
    """The statement of the account behind `link` as a file. Raises NoFiguresError and SnapshotExpiredError."""
    query = asked_statement(request)
    found, _archived = _found(request, _account(request, link), link, query)
    return statement_files.statement_file(
        request.dealer_scope, shown_statement(request, found, query, linked=False), kind
    )


def _account(request: Request, link: str) -> StaffAccount:
    return customers.staff_account(request.dealer_scope, from_link_part(link))


def _found(
    request: Request, account: StaffAccount, link: str, query: StatementQuery
) -> tuple[AccountStatement, list[ArchivedStatement]]:
    return statements.chosen_statement(
        request.dealer_scope,
        ref=from_link_part(link),
        now=request.now,
        period=query.period,
        as_made=query.choice != OWN,
        published=account.published,
        era=account.era,
    )


def _file(request: Request, kind: DownloadKind) -> Response:
    link = request.params["account"]
    back = f"/staff/accounts/{link}/statements"

    def make() -> Response:
        query = asked_statement(request)
        if query.errors:
            return redirect(f"{back}?{request.here().partition('?')[2]}")
        try:
            file = download_file(request, link, kind)
        except (NoFiguresError, SnapshotExpiredError):
            return redirect(back)
        address = f"{FILES}.{kind}?{urlencode([('account', link), *query.address()])}"
        return file_responses.deliver(request, request.dealer_scope, file, DOWNLOADS, address=address)

    return file_responses.answer(request, request.dealer_scope, kind, make)
