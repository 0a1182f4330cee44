"""Makes files in the background: the address that the reader asked for, answered once more as of the run they saw."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import parse_qs

from chalice.app import Request as ChaliceRequest

from chalicelib import services
from chalicelib.customers.list_snapshot import ListSnapshotRef
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.staff import queries as staff
from chalicelib.downloads.model import Download, DownloadFile, MemberScope, VolumedFile
from chalicelib.http.access import (
    CUSTOMER_DOCUMENTS,
    CUSTOMER_INVOICES,
    CUSTOMER_STATEMENTS,
    STAFF,
    STAFF_ADMIN,
    STAFF_DOCUMENTS,
    Access,
)
from chalicelib.http.authorization import require_given
from chalicelib.http.request import Request
from chalicelib.kernel.errors import ForbiddenError, NotFoundError
from chalicelib.kernel.scopes import CustomerScope
from chalicelib.ledger import access as ledger_access
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


class _Producer(NamedTuple):
    """Who may ask for a file, as its route says, and what makes it."""

    access: Access
    make: Callable[[Request, Download], DownloadFile | VolumedFile]


def produce(scope: MemberScope, download: Download) -> DownloadFile | VolumedFile:
    """The content of the file, for who asked as of now.

    Raises NotFoundError where there is nothing of it any more, or nothing that they may reach.
    """
    path, _, query = download.address.partition("?")
    producer = _PRODUCERS[path]
    request = _request(path, query, producer.access, _present(scope, producer.access))
    require_given(request)
    request.now = download.asked_at
    if download.language and (dealer := request.dealer):
        request.fmt = formats(download.language, dealer.time_zone, dealer.currency)
    return producer.make(request, download)


def _present(scope: MemberScope, access: Access) -> MemberScope:
    """Their scope as of now: access that has ended or become less since they asked counts."""
    if isinstance(scope, CustomerScope):
        try:
            return ledger_access.present_scope(scope)
        except ForbiddenError as error:
            raise NotFoundError from error
    found = staff.present_scope(scope)
    if access.role and not found.role.includes(access.role):
        raise NotFoundError
    return found


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


_PRODUCERS: dict[str, _Producer] = {
    **{f"{CUSTOMER_HOME}.{kind}": _Producer(CUSTOMER_INVOICES, _transactions) for kind in FileKind},
    **{f"{GROUP}.{kind}": _Producer(CUSTOMER_INVOICES, _group_transactions) for kind in FileKind},
    **{f"{statements.HOME}.{kind}": _Producer(CUSTOMER_STATEMENTS, _statement) for kind in STATEMENT_KINDS},
    **{f"{staff_statements.FILES}.{kind}": _Producer(STAFF, _account_statement) for kind in STATEMENT_KINDS},
    **{
        transaction_documents.address(kind): _Producer(CUSTOMER_INVOICES, _transaction_documents)
        for kind in transaction_documents.KINDS
    },
    f"{HOME}.csv": _Producer(STAFF, _accounts),
    f"{activity.HOME}.csv": _Producer(STAFF_ADMIN, lambda request, _: activity.download_file(request)),
    f"{dispute_list.HOME}.csv": _Producer(STAFF, lambda request, _: dispute_list.download_file(request)),
    f"{feed.HOME}.csv": _Producer(STAFF, lambda request, _: feed.download_file(request)),
    "/shared-documents.zip": _Producer(CUSTOMER_DOCUMENTS, lambda request, _: shared_documents.download_file(request)),
    f"{documents.RECEIVED}.zip": _Producer(STAFF_DOCUMENTS, lambda request, _: documents.received_file(request)),
    f"{documents.REQUESTS}.zip": _Producer(STAFF_DOCUMENTS, lambda request, _: documents.request_file(request)),
    f"{documents.REQUESTS}.pdf": _Producer(STAFF_DOCUMENTS, lambda request, _: documents.merged_file(request)),
}


def _request(path: str, query: str, access: Access, scope: MemberScope) -> Request:
    """A GET as API Gateway sends it, with the scope of the person who asked."""
    event = {
        "path": path,
        "headers": {},
        "multiValueQueryStringParameters": parse_qs(query),
        "pathParameters": None,
        "stageVariables": None,
        "body": None,
        "requestContext": {"httpMethod": "GET", "resourcePath": path},
    }
    made = Request(ChaliceRequest(event), {}, access, services.current())
    made.scope = scope
    return made
