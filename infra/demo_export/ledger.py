"""An account's rows as one export shows them: the months played up to its date, paid or not by then."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from infra.demo_export.model import Account, Entry, Ledger
from infra.demo_export.months import Numbering, Payment, month_of, paid_amount

_SECOND = timedelta(days=21)
PLAYED_BEFORE = 3
"""Months played before the first that is shown: what is open from then is shown, and the rest paid."""


@dataclass(frozen=True, slots=True)
class View:
    """What an export shows: open rows, and settled ones from `history_from` (the first of a month) on."""

    seed: int
    as_at: date
    history_from: date
    numbering: Numbering
    lines: bool = False


def ledger_of(account: Account, view: View) -> Ledger:
    """All rows of an account as at the view's date, oldest first."""
    if not account.activity:
        return Ledger(account)
    payments = [
        payment
        for first in _months(view)
        for payment in month_of(account, first, seed=view.seed, numbering=view.numbering, lines=view.lines)
    ]
    entries, aged = (_rolled if account.balance_forward else _open_items)(account, payments, view)
    shown = [
        e for e in entries if e.outstanding or e.day >= view.history_from or (e.settled or e.day) >= view.history_from
    ]
    return Ledger(account, sorted(shown, key=lambda e: (e.day, e.type, e.number)), aged)


def _months(view: View) -> Iterator[date]:
    first = months_back(view.history_from, PLAYED_BEFORE)
    while first <= view.as_at:
        yield first
        first = months_back(first, -1)


def months_back(day: date, count: int) -> date:
    """The first of the month `count` months before that of `day`."""
    month = day.year * 12 + day.month - 1 - count
    return date(month // 12, month % 12 + 1, 1)


def _open_items(account: Account, payments: list[Payment], view: View) -> tuple[list[Entry], None]:
    entries: list[Entry] = []
    for payment in payments:
        documents = tuple(d for d in payment.documents if d.day <= view.as_at)
        if documents and payment.day <= view.as_at:
            entries += _paid(account, replace(payment, documents=documents), view)
        else:
            entries += _unpaid(documents)
    return entries, None


def _unpaid(documents: tuple[Entry, ...]) -> Iterator[Entry]:
    for document in documents:
        disputed = document.type == "invoice" and int(document.number) % 67 == 0
        yield replace(document, outstanding=document.total, disputed=disputed)


def _paid(account: Account, payment: Payment, view: View) -> Iterator[Entry]:
    documents, day = payment.documents, payment.day
    first = documents[0]
    second = day + _SECOND
    if payment.part < 1 and len(documents) == 1 and first.type == "invoice" and first.total > 100:  # noqa: PLR2004 - pence
        some = int(first.total * payment.part)
        yield _receipt(account, first, day, some)
        if second > view.as_at:
            yield replace(first, outstanding=first.total - some)
            return
        yield _receipt(account, first, second, first.total - some, "-2")
        yield first.cleared(second, "paid")
        return
    amount, taken = paid_amount(documents, day)
    if amount > 0:
        yield _receipt(account, first, day, amount)
    if taken:
        text = f"Settlement discount on {first.number}" + (
            f" and {len(documents) - 1} more" if len(documents) > 1 else ""
        )
        yield _row(account, "discount", f"D{first.number.lstrip('C')}", day, -taken, text)
    for document in documents:
        yield document.cleared(day, "paid" if document.total > 0 else "credited")


def _receipt(account: Account, document: Entry, day: date, amount: int, suffix: str = "") -> Entry:
    number = f"R{document.number.lstrip('C')}{suffix}"
    return _row(account, "payment", number, day, -amount, "Bank transfer, thank you")


def _row(account: Account, kind: str, number: str, day: date, total: int, text: str) -> Entry:
    row = Entry(kind, number, day, total, description=text, depot=account.depot)
    return row.cleared(day, "discount" if kind == "discount" else "paid")


def _rolled(account: Account, payments: list[Payment], view: View) -> tuple[list[Entry], tuple[int, ...]]:
    """Balance forward: at each month's end all that is open becomes one row, and what was in it is history."""
    starts = list(_months(view))
    this_month = starts[-1]
    documents = [d for p in payments for d in p.documents if d.day <= view.as_at]
    receipts = [
        _receipt(account, p.documents[0], p.day, _sum(p)) for p in payments if p.day <= view.as_at and _sum(p) > 0
    ]
    entries = []
    for row in (*documents, *receipts):
        if row.day >= this_month:
            entries.append(replace(row, outstanding=row.total, settled=None, reason=""))
        else:
            entries.append(row.cleared(_last_day(row.day), "rolled"))
    entries += _forward_rows(account, documents, receipts, starts)
    return entries, _aged(documents, payments, view, this_month)


def _sum(payment: Payment) -> int:
    return sum(document.total for document in payment.documents)


def _forward_rows(
    account: Account, documents: list[Entry], receipts: list[Entry], starts: list[date]
) -> Iterator[Entry]:
    for start, following in pairwise([*starts, months_back(starts[-1], -1)]):
        if start == starts[-1]:
            return
        end = following - timedelta(days=1)
        closing = sum(row.total for row in (*documents, *receipts) if row.day <= end)
        row = Entry(
            "brought_forward",
            f"BF-{end:%Y-%m}",
            end,
            closing,
            closing,
            description=f"Balance at {end:%d/%m/%Y}",
            depot=account.depot,
        )
        if closing:
            yield row if following == starts[-1] else row.cleared(_last_day(following), "rolled")


def _last_day(day: date) -> date:
    return months_back(day, -1) - timedelta(days=1)


def _aged(documents: list[Entry], payments: list[Payment], view: View, this_month: date) -> tuple[int, ...]:
    """Future, current, 1, 2, 3 or more months, unallocated. Money of this month is not set against anything yet."""
    buckets = [0, 0, 0, 0, 0]
    paid_before = {d.number for p in payments if p.day < this_month and _sum(p) > 0 for d in p.documents}
    for document in documents:
        age = (view.as_at.year - document.day.year) * 12 + view.as_at.month - document.day.month
        if document.number not in paid_before or age == 0:
            buckets[1 + min(age, 3)] += document.total
    unallocated = -sum(_sum(p) for p in payments if this_month <= p.day <= view.as_at and _sum(p) > 0)
    return (*buckets, unallocated)
