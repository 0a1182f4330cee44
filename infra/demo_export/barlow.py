"""Account 1200, Mr A L Barlow: the invoices that the manual prints, among rows of every kind and state.

Rows keep their distance from the first export's date; on 5 June 2024 the printed dates come out.
"""

import random
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from infra.demo_export import names
from infra.demo_export.ledger import months_back
from infra.demo_export.manual_accounts import BARLOW
from infra.demo_export.model import Entry, Ledger, Line, vat_on

PRINTED = date(2024, 6, 5)
ROWS = 231
_NOTICE = Line("", names.NOTICE)
_SINCE_PRINTED = timedelta(days=3)
_TERMS, _WEEK = timedelta(days=30), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Turns 'the 21st, one month back' into a date near `anchor`, the date of the first export."""

    anchor: date

    def day(self, months: int, day: int) -> date:
        """The day of that month; of the anchor's own month, so many days before the anchor (never another month)."""
        if months == 0:
            return self.anchor - timedelta(days=min(day, self.anchor.day - 1))
        first = months_back(self.anchor, months)
        return first.replace(day=min(day, monthrange(first.year, first.month)[1]))


def barlow(anchor: date, as_at: date) -> Ledger:
    """The account as at the first export, `anchor`; in later ones only its debts have aged."""
    calendar = Calendar(anchor)
    entries = [*_printed(anchor), *_open(calendar), *_settled(calendar)]
    entries += _history(calendar, ROWS - len(entries))
    entries.sort(key=lambda entry: (entry.day, entry.type, entry.number))
    return Ledger(BARLOW, entries, _aged(entries, as_at))


def _invoice(number: str, day: date, net: int, description: str, *, lines: tuple[Line, ...] = (), **more: Any) -> Entry:
    vat = vat_on(net)
    lines = lines or (
        Line(names.PARTS[net % len(names.PARTS)][0], names.PARTS[net % len(names.PARTS)][1], 1, "Each", net),
    )
    row = Entry(
        "invoice",
        number,
        day,
        net + vat,
        net + vat,
        net,
        vat,
        day + _TERMS,
        description=description,
        order_no="SDA",
        advice_no=str(int(number) - 4_482),
        depot=BARLOW.depot,
        rep=BARLOW.rep,
        lines=(_NOTICE, *lines),
        machine=names.machine(description, 0 if "baler" not in description else 3),
    )
    return replace(row, **more)


def _printed(anchor: date) -> Iterator[Entry]:
    """Invoices 127070, 127072 and 127073 of the manual, the first with the lines that it prints."""
    as_printed = anchor == PRINTED
    day = anchor if as_printed else anchor - _SINCE_PRINTED
    for number, net, later, lines, pdf in (
        (
            "127070",
            642,
            1,
            (Line("JD-01167489-A", "TENSIONER", 1, "Each", 392), Line("JD-01998745", "SPRING", 1, "EACH", 250)),
            True,
        ),
        ("127072", 332, 0, (Line("JD-02114406", "OIL FILTER", 1, "Each", 332),), False),
        ("127073", 2_148, 0, (Line("JD-03350118", "V-BELT", 2, "Each", 1_074),), True),
    ):
        until = anchor + timedelta(days=later) if as_printed else day + _WEEK
        row = _invoice(number, day, net, "General Parts Sale", lines=lines, pdf=pdf)
        yield replace(row, discount_date=until, rate="5.00")


def _open(calendar: Calendar) -> Iterator[Entry]:
    yield _invoice("127118", calendar.day(0, 1), 53_515, "Workshop Invoice, 500 hour service", pdf=True)
    yield _row("payment", "R30981", calendar.day(0, 5), -50_000, "Bank transfer, thank you", outstanding=-10_399)
    credit = _invoice("20417", calendar.day(0, 9), 4_017, "Parts returned, 2 oil filters", pdf=True)
    yield _credit(credit)
    yield _invoice("127021", calendar.day(0, 12), 32_200, "Workshop Invoice, baler knotter repair", pdf=True)
    yield _invoice("126954", calendar.day(1, 28), 18_221, "General Parts Sale")
    clutch = _invoice("126931", calendar.day(1, 21), 60_683, "Workshop Invoice, clutch", pdf=True)
    yield replace(clutch, outstanding=33_219)
    yield _invoice("126884", calendar.day(1, 14), 13_692, "General Parts Sale, hydraulic hose", disputed=True, pdf=True)
    yield replace(
        _invoice("126790", calendar.day(2, 24), 6_193, "General Parts Sale"), vat=1_238, total=7_431, outstanding=7_431
    )
    end = calendar.day(4, 31)
    yield _row("brought_forward", f"BF{end:%y%m}", end, 9_350, f"Balance at {end.day} {end:%b %Y}", outstanding=9_350)


