"""What a list of transactions comes to: by month, as a table and its chart, and the tax in it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from chalicelib.documents.model import InvoiceLine, LineType
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.ledger.row import Row, RowKey, TransactionType
from chalicelib.ledger.rules import LedgerRules

VAT_CATEGORIES: Mapping[str, LazyText] = {
    "S": lazy_gettext("taxed (S)"),
    "Z": lazy_gettext("zero rated (Z)"),
    "E": lazy_gettext("exempt (E)"),
    "AE": lazy_gettext("reverse charge (AE)"),
    "K": lazy_gettext("intra-Community supply (K)"),
    "G": lazy_gettext("export (G)"),
    "O": lazy_gettext("outside the scope of V.A.T. (O)"),
}
"""The codes of an export, as EN 16931 has them."""
CHART_MONTHS = 24
LABELS = 4
"""How many months have their names below the chart: on the narrowest phone there is no room for more."""
_TAXED = frozenset({TransactionType.INVOICE.value, TransactionType.CREDIT_NOTE.value})
"""Types that should carry tax; a payment has none."""


@dataclass(slots=True)
class MonthTotals:
    """The rows of a month, in minor units: what raised the balance, and as a negative amount what lowered it."""

    month: date
    count: int = 0
    charged: int = 0
    credited: int = 0
    outstanding: int = 0
    overdue: int = 0

    def add(self, row: Row, rules: LedgerRules) -> None:
        """Count a row in."""
        self.count += 1
        self.charged += max(row.total, 0)
        self.credited += min(row.total, 0)
        self.outstanding += row.outstanding
        self.overdue += row.outstanding if rules.overdue_days(row) else 0


def by_month(rows: Iterable[Row], rules: LedgerRules) -> list[MonthTotals]:
    """The months that have rows, newest first, by the date of the transaction."""
    found: dict[str, MonthTotals] = {}
    for row in rows:
        month = row.transaction_date[:7]
        if month not in found:
            found[month] = MonthTotals(date.fromisoformat(f"{month}-01"))
        found[month].add(row, rules)
    return [found[month] for month in sorted(found, reverse=True)]


def whole(months: Sequence[MonthTotals]) -> MonthTotals:
    """The sum of all months."""
    return MonthTotals(
        month=months[0].month if months else date.min,
        count=sum(one.count for one in months),
        charged=sum(one.charged for one in months),
        credited=sum(one.credited for one in months),
        outstanding=sum(one.outstanding for one in months),
        overdue=sum(one.overdue for one in months),
    )


class Bar(NamedTuple):
    """A month of the chart. Places and lengths are percent of the drawing: up from the line, and down from it."""

    month: date
    x: float
    middle: float
    width: float
    up: float
    down: float
    totals: MonthTotals | None
    labelled: bool


class Chart(NamedTuple):
    """Bars, oldest first; `line` is where nothing is, percent from the top. `top` and `bottom` are minor units."""

    bars: list[Bar]
    line: float
    top: int
    bottom: int
    is_cut: bool


def chart(months: Sequence[MonthTotals]) -> Chart | None:
    """The last months, those without a row too; None where one month is all there is to see."""
    if len(months) < 2:  # noqa: PLR2004 - nothing to compare
        return None
    by_first = {one.month: one for one in months}
    shown = _last_months(months[0].month, months[-1].month)
    drawn = [by_first[month] for month in shown if month in by_first]
    top = max(one.charged for one in drawn)
    bottom = -min(one.credited for one in drawn)
    if not top + bottom:
        return None
    scale = 100 / (top + bottom)
    step = -(-len(shown) // LABELS)
    slot = 100 / len(shown)
    bars = []
    for at, month in enumerate(shown):
        one = by_first.get(month)
        bars.append(
            Bar(
                month=month,
                x=round((at + 0.15) * slot, 2),
                middle=round((at + 0.5) * slot, 2),
                width=round(0.7 * slot, 2),
                up=round(one.charged * scale, 2) if one else 0,
                down=round(-one.credited * scale, 2) if one else 0,
                totals=one,
                labelled=at % step == step // 2,
            )
        )
    return Chart(bars, round(top * scale, 2), top, -bottom, is_cut=months[-1].month < shown[0])


def _last_months(newest: date, oldest: date) -> list[date]:
    found = [newest]
    while found[-1] > oldest and len(found) < CHART_MONTHS:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found[::-1]


class TaxKey(NamedTuple):
    """A VAT category (empty where the export gives none) and a rate in percent, None where it is not known."""

    code: str
    rate: Decimal | None


@dataclass(slots=True)
class TaxLine:
    """What is taxed alike, in minor units."""

    key: TaxKey
    net: int = 0
    vat: int = 0
    documents: int = 0


@dataclass(slots=True)
class TaxSummary:
    """Tax by rate and category, the highest rate first, and of how many invoices and credit notes it is not known.

    `unread` are those whose lines were not read, as there are too many: their sums are among those of unknown rate.
    """

    lines: list[TaxLine] = field(default_factory=list)
    without: int = 0
    without_total: int = 0
    unread: int = 0

    @property
    def net(self) -> int:
        """Of all lines."""
        return sum(line.net for line in self.lines)

    @property
    def vat(self) -> int:
        """Of all lines."""
        return sum(line.vat for line in self.lines)

    @property
    def rate_unknown(self) -> bool:
        """Whether some of it is of a rate that the export does not give."""
        return any(line.key.rate is None for line in self.lines)


UNKNOWN = TaxKey("", None)


def tax_summary(rows: Iterable[Row], lines: Mapping[RowKey, Sequence[InvoiceLine]]) -> TaxSummary:
    """The tax of these rows, by the `lines` of those that have some. Each amount is as the export has it.

    Lines are rounded one by one: what they miss of their invoice's own sums goes to the largest of its rates.
    """
    found: dict[TaxKey, TaxLine] = {}
    summary = TaxSummary()
    for row in rows:
        parts = _parts(row, lines.get(row.key, ()))
        if parts is None:
            if row.type in _TAXED:
                summary.without += 1
                summary.without_total += row.total
            continue
        if row.lines and row.key not in lines:
            summary.unread += 1
        for key, (net, vat) in parts.items():
            line = found.setdefault(key, TaxLine(key))
            line.net += net
            line.vat += vat
            line.documents += 1
    summary.lines = sorted(found.values(), key=_highest_first)
    return summary


def _highest_first(line: TaxLine) -> tuple[bool, Decimal, str]:
    rate = line.key.rate
    return rate is None, -(rate or Decimal(0)), line.key.code


def _parts(row: Row, lines: Sequence[InvoiceLine]) -> dict[TaxKey, tuple[int, int]] | None:
    by_rate = _by_rate(row, lines)
    if row.net is None or row.vat is None:
        return by_rate if by_rate and _differs(by_rate, len(lines), total=row.total) is False else None
    if by_rate and not _differs(by_rate, len(lines), net=row.net, vat=row.vat):
        largest = max(by_rate, key=lambda key: abs(by_rate[key][0]))
        net, vat = by_rate[largest]
        rest_net = row.net - sum(part[0] for part in by_rate.values())
        rest_vat = row.vat - sum(part[1] for part in by_rate.values())
        return {**by_rate, largest: (net + rest_net, vat + rest_vat)}
    return {TaxKey("", None if row.vat else Decimal(0)): (row.net, row.vat)}


def _by_rate(row: Row, lines: Sequence[InvoiceLine]) -> dict[TaxKey, tuple[int, int]]:
    """Signed as the row is; empty where a line that charges something does not say its tax."""
    charged = [line for line in lines if line.line_type is not LineType.TEXT and line.net_amount]
    if any(line.vat_rate is None or line.vat_amount is None for line in charged):
        return {}
    turned = (sum(line.net_amount or 0 for line in charged) < 0) != (row.total < 0)
    sign = -1 if turned else 1
    found: dict[TaxKey, tuple[int, int]] = {}
    for line in charged:
        key = TaxKey(line.vat_code or "", line.vat_rate)
        net, vat = found.get(key, (0, 0))
        found[key] = net + sign * (line.net_amount or 0), vat + sign * (line.vat_amount or 0)
    return found


def _differs(parts: Mapping[TaxKey, tuple[int, int]], lines: int, **wanted: int) -> bool:
    """Whether the lines miss the invoice's sums by more than a minor unit each."""
    net, vat = (sum(part[at] for part in parts.values()) for at in (0, 1))
    sums = {"net": net, "vat": vat, "total": net + vat}
    return any(abs(sums[name] - amount) > lines for name, amount in wanted.items())
