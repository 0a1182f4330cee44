"""Documents of many transactions at once: chosen, made in the background with their progress, and fetched."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.dealers import queries as dealers
from chalicelib.downloads import limits, operations, queries
from chalicelib.downloads.model import CONTENT_TYPES, Download, DownloadKind
from chalicelib.http.access import CUSTOMER_INVOICES
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect, see_other_external
from chalicelib.http.routing import Routes
from chalicelib.kernel.errors import InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.whole_numbers import whole_number
from chalicelib.ledger.account_view import AccountView, NoFiguresError
from chalicelib.ledger.model import SnapshotExpiredError
from chalicelib.ledger.row import Row
from chalicelib.ledger.snapshot import SnapshotRef
from chalicelib.store.temporary_files import safe_file_name
from chalicelib.web.customer.account_page import HOME as TRANSACTIONS
from chalicelib.web.customer.account_page import LIST_FIELDS, account_view, list_address, row_query
from chalicelib.web.customer.transactions_list import snapshot_named
from chalicelib.web.presenters.transactions import RowFormatter, document_state, row_value
from chalicelib.web.transaction_volumes import MERGED_DOCUMENTS, REASONS, TransactionVolumes
from chalicelib.web.viewing import note_views

routes = Routes(__name__)

HOME = "/transactions/documents"
PAGES = "/transaction-documents"
KINDS = (DownloadKind.PDF, DownloadKind.ZIP)
NOTHING = lazy_gettext("None of these transactions has a document.")
_FIELDS = tuple(name for name in LIST_FIELDS if name != "page")
"""What of the list's address is handed on, besides its run and what is ticked."""

Values = Mapping[str, Sequence[str]]


@routes.get(HOME, CUSTOMER_INVOICES)
def choose(request: Request) -> Response:
    """Which there are, of the ticked transactions or of all in the list as filtered, and the choice of what to make."""
    return _form(request, request.query_all)


@routes.post(HOME, CUSTOMER_INVOICES)
def start(request: Request) -> Response:
    """Have them made. The same asked for again is the one that is being made or ready. Who asks has seen them."""
    values, scope = request.form_all, request.customer_scope
    kind = next((kind for kind in KINDS if kind == request.form.get("kind", "")), None)
    if kind is None:
        choose_one = _("Choose what you want to get")
        return _form(request, values, status=422, errors={"kind": choose_one})
    # Tested control: volumes-limited
    with limits.one_download(scope, now=request.now, many=True):
        try:
            file = volumes(request, values, kind, snapshot_named(request, _last(values, "at")))
        except (NoFiguresError, SnapshotExpiredError, InvalidError) as error:
            message = error.message if isinstance(error, InvalidError) else _("A new export arrived. Choose again.")
            return redirect(_back(values), flash=message, failed=True)
        made = operations.request_download(
            scope,
            address=f"{address(kind)}?{_query(values)}",
            file=file,
            now=request.now,
            ids=request.services.ids,
            email=request.session.email if request.session else "",
            language=request.fmt.locale,
        )
    note_views(request, file.view, [row for row in file.rows if document_state(row) in {"ready", "drawn"}])
    return redirect(f"{PAGES}/{made.download_id}")


@routes.get(f"{PAGES}/{{download}}", CUSTOMER_INVOICES)
def progress(request: Request) -> Response:
    """How far it is, then its files."""
    found = _download(request)
    return page(
        request,
        "customer/transaction_documents.html",
        download=found,
        state=found.state_at(request.now),
        percent=found.done * 100 // found.total,
        missing=[(one.name, str(REASONS[one.reason])) for one in found.missing],
        again=f"{HOME}?{found.address.partition('?')[2]}",
    )


@routes.get(f"{PAGES}/{{download}}/file", CUSTOMER_INVOICES)
def file(request: Request) -> Response:
    """The way to one of its files: `volume`, from 1, where there are several."""
    found, number = _download(request), whole_number(request.query.get("volume", "1")) or 0
    link = queries.volume_link(request.customer_scope, found, number)
    if request.method == "HEAD":
        return Response(b"", {"Content-Type": CONTENT_TYPES[found.kind]})
    return see_other_external(link)


