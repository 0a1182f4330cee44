"""Makes files in the background: the address that the reader asked for, answered once more as of the run they saw."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qs

from chalice.app import Request as ChaliceRequest

from chalicelib import services
from chalicelib.customers.list_snapshot import ListSnapshotRef
from chalicelib.dealers import queries as dealers
from chalicelib.downloads.model import Download, DownloadFile, MemberScope, VolumedFile
from chalicelib.http.access import CUSTOMER_INVOICES, STAFF
from chalicelib.http.request import Request
from chalicelib.kernel.scopes import CustomerScope
from chalicelib.ledger.model import SnapshotExpiredError
from chalicelib.ledger.snapshot import SnapshotRef
from chalicelib.rendering.format import formats
from chalicelib.rendering.spreadsheet import FileKind
from chalicelib.web.customer import account_group, statements, transaction_documents, transactions
from chalicelib.web.customer import document_downloads as shared_documents
from chalicelib.web.customer.account_page import GROUP
from chalicelib.web.customer.account_page import HOME as CUSTOMER_HOME
from chalicelib.web.staff import accounts, activity, dispute_list, feed
from chalicelib.web.staff import document_downloads as documents
from chalicelib.web.staff import statements as staff_statements
from chalicelib.web.staff.accounts_query import HOME
from chalicelib.web.statement_files import KINDS as STATEMENT_KINDS


def produce(scope: MemberScope, download: Download) -> DownloadFile | VolumedFile:
    """The content of the file. Raises NotFoundError where there is nothing of it any more."""
    path, _, query = download.address.partition("?")
    request = _request(path, query, scope)
    request.now = download.asked_at
    if download.language and (dealer := request.dealer):
        request.fmt = formats(download.language, dealer.time_zone, dealer.currency)
    return _PRODUCERS[path](request, download)


def _transactions(request: Request, download: Download) -> DownloadFile:
    form = FileKind(download.kind.value)
    try:
        file = transactions.download_file(request, form, SnapshotRef.parse(download.snapshot_ref))
    except SnapshotExpiredError:
        file = transactions.download_file(request, form, None)
    return file if file.snapshot_ref == download.snapshot_ref else replace(file, restarted=True)


def _group_transactions(request: Request, download: Download) -> DownloadFile:
    return _of_its_run(account_group.download_file(request, FileKind(download.kind.value)), download)


def _transaction_documents(request: Request, download: Download) -> VolumedFile:
    asked = SnapshotRef.parse(download.snapshot_ref)
    try:
        return transaction_documents.volumes(request, request.query_all, download.kind, asked)
    except SnapshotExpiredError:
        return transaction_documents.volumes(request, request.query_all, download.kind, None)


def _accounts(request: Request, download: Download) -> DownloadFile:
    current = dealers.published(request.dealer_scope, fresh=True)
    asked = ListSnapshotRef.parse(download.snapshot_ref).published
    if current.shows(asked.run):
        return accounts.download_file(request, asked)
    return accounts.download_file(request, current, restarted=True)


def _statement(request: Request, download: Download) -> DownloadFile:
    return _of_its_run(statements.download_file(request, download.kind), download)


def _account_statement(request: Request, download: Download) -> DownloadFile:
    return _of_its_run(staff_statements.download_file(request, request.query["account"], download.kind), download)


def _of_its_run(file: DownloadFile, download: Download) -> DownloadFile:
    """A statement is made of the newest figures, and says so where they are newer than those that were seen."""
    return file if file.snapshot_ref == download.snapshot_ref else replace(file, restarted=True)


_PRODUCERS: dict[str, Callable[[Request, Download], DownloadFile | VolumedFile]] = {
    **{f"{CUSTOMER_HOME}.{kind}": _transactions for kind in FileKind},
    **{f"{GROUP}.{kind}": _group_transactions for kind in FileKind},
    **{f"{statements.HOME}.{kind}": _statement for kind in STATEMENT_KINDS},
    **{f"{staff_statements.FILES}.{kind}": _account_statement for kind in STATEMENT_KINDS},
    **{transaction_documents.address(kind): _transaction_documents for kind in transaction_documents.KINDS},
    f"{HOME}.csv": _accounts,
    f"{activity.HOME}.csv": lambda request, _: activity.download_file(request),
    f"{dispute_list.HOME}.csv": lambda request, _: dispute_list.download_file(request),
    f"{feed.HOME}.csv": lambda request, _: feed.download_file(request),
    "/shared-documents.zip": lambda request, _: shared_documents.download_file(request),
    f"{documents.RECEIVED}.zip": lambda request, _: documents.received_file(request),
    f"{documents.REQUESTS}.zip": lambda request, _: documents.request_file(request),
    f"{documents.REQUESTS}.pdf": lambda request, _: documents.merged_file(request),
}


def _request(path: str, query: str, scope: MemberScope) -> Request:
    """A GET as API Gateway sends it, with the scope of the person who asked: it passes no guard, and needs none."""
    event = {
        "path": path,
        "headers": {},
        "multiValueQueryStringParameters": parse_qs(query),
        "pathParameters": None,
        "stageVariables": None,
        "body": None,
        "requestContext": {"httpMethod": "GET", "resourcePath": path},
    }
    access = CUSTOMER_INVOICES if isinstance(scope, CustomerScope) else STAFF
    made = Request(ChaliceRequest(event), {}, access, services.current())
    made.scope = scope
    return made
