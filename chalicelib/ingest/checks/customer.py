"""Rows of customers.csv to the facts of an account."""

from contextlib import suppress
from decimal import Decimal
from operator import itemgetter
from typing import Any

from chalicelib.ccx.cells import CellError
from chalicelib.ccx.codes import Code
from chalicelib.ccx.csv_rows import RawRow, split
from chalicelib.ccx.entity import Entity
from chalicelib.ccx.messages import Money
from chalicelib.ccx.row_collector import RowCollector
from chalicelib.ccx.row_plan import Problem, ReadRow
from chalicelib.customers.entity import AGED, CUSTOMERS
from chalicelib.customers.model import AccountFacts
from chalicelib.ingest.checks.context import Context
from chalicelib.kernel.keys import is_portal_customer

_slots = CUSTOMERS.schema.by_name
_NOT_FACTS = {*AGED, "updated_at", "record_status"}
_FACTS = [(name, slot) for name, slot in _slots.items() if name not in _NOT_FACTS]
_AGED = itemgetter(*(_slots[name] for name in AGED))
_BALANCE, _CURRENCY, _MASTER = (_slots[name] for name in ("balance", "currency", "master_account_ref"))
Aged = tuple[int, int, int, int, int, int]
DEFAULT_CURRENCY = "GBP"


def currency_in(entity: Entity[Any], rows: list[RawRow], context: Context) -> str:
    """The first currency that the rows name, so that their amounts can be read at all."""
    names = context.headers[entity.name].names
    slot = entity.schema.by_name.get("currency")
    if slot is None or "currency" not in names:
        return DEFAULT_CURRENCY
    column, index = entity.schema.columns[slot], names.index("currency")
    for _, raw in rows:
        texts = split(raw) or ()
        with suppress(CellError):
            if len(texts) == len(names):
                return str(column.parse(texts[index].strip()))
    return DEFAULT_CURRENCY


def check_customer(
    ref: str, rows: list[RawRow], context: Context, *, stored_currency: str | None = None
) -> tuple[AccountFacts | None, int, RowCollector]:
    """The account's facts (None if its row is rejected), the line they came from, and the collector of its rows.

    Stored amounts are minor units of `stored_currency`: under another they would be other amounts.
    """
    currency = currency_in(CUSTOMERS, rows, context)
    collector = context.collector(CUSTOMERS, ref, currency)
    facts, line = None, 0
    for row in collector.read(rows):
        if is_portal_customer(ref):
            row.problems.append(Problem("account_ref", Code.E122_RESERVED, {}, ref))
        _check_master(ref, row, context)
        _check_currency(row, stored_currency)
        aged = _aged(row, currency)
        if collector.accept(row):
            facts, line = _facts(row.values, aged), row.line
    return facts, line, collector


def _facts(values: list[Any], aged: Aged | None) -> AccountFacts:
    cells: dict[str, Any] = {name: values[slot] for name, slot in _FACTS}
    rate = cells["settlement_rate"]
    return AccountFacts(**cells | {"settlement_rate": rate and Decimal(rate)}, aged=aged)


def _check_currency(row: ReadRow, stored: str | None) -> None:
    named = row.values[_CURRENCY]
    if stored is not None and named is not None and named != stored:
        row.problems.append(Problem("currency", Code.E212_CURRENCY_CHANGED, {"currency": stored}, named))


def _check_master(ref: str, row: ReadRow, context: Context) -> None:
    problem = context.bad_masters.get(ref)
    if problem and row.values[_MASTER] is not None:
        row.problems.append(Problem("master_account_ref", problem.code, problem.params, problem.master))
        row.values[_MASTER] = None


def _aged(row: ReadRow, currency: str) -> Aged | None:
    """The six aged amounts if all came and sum to the balance; some, or another sum, are a warning."""
    cells = _AGED(row.values)
    given = [cell for cell in cells if cell is not None]
    balance = row.values[_BALANCE]
    if not given or balance is None:
        return None
    if len(given) == len(cells) and sum(given) == balance:
        aged: Aged = cells
        return aged
    params = {"sum": Money(sum(given), currency), "balance": Money(balance, currency)}
    row.problems.append(Problem("aged_current", Code.W311_AGED_AMOUNTS, params, ""))
    return None
