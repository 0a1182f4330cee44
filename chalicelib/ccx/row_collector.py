"""The running account of one file while one customer account is checked: findings, rejected keys, counts and sums."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from chalicelib.ccx.codes import Code
from chalicelib.ccx.csv_rows import Header, RawRow
from chalicelib.ccx.entity import Entity, Key
from chalicelib.ccx.findings import Finding, mask
from chalicelib.ccx.row_plan import Plan, Problem, ReadRow, plan_for
from chalicelib.kernel.money import minor_digits


@dataclass(slots=True)
class Counted:
    """Rows of a file, and sums over all that can be read, rejected ones too: control totals speak of the whole file.

    `totals` maps (column, currency) to minor units. `unreadable_amounts` counts likewise the amounts that could not be
    read; under the currency `""` those of which not even the currency is known.
    """

    rows: int = 0
    rejected: int = 0
    totals: dict[tuple[str, str], int] = field(default_factory=dict)
    unreadable_amounts: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(slots=True)
class RowCollector:
    """One file's share of one account, or the whole file of a dealer: `ref` is empty.

    `rejected` holds the keys that keep their last good value; `unreadable` says that a rejected row had no key, so that
    nothing may be inferred from what is absent.
    """

    file: str
    ref: str
    entity: Entity[Any]
    plan: Plan
    currency: str
    findings: list[Finding] = field(default_factory=list)
    rejected: set[Key] = field(default_factory=set)
    unreadable: bool = False
    counted: Counted = field(default_factory=Counted)

    def read(self, rows: Sequence[RawRow], *, keyed: bool = True) -> list[ReadRow]:
        """Each record read and counted; of records alike to the byte only the first, and copies of a key marked.

        Not `keyed`: rows of unknown accounts, of which nobody can say whether their keys are the same.
        """
        read = self.plan.read_all(rows)
        self.counted.rows += len(rows)
        if self.entity.amounts:
            self._sum(read)
        if keyed and len(read) > 1:
            if len({row.raw for row in read}) < len(read):
                read = _without_copies(read)
            self._mark_duplicates(read)
        return read

    def accept(self, row: ReadRow) -> bool:
        """Whether the row may be used. Reports its problems; to be called once, when all of them are known."""
        if not row.problems:
            return True
        key = self.key_of(row)
        name = self._name(row)
        good = True
        for problem in row.problems:
            good = good and problem.code.startswith("W")
            self.report(row.line, problem, name)
        if not good:
            self.counted.rejected += 1
            if key is None:
                self.unreadable = True
            else:
                self.rejected.add(key)
        return good

    def report(self, line: int, problem: Problem, key: str) -> None:
        """Add one finding."""
        value = mask(problem.value)
        self.findings.append(Finding(self.file, line, key, problem.column, problem.code, value, dict(problem.params)))

    def key_of(self, row: ReadRow) -> Key | None:
        """What identifies the row, None if that cannot be read."""
        slots = self.plan.schema.by_name
        cells = [row.values[slots[name]] for name in self.entity.key]
        return None if None in cells else tuple(map(str, cells))

    def _name(self, row: ReadRow) -> str:
        """How a finding names the row: account, transaction or document, line, as far as they can be read.

        The type goes without saying.
        """
        slots = self.plan.schema.by_name
        cells = (row.values[slots[column]] for column in self.entity.key if column != "type")
        known = (str(cell) for cell in cells if cell is not None)
        return " / ".join(dict.fromkeys(filter(None, (self.ref, *known))))

    def _mark_duplicates(self, read: list[ReadRow]) -> None:
        quick = itemgetter(*(self.plan.schema.by_name[name] for name in self.entity.key))
        if len({quick(row.values) for row in read}) == len(read):
            return
        keys = list(map(self.key_of, read))
        times = Counter(keys)
        for row, key in zip(read, keys, strict=True):
            if key is not None and times[key] > 1:
                row.problems.append(Problem(self.entity.key[-1], Code.E117_DUPLICATE, {"count": times[key]}, key[-1]))

    def _sum(self, read: list[ReadRow]) -> None:
        slots = self.plan.schema.by_name
        columns = [(column, slots[column]) for column in self.entity.amounts]
        by_currency: dict[str | None, list[list[Any]]] = {}
        at = slots.get("currency")
        unnamed = self.currency if self.ref else ""
        for row in read:
            by_currency.setdefault(self.currency if at is None else row.values[at], []).append(row.values)
        for currency, rows in by_currency.items():
            readable = currency is not None and minor_digits(currency) == minor_digits(self.currency)
            for column, slot in columns:
                amounts = [values[slot] for values in rows if values[slot] is not None] if readable else []
                if len(amounts) < len(rows):
                    found = unnamed if currency is None else currency
                    self.counted.unreadable_amounts[column, found] += len(rows) - len(amounts)
                if currency is not None and amounts:
                    self.counted.totals[column, currency] = sum(amounts)


def _without_copies(read: list[ReadRow]) -> list[ReadRow]:
    times = Counter(row.raw for row in read)
    first: dict[str, ReadRow] = {}
    for row in read:
        if first.setdefault(row.raw, row) is row and times[row.raw] > 1:
            row.problems.append(Problem("", Code.W313_REPEATED_ROW, {"count": times[row.raw]}, row.raw))
    return list(first.values())


def collector_for(entity: Entity[Any], header: Header, *, file: str, ref: str, currency: str) -> RowCollector:
    """A collector for rows under this header. Raises ValueError if `currency` is not ISO 4217."""
    return RowCollector(file, ref, entity, plan_for(entity.schema, header.names, currency), currency)