def _settled(calendar: Calendar) -> Iterator[Entry]:
    """Rows behind the open ones: the payments behind them, a discount, a journal."""
    paid = calendar.day(0, 19)
    yield _invoice("126828", calendar.day(3, 5), 91_125, "Workshop Invoice, gearbox", pdf=True).cleared(paid, "paid")
    yield _row("payment", "R30967", paid, -109_350, "Bank transfer, thank you")
    bought = calendar.day(1, 28)
    offered = _invoice("126901", bought, 9_600, "General Parts Sale", rate="5.00", discount_date=bought + _WEEK)
    yield offered.cleared(paid, "paid")
    yield _row("payment", "R30968", paid, -10_944, "Bank transfer, thank you")
    yield _row("discount", "D01142", paid, -576, "Settlement discount on 126901")
    yield _row("journal", "J00871", calendar.day(2, 28), 250, "Carriage charged twice, corrected")


def _row(kind: str, number: str, day: date, total: int, description: str, *, outstanding: int = 0) -> Entry:
    row = Entry(kind, number, day, total, outstanding, description=description, depot=BARLOW.depot)
    return row if outstanding else row.cleared(day, "discount" if kind == "discount" else "paid")


def _credit(invoice: Entry) -> Entry:
    """The same as a credit note: every amount the other way."""
    lines = tuple(replace(line, quantity=-line.quantity) for line in invoice.lines)
    total, net, vat = -invoice.total, -(invoice.net or 0), -(invoice.vat or 0)
    return replace(
        invoice,
        type="credit_note",
        number=f"C{invoice.number}",
        total=total,
        outstanding=total,
        net=net,
        vat=vat,
        due=None,
        lines=lines,
    )


def _history(calendar: Calendar, left: int) -> Iterator[Entry]:
    """`left` rows of paid invoices with their payments and discounts, going back some two years."""
    rng = random.Random("1200")
    number = 126_780
    months = 2
    while left > 0:
        months += 1
        for _ in range(rng.randint(3, 5)):
            number -= rng.randint(3, 15)
            day = calendar.day(months, rng.randint(1, 28))
            net = rng.randint(400, 60_000)
            entries = _paid_invoice(str(number), day, net, discounted=rng.random() < 0.3)  # noqa: PLR2004 - a third or so
            yield from entries[:left]
            left -= len(entries)
            if left <= 0:
                return


def _paid_invoice(number: str, day: date, net: int, *, discounted: bool) -> list[Entry]:
    invoice = _invoice(number, day, net, names.SALES[net % len(names.SALES)][0], pdf=int(number) % 3 == 0)
    if not discounted:
        paid = day + timedelta(days=20 + net % 20)
        return [
            invoice.cleared(paid, "paid"),
            _row("payment", f"R{number}", paid, -invoice.total, "Bank transfer, thank you"),
        ]
    paid = day + timedelta(days=5)
    offered = replace(invoice, discount_date=day + _WEEK, rate="5.00")
    pays = offered.settlement or 0
    return [
        offered.cleared(paid, "paid"),
        _row("payment", f"R{number}", paid, -pays, "Bank transfer, thank you"),
        _row("discount", f"D{number}", paid, pays - offered.total, f"Settlement discount on {number}"),
    ]


def _aged(entries: list[Entry], as_at: date) -> tuple[int, ...]:
    buckets = [0, 0, 0, 0, 0]
    unallocated = 0
    for entry in entries:
        age = (as_at.year - entry.day.year) * 12 + as_at.month - entry.day.month
        if entry.type == "payment":
            unallocated += entry.outstanding
        else:
            buckets[1 + min(age, 3)] += entry.outstanding
    return (*buckets, unallocated)
