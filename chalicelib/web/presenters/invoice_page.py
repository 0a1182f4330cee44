"""What the page of a transaction says before its details: how it stands, what was paid of it, what it is for."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from chalicelib.documents.model import InvoiceLine, LineType
from chalicelib.kernel.i18n import gettext as _
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.allocations import Allocated
from chalicelib.ledger.row import Row, SettledReason
from chalicelib.web.presenters.invoice import title_of
from chalicelib.web.presenters.transactions import Badge, RowFormatter, row_link, row_value, status_badge

_PAID = frozenset({SettledReason.PAID.value, SettledReason.DISCOUNT.value})


class Standing(NamedTuple):
    """The first thing a reader sees: an amount, what it is, and the row's state. `settled_part` is empty, or words.

    `dispute_id` is that of a dispute in the portal over `in_dispute`; `is_marked`: the dealer's system has one.
    `disputable` is the row in the form that raises one, empty where nothing is owed on it.
    """

    label: str
    amount: str
    is_credit: bool
    badge: Badge
    settled_part: str
    is_disputed: bool
    dispute_id: str
    in_dispute: str
    is_marked: bool
    disputable: str


class PageLine(NamedTuple):
    """A line of the invoice as a phone shows it."""

    part: str
    description: str
    quantity: str
    amount: str


def standing(view: AccountView, formatter: RowFormatter, row: Row) -> Standing:
    """What is outstanding, or the total of a row that is settled."""
    dispute = view.rules.dispute(row) if row.outstanding else None
    return Standing(
        label=_("Outstanding") if row.outstanding else _("Total"),
        amount=formatter.money(row.outstanding or row.total),
        is_credit=row.outstanding < 0,
        badge=_badge(view, formatter, row),
        settled_part=settled_part(formatter, row),
        is_disputed=bool(row.outstanding) and view.rules.is_disputed(row),
        dispute_id=dispute.dispute_id if dispute else "",
        in_dispute=formatter.money(dispute.in_dispute) if dispute else "",
        is_marked=bool(row.outstanding) and row.dispute_flag,
        disputable=row_value(row) if row.outstanding > 0 and dispute is None else "",
    )


def _badge(view: AccountView, formatter: RowFormatter, row: Row) -> Badge:
    found = status_badge(formatter, view.rules.state(row), whole=True)
    if row.outstanding or row.settled_reason not in _PAID:
        return found
    day = formatter.fmt.date(date.fromisoformat(row.settled_date)) if row.settled_date else ""
    return found._replace(text=_("Paid %(day)s", day=day) if day else _("Paid"), kind="ok")


def settled_part(formatter: RowFormatter, row: Row) -> str:
    """`£396.01 of £728.20 paid`; empty where nothing or everything is."""
    done = row.total - row.outstanding
    if not row.outstanding or not 0 < abs(done) < abs(row.total) or done * row.total < 0:
        return ""
    sign = -1 if row.total < 0 else 1
    amounts = {"part": formatter.money(done * sign), "total": formatter.money(row.total * sign)}
    return _("%(part)s of %(total)s used", **amounts) if row.total < 0 else _("%(part)s of %(total)s paid", **amounts)


class SettledBy(NamedTuple):
    """What paid a row, or what it paid: lines of day, title, link and amount; `total`, and what it lacks, in words."""

    title: str
    lines: Sequence[tuple[date, str, str, str]]
    total: str
    difference: str


def settled_by(formatter: RowFormatter, row: Row, allocated: Sequence[Allocated]) -> SettledBy | None:
    """None where the export does not say. Where the sum is not what was taken off the row, it says so."""
    if not allocated:
        return None
    is_credit = row.total < 0
    others = [(one, one.target if is_credit else one.source) for one in allocated]
    total, taken = sum(one.amount for one in allocated), abs(row.total - row.outstanding)
    difference = _(
        "This does not add up to the %(taken)s that %(dealer)s has booked.",
        taken=formatter.money(taken),
        dealer=formatter.dealer,
    )
    return SettledBy(
        _("What it paid") if is_credit else _("Paid by"),
        [
            (date.fromisoformat(one.on), title_of(other), row_link(formatter.ref, other), formatter.money(one.amount))
            for one, other in others
        ],
        formatter.money(total),
        difference if total != taken else "",
    )


def page_lines(formatter: RowFormatter, lines: Sequence[InvoiceLine]) -> list[PageLine]:
    """The lines that charge something, in their order; a credit note's amounts as it has them."""
    return [
        PageLine(
            line.part_no or "",
            line.description or "",
            "" if line.quantity is None else formatter.fmt.number(line.quantity),
            "" if line.net_amount is None else formatter.fmt.amount(line.net_amount, formatter.currency),
        )
        for line in lines
        if line.line_type is not LineType.TEXT
    ]
