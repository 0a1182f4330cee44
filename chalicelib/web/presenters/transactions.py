"""A ledger row for its list and its page: types, ages, states. The manuals' names stay as they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, Self

from markupsafe import Markup

from chalicelib.dealers.model import Dealer
from chalicelib.kernel.i18n import LazyText, lazy_gettext, translated
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import link_part
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.ageing import Age
from chalicelib.ledger.row import Row, TransactionType
from chalicelib.ledger.rules import LedgerRules
from chalicelib.ledger.status import RowState, RowStatus
from chalicelib.rendering.format import Formats
from chalicelib.web.presenters.freshness import account_freshness
from chalicelib.web.presenters.viewings import Viewed

TYPES = {
    TransactionType.INVOICE: lazy_gettext("Invoice"),
    TransactionType.CREDIT_NOTE: lazy_gettext("Credit Note"),
    TransactionType.DISCOUNT: lazy_gettext("Discount"),
    TransactionType.BROUGHT_FORWARD: lazy_gettext("Brought Forward"),
    TransactionType.PAYMENT: lazy_gettext("Payment"),
    TransactionType.JOURNAL: lazy_gettext("Journal"),
    TransactionType.REFUND: lazy_gettext("Refund"),
}
NOUNS = {
    TransactionType.INVOICE: lazy_gettext("invoice"),
    TransactionType.CREDIT_NOTE: lazy_gettext("credit note"),
    TransactionType.DISCOUNT: lazy_gettext("discount"),
    TransactionType.BROUGHT_FORWARD: lazy_gettext("brought forward"),
    TransactionType.PAYMENT: lazy_gettext("payment"),
    TransactionType.JOURNAL: lazy_gettext("journal"),
    TransactionType.REFUND: lazy_gettext("refund"),
}
"""The types within a sentence: not every language writes nouns in lower case."""
MAIN_TYPES = 4
"""The first four types are always in the filter, the others where the account has such rows."""

AGES = {
    Age.FUTURE: lazy_gettext("Future"),
    Age.CURRENT: lazy_gettext("Current"),
    Age.ONE: lazy_gettext("1 Month"),
    Age.TWO: lazy_gettext("2 Months"),
    Age.THREE: lazy_gettext("3 Months"),
    Age.UNALLOCATED: lazy_gettext("Unallocated"),
}
_CURRENT_MONTH = {**AGES, Age.CURRENT: lazy_gettext("Current month")}
_BADGES = {
    RowStatus.DISPUTED: ("query", "chat-square-text"),
    RowStatus.SETTLED: ("", "check2"),
    RowStatus.ROLLED: ("", "arrow-right"),
    RowStatus.VANISHED: ("", "check2"),
    RowStatus.CREDIT: ("ok", "plus-circle"),
    RowStatus.OVERDUE: ("bad", "exclamation-circle"),
    RowStatus.DUE: ("info", "clock"),
}


def ages_of(dealer: Dealer) -> Mapping[Age, LazyText]:
    """What ages are called: the youngest as the dealer has chosen."""
    return _CURRENT_MONTH if dealer.texts.current_label == "current_month" else AGES


class RowLabels(NamedTuple):
    """What rows say, in the reader's language, looked up once and not for each row."""

    types: Mapping[TransactionType, str]
    nouns: Mapping[TransactionType, str]
    ages: Mapping[Age, str]

    @classmethod
    def current(cls, dealer: Dealer) -> Self:
        """In the language of the current reader."""
        return cls(translated(TYPES), translated(NOUNS), translated(ages_of(dealer)))


@dataclass(frozen=True, slots=True)
class RowFormatter:
    """What the rows of one account are formatted with."""

    fmt: Formats
    rules: LedgerRules
    ref: str
    currency: str
    labels: RowLabels
    dealer: str = ""

    @classmethod
    def of(cls, view: AccountView, fmt: Formats) -> Self:
        """For the rows of this account."""
        return cls(fmt, view.rules, view.ref, view.facts.currency, RowLabels.current(view.dealer), view.dealer.name)

    def money(self, minor: int) -> str:
        """In the account's currency."""
        return self.fmt.money(minor, self.currency)

    def near_date(self, day: date) -> str:
        """A date as short as it is clear today."""
        return self.fmt.near_date(day, self.rules.today)


def account_header(view: AccountView, formatter: RowFormatter) -> dict[str, Any]:
    """What every page of an account says of it."""
    return {
        "facts": view.facts,
        "money": formatter.money,
        "fresh": account_freshness(view),
        "as_at": view.as_at,
        "archived": view.head.archived,
        "on_stop": view.rules.on_stop,
    }


class CreditFigure(NamedTuple):
    """What is left of the credit limit; with `is_over` less than nothing is, which `note` says in words."""

    available: str
    note: str
    is_over: bool


def credit_figure(view: AccountView, formatter: RowFormatter) -> CreditFigure | None:
    """None where the export gives no limit, and of an account that it no longer has."""
    available, limit = view.credit_available, view.facts.credit_limit
    if available is None or limit is None or view.head.archived:
        return None
    if available < 0:
        note = _("Over the limit of %(limit)s", limit=formatter.money(limit))
    elif not limit:
        note = _("No credit is given")
    else:
        note = _("Limit: %(limit)s", limit=formatter.money(limit))
    if on_order := view.facts.on_order_amount:
        note = _("%(note)s, %(amount)s on order", note=note, amount=formatter.money(on_order))
    return CreditFigure(formatter.money(available), note, is_over=available < 0)


