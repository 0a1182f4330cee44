"""Where a figure comes from: the export, and each row behind it. Customers and staff have the same page."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

from chalicelib.disputes import queries as disputes
from chalicelib.disputes.model import Dispute
from chalicelib.http.request import Request
from chalicelib.ingest import queries as imports
from chalicelib.ingest.model import ImportRun
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import from_link_part
from chalicelib.kernel.scopes import TenantScope
from chalicelib.ledger import queries as ledger
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.ageing import Age
from chalicelib.ledger.proof import AGE, BALANCE, CREDITS, OVERDUE, Part, Proof, figures_of, proof_of, proof_of_row
from chalicelib.ledger.row import Row
from chalicelib.web.presenters.freshness import totals_of
from chalicelib.web.presenters.imports import title
from chalicelib.web.presenters.invoice import title_of
from chalicelib.web.presenters.transactions import ages_of, row_link

MAX_PARTS = 500
"""On one page; the sum is that of all."""


class ShownPart(NamedTuple):
    """A line: the day, what it is, where it is read, and what it adds."""

    on: date
    title: str
    link: str
    amount: int
    is_disputed: bool


class ShownExport(NamedTuple):
    """An export by its name, and when it was received and published; `link` for staff."""

    label: str
    name: str
    run: int
    link: str
    received_at: datetime | None
    published_at: datetime | None


def proof_context(request: Request, scope: TenantScope, view: AccountView, *, home: str, staff: bool) -> dict[str, Any]:
    """What the page needs besides the account's header. Raises NotFoundError for a figure that there is not."""
    query = request.query
    if "row" in query:
        kind, _colon, transaction = query["row"].partition(":")
        key = kind, from_link_part(transaction)
        row = ledger.transaction_row(scope, head=view.head, key=key, on=query.get("on"))
        proof, name = _row_proof(scope, view, row), _("Outstanding of %(title)s", title=title_of(row))
    else:
        found = proof_of(view, query.get("figure", BALANCE))
        if found is None:
            raise NotFoundError
        proof, name = found, _name(view, found.figure)
    link: Callable[[Row], str] = (lambda _row: "") if staff else (lambda row: row_link(view.ref, row))
    return {
        "home": home,
        "staff": staff,
        "figures": [(figure, _name(view, figure)) for figure in figures_of(view)],
        "proof": proof,
        "figure_name": name,
        "parts": [_shown(view, part, link) for part in proof.parts[:MAX_PARTS]],
        "left_out": max(0, len(proof.parts) - MAX_PARTS),
        "exports": _exports(scope, view, staff=staff),
        "totals": totals_of(view),
        "disputes": _disputes(scope, view, proof),
        "out_of_balance": view.head.dms_balance if view.head.out_of_balance else None,
    }


def _row_proof(scope: TenantScope, view: AccountView, row: Row) -> Proof:
    return proof_of_row(row, ledger.allocations_of(scope, head=view.head, row=row))


def _name(view: AccountView, figure: str) -> str:
    if figure.startswith(AGE):
        return _("Age: %(age)s", age=ages_of(view.dealer)[Age(figure.removeprefix(AGE))])
    return {BALANCE: _("Balance"), OVERDUE: _("Overdue"), CREDITS: _("Credits")}[figure]


def _shown(view: AccountView, part: Part, link: Callable[[Row], str]) -> ShownPart:
    row = part.row
    is_disputed = bool(row.outstanding) and view.rules.is_disputed(row)
    return ShownPart(date.fromisoformat(part.on), title_of(row), link(row), part.amount, is_disputed)


def _exports(scope: TenantScope, view: AccountView, *, staff: bool) -> list[ShownExport]:
    """That of the figures, and where it was another, that in which the account has changed last."""
    published, changed = view.snapshot.published, view.head.run
    found = {run.number: run for run in imports.runs(scope, {published.run, changed})}
    run = found.get(published.run)
    shown = [
        ShownExport(
            _("Export of these figures"),
            _("Export %(number)s", number=published.sequence),
            published.run,
            _import_link(run, staff=staff),
            published.received_at,
            run.ended_at if run else None,
        )
    ]
    if changed != published.run and (run := found.get(changed)):
        label, link = _("Export in which this account has changed last"), _import_link(run, staff=staff)
        shown.append(ShownExport(label, title(run), run.number, link, run.opened_at, run.ended_at))
    return shown


def _import_link(run: ImportRun | None, *, staff: bool) -> str:
    return f"/staff/imports/{run.number}" if run and staff else ""


def _disputes(scope: TenantScope, view: AccountView, proof: Proof) -> list[Dispute]:
    """The open disputes over the rows of the figure, each once."""
    ids = dict.fromkeys(
        dispute.dispute_id
        for part in proof.parts
        if part.row.outstanding and (dispute := view.rules.dispute(part.row)) is not None
    )
    return [disputes.dispute(scope, view.ref, one) for one in ids]
