"""Disputes of a month: who raised them, why, and what they are about by depot and rep code; the same as CSV."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from chalice.app import Response

from chalicelib.disputes import queries
from chalicelib.disputes.model import Dispute
from chalicelib.disputes.statistics import reason_counts
from chalicelib.downloads.model import DownloadKind, SpreadsheetFile, contents_ref
from chalicelib.http.access import STAFF
from chalicelib.http.request import Request
from chalicelib.http.responses import page
from chalicelib.http.routing import Routes
from chalicelib.kernel.dispute_codes import REASON_LABELS, STATE_LABELS
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import link_part
from chalicelib.kernel.money import as_decimal
from chalicelib.ledger.row import TransactionType
from chalicelib.rendering.format import Formats
from chalicelib.rendering.spreadsheet import Cell, Column, FileKind
from chalicelib.web import file_responses
from chalicelib.web.presenters import disputes as words
from chalicelib.web.presenters.months import last_months, month_named
from chalicelib.web.presenters.transactions import TYPES
from chalicelib.web.staff.accounts import DOWNLOADS

routes = Routes(__name__)

HOME = "/staff/disputes"
MONTHS = 13
SHOWN = 200
"""Lines of the page; the CSV has all."""


@dataclass(frozen=True, slots=True)
class DisputeFilter:
    """What of a month is asked for; empty is all. `depot` is that of a disputed transaction or of the account."""

    month: str
    state: str = ""
    reason: str = ""
    depot: str = ""

    def matches(self, dispute: Dispute) -> bool:
        """Whether it is among them."""
        depots = depots_of(dispute)
        return (
            self.state in {"", dispute.state}
            and self.reason in {"", dispute.reason}
            and (not self.depot or self.depot in depots)
        )


def depots_of(dispute: Dispute) -> set[str]:
    """The depots that a dispute is about."""
    return {row.depot_code or dispute.depot_code for row in dispute.rows} - {""}


@routes.get(HOME, STAFF)
def disputes(request: Request) -> Response:
    """Those raised in `month`, newest first, narrowed by state, reason and depot; and what they are about."""
    wanted = _filter(request)
    everything = _raised(request, wanted.month)
    found = [one for one in everything if wanted.matches(one)]
    fmt = request.fmt
    return page(
        request,
        "staff/disputes.html",
        wanted=wanted,
        months=last_months(fmt.today(request.now), MONTHS),
        reasons=list(REASON_LABELS.items()),
        states=list(STATE_LABELS.items()),
        depots=[(one, one) for one in sorted(set().union(*map(depots_of, everything)) | ({wanted.depot} - {""}))],
        lines=[words.shown(one, fmt, home=words.staff_home(one.account_ref)) for one in found[:SHOWN]],
        found=len(found),
        counts=[
            (REASON_LABELS[one.reason], one.depot, one.rep_code, fmt.count(one.count), _amounts(one.amounts, fmt))
            for one in reason_counts(found)
        ],
        link_part=link_part,
        csv=request.here(page=None).partition("?")[2],
    )


@routes.get(f"{HOME}.csv", STAFF)
def csv(request: Request) -> Response:
    """The same, a line for each disputed transaction."""
    scope = request.dealer_scope

    def make() -> Response:
        return file_responses.deliver(request, scope, download_file(request), DOWNLOADS)

    return file_responses.answer(request, scope, DownloadKind.CSV, make)


def download_file(request: Request) -> SpreadsheetFile:
    """What the filters let through, with every disputed transaction."""
    wanted = _filter(request)
    found = [one for one in _raised(request, wanted.month) if wanted.matches(one)]
    rows = [cells for one in found for cells in _cells(one, request.fmt)]
    return SpreadsheetFile(
        file_name=f"disputes-{wanted.month}.csv",
        form=FileKind.CSV,
        title=_("Disputes"),
        columns=[Column(label) for label in _headings()],
        rows=rows,
        count=len(rows),
        snapshot_ref=contents_ref(f"{one.dispute_id}.{one.version}" for one in found),
    )


def _raised(request: Request, month: str) -> list[Dispute]:
    """All of the dealer's own month."""
    return queries.raised_in(request.dealer_scope, month, time_zone=request.fmt.time_zone)


def _headings() -> Sequence[str]:
    return (
        *(_("Raised"), _("Account"), _("Customer"), _("Type"), _("Reference No"), _("Reason"), _("Status")),
        *(_("Depot"), _("Rep code"), _("In dispute"), _("Credited"), _("Currency")),
    )


def _cells(dispute: Dispute, fmt: Formats) -> Iterator[Sequence[Cell]]:
    """A credit stands at the first of its transactions: it is of the dispute, not of each."""
    for place, row in enumerate(dispute.rows):
        yield (
            fmt.today(dispute.raised_at),
            dispute.account_ref,
            dispute.account_name,
            str(TYPES[TransactionType(row.type)]),
            row.reference,
            str(REASON_LABELS[dispute.reason]),
            str(STATE_LABELS[dispute.state]),
            row.depot_code or dispute.depot_code,
            row.rep_code,
            as_decimal(row.amount, dispute.currency),
            as_decimal(dispute.credit, dispute.currency) if dispute.credit and not place else None,
            dispute.currency,
        )


def _amounts(amounts: Mapping[str, int], fmt: Formats) -> str:
    return ", ".join(fmt.money(minor, currency) for currency, minor in sorted(amounts.items()))


def _filter(request: Request) -> DisputeFilter:
    query, today = request.query, request.fmt.today(request.now)
    state, reason = query.get("state", ""), query.get("reason", "")
    return DisputeFilter(
        month=month_named(query.get("month", "")) or str(today)[:7],
        state=state if state in STATE_LABELS else "",
        reason=reason if reason in REASON_LABELS else "",
        depot=query.get("depot", ""),
    )
