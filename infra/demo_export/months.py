"""What one account buys in a month, and when it pays. Fixed by seed, account and month: the past never changes."""

import random
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from infra.demo_export import names
from infra.demo_export.model import Account, Entry, Line, discounted, vat_on

_SEASON = {1: 0.6, 4: 1.5, 5: 1.5, 7: 1.5, 8: 1.5, 12: 0.6}
CREDITS, WHOLEGOOD, DISPUTED, NEVER_PAID, IN_PARTS = 0.06, 0.005, 0.015, 0.015, 0.03
ONE_PAYMENT = 0.25
MAX_DAYS = 75
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Payment:
    """Money for some documents of a month on one day. `part` of them only, if it is under 1; the rest comes later."""

    day: date
    documents: tuple[Entry, ...]
    part: float = 1


@dataclass(frozen=True, slots=True)
class Numbering:
    """Document numbers grow by `per_day` from `first` on the day `start`."""

    first: int
    start: date
    per_day: int

    def number(self, day: date, account: Account, nth: int) -> str:
        """The number of an account's nth document of a day: unlike its others, rarely another account's."""
        return str(self.first + (day - self.start).days * self.per_day + (account.index * 37 + nth) % self.per_day)


def month_of(account: Account, first: date, *, seed: int, numbering: Numbering, lines: bool) -> list[Payment]:
    """The account's documents of the month that begins on `first`, by the payment that will clear them."""
    rng = random.Random(f"{seed}/{account.ref}/{first:%Y-%m}")
    if rng.random() >= account.activity:
        return []
    documents = _documents(rng, account, first, numbering, lines=lines)
    if rng.random() < ONE_PAYMENT:
        return [_payment(rng, account, tuple(documents), documents[-1].day)]
    return [_payment(rng, account, (document,), document.day) for document in documents]


def _documents(rng: random.Random, account: Account, first: date, numbering: Numbering, *, lines: bool) -> list[Entry]:
    count = rng.randint(56, 112) if account.fleet else min(400, 1 + int(rng.lognormvariate(0, 1)))
    count = max(1, round(count * _SEASON.get(first.month, 1)))
    days = sorted(_working_day(rng, first) for _ in range(count))
    documents: list[Entry] = []
    nth = 0
    for index, day in enumerate(days):
        nth = nth + 1 if index and days[index - 1] == day else 0
        documents.append(_document(rng, account, numbering.number(day, account, nth), day, lines=lines))
    return documents


def _working_day(rng: random.Random, first: date) -> date:
    """Four times as many on the last day of the month, none at weekends."""
    last = monthrange(first.year, first.month)[1]
    day = first.replace(day=min(last, rng.randint(1, last + 3)))
    if day.weekday() >= _SATURDAY:
        back = day - timedelta(days=day.weekday() - _SATURDAY + 1)
        day = back if back.month == first.month else day + timedelta(days=7 - day.weekday())
    return day


def _document(rng: random.Random, account: Account, number: str, day: date, *, lines: bool) -> Entry:
    net = _net(rng)
    credit = rng.random() < CREDITS
    if credit:
        net = -min(net, 20_000)
    wholegood = net > 400_000  # noqa: PLR2004 - pence
    description = rng.choice(names.RETURNS if credit else names.WHOLEGOODS) if credit or wholegood else _sale(rng)
    vat = vat_on(net)
    discounted_until = day + timedelta(days=account.settlement_days) if account.rate and not credit else None
    return Entry(
        type="credit_note" if credit else "invoice",
        number=f"C{number}" if credit else number,
        day=day,
        total=net + vat,
        net=net,
        vat=vat,
        due=None if credit else day + timedelta(days=30),
        discount_date=discounted_until,
        rate=account.rate if discounted_until else "",
        description=description,
        order_no=f"SO{rng.randint(10_000, 99_999)}",
        customer_order=f"PO {rng.randint(100, 9_999)}" if rng.random() < 0.2 else "",  # noqa: PLR2004 - a fifth
        advice_no=str(rng.randint(100_000, 199_999)),
        depot=account.depot,
        rep=account.rep,
        lines=_lines(random.Random(f"{account.ref}/{number}"), net) if lines else (),
        machine=names.machine(description, int(number)),
    )


def _net(rng: random.Random) -> int:
    if rng.random() < WHOLEGOOD:
        return int(500_000 * 50 ** rng.random())
    return max(50, min(int(100 * rng.lognormvariate(4.37, 1.754)), 400_000))


def _sale(rng: random.Random) -> str:
    return rng.choices([text for text, _ in names.SALES], [weight for _, weight in names.SALES])[0]


def _lines(rng: random.Random, net: int) -> tuple[Line, ...]:
    """A few parts whose amounts make `net`."""
    count = rng.randint(1, 5)
    left, out = abs(net), []
    for _ in range(count - 1):
        quantity = rng.randint(1, 4)
        price = left // (quantity * rng.randint(2, 5))
        if price:
            out.append(Line(*rng.choice(names.PARTS), quantity=quantity, unit_price=price))
            left -= quantity * price
    out.append(Line(*rng.choice(names.PARTS), quantity=1, unit_price=left))
    sign = -1 if net < 0 else 1
    return tuple(Line(line.part, line.description, sign * line.quantity, line.unit, line.unit_price) for line in out)


def _payment(rng: random.Random, account: Account, documents: tuple[Entry, ...], after: date) -> Payment:
    days = max(2, min(MAX_DAYS, round(rng.gauss(25.5, 12))))
    if account.rate and rng.random() < 0.5:  # noqa: PLR2004 - half take their discount
        days = rng.randint(1, account.settlement_days)
    if rng.random() < NEVER_PAID:
        days = 3_000
    part = rng.uniform(0.3, 0.8) if rng.random() < IN_PARTS and not account.balance_forward else 1.0
    return Payment(after + timedelta(days=days), documents, part)


def paid_amount(documents: tuple[Entry, ...], day: date) -> tuple[int, int]:
    """What is paid for documents on a day, and the discount taken with it."""
    full = sum(document.total for document in documents)
    taken = sum(
        document.total - discounted(document.total, document.rate)
        for document in documents
        if document.discount_date is not None and day <= document.discount_date
    )
    return full - taken, taken