class Badge(NamedTuple):
    """A row's state; `icon` is empty where plain text will do."""

    text: str
    kind: str = ""
    icon: str = ""


class TransactionRow(NamedTuple):
    """A row of the list, formatted: a tuple, since a page has up to a hundred.

    `path` is the end of `link`. `payable` and `outstanding_minor` are minor units, for sums in the browser.
    `dispute_source` says who has a row in dispute, and `disputed_twice` that both have.
    `is_new`: its reader has not opened it yet. `viewed` is for staff: by whom it was opened.
    """

    key: str
    link: str
    path: str
    on: Markup
    name: str
    reference: str
    type: str
    description: str
    age: str
    state: Badge
    total: str
    outstanding: str
    outstanding_minor: int
    payable: int
    disc_date: str
    settlement: str
    document: str
    ticked: bool = False
    dispute_source: str = ""
    disputed_twice: bool = False
    is_new: bool = False
    viewed: Viewed | None = None


def row_value(row: Row) -> str:
    """The row in a form field."""
    return f"{row.type}:{link_part(row.transaction_id)}"


def row_link(ref: str, row: Row) -> str:
    """The address of the row's own page; its date spares the server a search."""
    return f"/invoices/{link_part(ref)}/{row_path(row)}"


def row_path(row: Row) -> str:
    """The end of that address, which staff's page of the row has too."""
    return f"{row.type}/{link_part(row.transaction_id)}?on={row.transaction_date}"


def status_badge(formatter: RowFormatter, found: RowState, *, whole: bool = False) -> Badge:
    """`Due 18 Dec`, `Overdue 28 days`, `Settled 2 Nov`. `whole` gives the plain case its chip too, with the year."""
    kind, icon = _BADGES.get(found.status, ("", ""))
    day = "" if found.on is None else (formatter.fmt.date(found.on) if whole else formatter.near_date(found.on))
    if found.status is RowStatus.DISPUTED:
        return Badge(_("Disputed"), kind, icon)
    if found.status is RowStatus.CREDIT:
        return Badge(_("Credit to use"), kind, icon)
    if found.status is RowStatus.SETTLED:
        return Badge(_settled(day, inferred=found.inferred), kind, icon)
    if found.status is RowStatus.ROLLED:
        return Badge(_("Brought forward %(day)s", day=day) if day else _("Brought forward"), kind, icon)
    if found.status is RowStatus.VANISHED:
        return Badge(_("No longer in the ledger since %(day)s", day=day), kind, icon)
    if found.status is RowStatus.OVERDUE:
        overdue = formatter.fmt.plural(found.days, "Overdue %(num)s day", "Overdue %(num)s days")
        return Badge(overdue, kind, icon)
    if found.status is RowStatus.DUE:
        due = _("Due %(day)s", day=day)
        return Badge(due, kind, icon) if whole else Badge(due)
    return Badge(_("No due date"))


def _settled(day: str, *, inferred: bool) -> str:
    """Where the dealer does not say when, only that it was so by a day; or nothing at all."""
    if not day:
        return _("Settled")
    return _("Settled by %(day)s", day=day) if inferred else _("Settled %(day)s", day=day)


def document_state(row: Row) -> str:
    """`ready` (a stored PDF), `drawn` (its lines are here), `waiting` (named, not here yet) or empty."""
    if row.document:
        return "ready"
    if row.lines:
        return "drawn"
    return "waiting" if row.document_id else ""


def present(
    formatter: RowFormatter, row: Row, *, ticked: frozenset[str] = frozenset(), is_new: bool = False
) -> TransactionRow:
    """The row as the list shows it."""
    rules, labels = formatter.rules, formatter.labels
    discounted, age = rules.discount_available(row), rules.age(row)
    value = row_value(row)
    total = formatter.money(row.total)
    kind = TransactionType(row.type)
    until = row.discount_date if discounted is not None else None
    return TransactionRow(
        key=value,
        link=row_link(formatter.ref, row),
        path=row_path(row),
        on=formatter.fmt.date_tag(date.fromisoformat(row.transaction_date)),
        name=_("%(type)s %(reference)s", type=labels.nouns[kind], reference=row.reference),
        reference=row.reference,
        type=labels.types[kind],
        description=row.description or "",
        age=labels.ages[age] if age else "",
        state=status_badge(formatter, rules.state(row)),
        total=total,
        outstanding=total if row.outstanding == row.total else formatter.money(row.outstanding),
        outstanding_minor=row.outstanding,
        payable=rules.payable(row),
        disc_date=formatter.near_date(date.fromisoformat(until)) if until else "",
        settlement="" if discounted is None else formatter.money(discounted),
        document=document_state(row),
        ticked=value in ticked,
        dispute_source=dispute_source(formatter, row),
        disputed_twice=row.dispute_flag and rules.dispute(row) is not None,
        is_new=is_new,
    )


def dispute_source(formatter: RowFormatter, row: Row) -> str:
    """Where a row that is not settled is in dispute: here, in the dealer's system, or both. Empty where it is not."""
    if not row.outstanding or not formatter.rules.is_disputed(row):
        return ""
    if formatter.rules.dispute(row) is None:
        return _("in the system of %(dealer)s", dealer=formatter.dealer)
    if row.dispute_flag:
        return _("raised here, and in the system of %(dealer)s", dealer=formatter.dealer)
    return _("raised here")
