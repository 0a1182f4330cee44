"""Rows of customers.csv to the facts of an account."""

from contextlib import suppress
from operator import itemgetter
from typing import Any

from chalicelib.ccx.cells import CellError
from chalicelib.ccx.codes import Code
from chalicelib.ccx.csv_rows import RawRow, split
from chalicelib.customers.model import AccountFacts
from chalicelib.ingest.checks.context import Context
from chalicelib.ingest.checks.row_collector import Tally
from chalicelib.ingest.checks.row_plan import Problem, ReadRow, plan_for
from chalicelib.ingest.checks.schemas import AGED, CUSTOMERS, SCHEMAS
from chalicelib.kernel.money import as_decimal

_CURRENCY = CUSTOMERS.by_name["currency"]
_NOT_FACTS = {*AGED, "updated_at", "record_status"}
_FACTS = [(name, slot) for name, slot in CUSTOMERS.by_name.items() if name not in _NOT_FACTS]
_AGED = itemgetter(*(CUSTOMERS.by_name[name] for name in AGED))
_BALANCE, _MASTER = CUSTOMERS.by_name["balance"], CUSTOMERS.by_name["master_account_ref"]
Aged = tuple[int, int, int, int, int, int]
DEFAULT_CURRENCY = "GBP"


def currency_in(entity: str, rows: list[RawRow], context: Context, slot: int) -> str:
    """The first currency that the rows name, so that their amounts can be read at all."""
    names = context.headers[entity].names
    column = SCHEMAS[entity].columns[slot]
    index = names.index(column.name)
    for _, raw in rows:
        texts = split(raw) or ()
        with suppress(CellError):
            if len(texts) == len(names):
                return str(column.parse(texts[index].strip()))
    return DEFAULT_CURRENCY


def check_customer(ref: str, rows: list[RawRow], context: Context) -> tuple[AccountFacts | None, int, Tally]:
    """The account's facts (None if its row is rejected), the line they came from, and the tally."""
    currency = currency_in("customers", rows, context, _CURRENCY)
    plan = plan_for("customers", context.headers["customers"].names, currency)
    tally = Tally(context.file("customers"), ref, plan, currency, key=("account_ref",), amounts=("balance",))
    facts, line = None, 0
    for row in tally.read(rows):
        _check_master(ref, row, context)
        aged = _aged(row, currency)
        if tally.accept(row):
            facts, line = _facts(row.values, aged), row.line
    return facts, line, tally


def _facts(values: list[Any], aged: Aged | None) -> AccountFacts:
    cells: dict[str, Any] = {name: values[slot] for name, slot in _FACTS}
    return AccountFacts(**cells, aged=aged)


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
    params: dict[str, object] = {"sum": as_decimal(sum(given), currency), "balance": as_decimal(balance, currency)}
    row.problems.append(Problem("aged_current", Code.W311_AGED_AMOUNTS, params, ""))
    return None
