"""Rows of invoice_lines.csv: what a document lists, line by line."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from operator import itemgetter
from typing import NamedTuple

from chalicelib.ccx.codes import Code
from chalicelib.ccx.entity import Key
from chalicelib.ccx.messages import Money
from chalicelib.ccx.row_collector import RowCollector
from chalicelib.ccx.row_plan import Problem, ReadRow
from chalicelib.documents.entity import INVOICE_LINES
from chalicelib.kernel.money import as_decimal, round_half_up

_slots = INVOICE_LINES.schema.by_name
_TYPE, _ID = _slots["type"], _slots["transaction_id"]
_VAT = itemgetter(_slots["net_amount"], _slots["vat_rate"], _slots["vat_amount"])


class CheckedLine(NamedTuple):
    """One line. Amounts are minor units of the account's currency; quantity, price and rates are decimal text."""

    line_no: int
    line_type: str
    part_no: str | None
    description: str | None
    quantity: str | None
    unit: str | None
    unit_price: str | None
    discount_pct: str | None
    net: int | None
    vat_rate: str | None
    vat: int | None
    vat_code: str | None
    vat_exemption: str | None


def line_counts(read: Iterable[ReadRow]) -> Mapping[Key, int]:
    """How many lines each (type, transaction_id) has."""
    return Counter((row.values[_TYPE], row.values[_ID]) for row in read)


def check_lines(
    collector: RowCollector,
    read: Iterable[ReadRow],
    *,
    accepted: Collection[Key],
    rejected: Collection[Key],
    parent: str,
) -> dict[Key, list[CheckedLine]]:
    """Lines by (type, transaction_id), in their order.

    `accepted` and `rejected` are this account's transactions in the file `parent`.

    Whole sets only: one with a line rejected is left out, as it would delete that line where an earlier set is shown,
    and all are where nobody can say which of them a line belongs to.
    """
    out: dict[Key, list[CheckedLine]] = {}
    broken: set[Key] = set()
    for row in read:
        key = (row.values[_TYPE], row.values[_ID])
        if key in rejected:
            row.problems.append(Problem("transaction_id", Code.E201_PARENT_REJECTED, {"parent": parent}, key[1]))
        elif None not in key and key not in accepted:
            row.problems.append(Problem("transaction_id", Code.E203_UNKNOWN_TRANSACTION, {}, key[1]))
        _check_vat(row, collector.currency)
        if collector.accept(row):
            out.setdefault(key, []).append(CheckedLine(row.values[3], row.values[4] or "goods", *row.values[5:]))
        else:
            broken.add(key)
    if any(None in key for key in broken):
        return {}
    out = {key: lines for key, lines in out.items() if key not in broken}
    for lines in out.values():
        lines.sort(key=lambda line: line.line_no)
    return out


def _check_vat(row: ReadRow, currency: str) -> None:
    net, rate, vat = _VAT(row.values)
    if None in {net, vat} or rate is None:
        return
    expected = round_half_up(net * Decimal(rate) / 100)
    if abs(expected - vat) > 1:
        params = {"rate": rate, "net": Money(net, currency), "expected": Money(expected, currency)}
        row.problems.append(Problem("vat_amount", Code.W303_LINE_VAT, params, str(as_decimal(vat, currency))))
