"""Transactions as the rows of a file."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple, Self

from chalicelib.dealers.model import Dealer
from chalicelib.downloads.model import SpreadsheetFile
from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext, translated
from chalicelib.kernel.money import as_decimal
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.ageing import Age
from chalicelib.ledger.group_view import GroupView
from chalicelib.ledger.row import Row, TransactionType
from chalicelib.ledger.status import RowStatus
from chalicelib.rendering.spreadsheet import Cell, Column, FileKind
from chalicelib.store.temporary_files import safe_file_name
from chalicelib.web.presenters.transactions import TYPES, ages_of

MAX_WORKBOOK_ROWS = 500_000
"""A minute or two of work for the function that makes it, which has five."""

_TEXT, _WIDE = 14, 32
_STATES = {
    RowStatus.DISPUTED: lazy_gettext("Disputed"),
    RowStatus.SETTLED: lazy_gettext("Settled"),
    RowStatus.ROLLED: lazy_gettext("Brought forward"),
    RowStatus.VANISHED: lazy_gettext("No longer in the ledger"),
    RowStatus.CREDIT: lazy_gettext("Credit to use"),
    RowStatus.OVERDUE: lazy_gettext("Overdue"),
    RowStatus.DUE: lazy_gettext("Due"),
    RowStatus.OPEN: lazy_gettext("No due date"),
}


def columns(digits: int) -> list[Column]:
    """The headings, those of the page first."""
    return [Column(label, width, digits) for label, width in _headings()]


def _headings() -> list[tuple[str, int]]:
    return [
        (_("Inv. Date"), _TEXT),
        (_("Reference No"), _TEXT),
        (_("Type"), _TEXT),
        (_("Description"), _WIDE),
        (_("Age"), _TEXT),
        (_("Status"), _TEXT),
        (_("Due Date"), _TEXT),
        (_("Total"), _TEXT),
        (_("Outstanding"), _TEXT),
        (_("Disc. Date"), _TEXT),
        (_("Settlement"), _TEXT),
        (_("Goods"), _TEXT),
        (_("V.A.T."), _TEXT),
        (_("Settled"), _TEXT),
        (_("Not Open Since"), _TEXT),
        (_("Order No"), _TEXT),
        (_("Your reference"), _TEXT),
        (_("Advice No"), _TEXT),
        (_("Depot"), _TEXT),
        (_("Rep Code"), _TEXT),
        (_("Account"), _TEXT),
        (_("Currency"), _TEXT),
        (_("Machine"), _TEXT),
    ]


class Labels(NamedTuple):
    """What the cells of a file say, in the reader's language."""

    types: Mapping[TransactionType, str]
    ages: Mapping[Age, str]
    states: Mapping[RowStatus, str]

    @classmethod
    def current(cls, dealer: Dealer) -> Self:
        """In the language of the current reader."""
        return cls(translated(TYPES), translated(ages_of(dealer)), translated(_STATES))


def cells(view: AccountView, row: Row, labels: Labels) -> list[Cell]:
    """A row's cells, typed, in the order of `columns`."""
    rules, currency = view.rules, view.facts.currency
    discounted, age = rules.discount_available(row), rules.age(row)

    def money(minor: int | None) -> Cell:
        return None if minor is None else as_decimal(minor, currency)

    return [
        _day(row.transaction_date),
        row.reference,
        labels.types[TransactionType(row.type)],
        row.description,
        labels.ages[age] if age else None,
        labels.states[rules.state(row).status],
        _day(row.due_date),
        money(row.total),
        money(row.outstanding),
        None if discounted is None else _day(row.discount_date),
        money(discounted),
        money(row.net),
        money(row.vat),
        None if row.settled_inferred else _day(row.settled_date),
        _day(row.settled_date) if row.settled_inferred else None,
        row.order_no,
        row.customer_order_ref,
        row.advice_no,
        row.depot_code,
        row.rep_code,
        view.ref,
        currency,
        row.machine,
    ]


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None


def transactions_file(view: AccountView, kind: FileKind, rows: Sequence[Row]) -> SpreadsheetFile:
    """The rows as a file. Raises InvalidError for a workbook that would be too large."""
    _require_fitting(kind, len(rows))
    labels = Labels.current(view.dealer)
    return SpreadsheetFile(
        file_name=safe_file_name("transactions", view.ref, view.as_at.isoformat(), extension=kind.value),
        form=kind,
        title=_("My Transactions %(account)s", account=view.ref),
        columns=columns(view.rules.digits),
        rows=(cells(view, row, labels) for row in rows),
        count=len(rows),
        snapshot_ref=str(view.snapshot.snapshot_ref),
        restarted=view.snapshot.restarted,
    )


def group_transactions_file(view: GroupView, kind: FileKind, *, master: str) -> SpreadsheetFile:
    """The rows of several accounts of a group likewise, each with its account; or of one of them."""
    _require_fitting(kind, view.page.count)
    labels, first = Labels.current(view.dealer), view.accounts[0]
    of = (master, "group") if view.accounts[1:] else (first.ref,)
    return SpreadsheetFile(
        file_name=safe_file_name("transactions", *of, first.as_at.isoformat(), extension=kind.value),
        form=kind,
        title=_("My Transactions %(account)s", account=of[0]),
        columns=columns(first.rules.digits),
        rows=(cells(one.view, one.row, labels) for one in view.page.rows),
        count=view.page.count,
        snapshot_ref=str(first.snapshot.snapshot_ref),
    )


def _require_fitting(kind: FileKind, count: int) -> None:
    if kind is FileKind.XLSX and count > MAX_WORKBOOK_ROWS:
        raise InvalidError(_("Too many rows for one workbook. Filter them first, or download the CSV."))