def address(kind: DownloadKind) -> str:
    """The path that a download is known by. It is no page."""
    return f"{HOME}.{kind}"


def volumes(
    request: Request, values: Values, kind: DownloadKind, snapshot_ref: SnapshotRef | None
) -> TransactionVolumes:
    """The documents that the values name, as of a run.

    Raises NoFiguresError, SnapshotExpiredError, and InvalidError where there are none.
    """
    view, rows = _rows(request, values, snapshot_ref)
    if not any(document_state(row) in {"ready", "drawn"} for row in rows):
        raise InvalidError(str(NOTHING))
    scope = request.customer_scope
    return TransactionVolumes(
        file_name=safe_file_name("documents", view.ref, view.as_at.isoformat(), extension=kind.value),
        count=len(rows),
        kind=kind,
        snapshot_ref=str(view.snapshot.snapshot_ref),
        restarted=view.snapshot.restarted,
        scope=scope,
        view=view,
        formatter=RowFormatter.of(view, request.fmt),
        rows=rows,
        logo=cache(partial(dealers.logo, scope)),
    )


def _form(request: Request, values: Values, *, status: int = 200, errors: Mapping[str, str] | None = None) -> Response:
    try:
        view, rows, chosen = _chosen(request, values, snapshot_named(request, _last(values, "at")))
    except NoFiguresError:
        return redirect(TRANSACTIONS)
    except SnapshotExpiredError:
        return redirect(_back(values), flash=_("A new export arrived. Choose again."), failed=True)
    states = [document_state(row) for row in rows]
    return page(
        request,
        "customer/choose_documents.html",
        status=status,
        errors=errors or {},
        kind=request.form.get("kind", ""),
        count=len(chosen),
        ticked=bool(values.get("row")),
        documents=sum(state in {"ready", "drawn"} for state in states),
        waiting=states.count("waiting"),
        volume=MERGED_DOCUMENTS,
        fields=_hidden(values, str(view.snapshot.snapshot_ref)),
        back=_back(values),
    )


def _rows(request: Request, values: Values, snapshot_ref: SnapshotRef | None) -> tuple[AccountView, list[Row]]:
    view, rows, _all = _chosen(request, values, snapshot_ref)
    return view, rows


def _chosen(
    request: Request, values: Values, snapshot_ref: SnapshotRef | None
) -> tuple[AccountView, list[Row], Sequence[Row]]:
    """The account, the transactions with a document (that may be yet to come), and all that were chosen."""
    query = row_query({name: _last(values, name) for name in _FIELDS}, request.fmt.locale)
    view = account_view(request, replace(query, page=None), snapshot_ref=snapshot_ref)
    ticked = frozenset(values.get("row", ()))
    chosen = [row for row in view.page.rows if row_value(row) in ticked] if ticked else view.page.rows
    return view, [row for row in chosen if document_state(row)], chosen


def _hidden(values: Values, at: str) -> list[tuple[str, str]]:
    """The fields that the form hands on: the run that the count is of, so that what is made is what was shown."""
    return [*_pairs(values), ("at", at)]


def _pairs(values: Values) -> list[tuple[str, str]]:
    kept = [(name, _last(values, name)) for name in _FIELDS if _last(values, name)]
    return [*kept, *(("row", value) for value in dict.fromkeys(values.get("row", ())))]


def _query(values: Values) -> str:
    return urlencode(_pairs(values))


def _back(values: Values) -> str:
    return list_address(urlencode([(name, value) for name, value in _pairs(values) if name != "row"]))


def _last(values: Values, name: str) -> str:
    found = values.get(name)
    return found[-1] if found else ""


def _download(request: Request) -> Download:
    found = queries.download(request.customer_scope, request.params["download"], now=request.now, kinds=KINDS)
    # The other downloads of these kinds are documents that the dealer shares: another module guards those.
    if not found.is_volumed:
        raise NotFoundError
    return found
