"""How a file's records are read: its header compiled once into steps, so that a row costs one pass over its cells."""

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from chalicelib.ccx import cells
from chalicelib.ccx.cells import Amount, CellError, Parser, Text
from chalicelib.ccx.codes import Code
from chalicelib.ccx.columns import AMOUNT, Schema
from chalicelib.ccx.csv_rows import MAX_CELL, RawRow, control_character, split
from chalicelib.ccx.messages import Params

_REMEMBERED = 16_384
_LINE_END = re.compile(r" *[\t\r\n]+ *")


class Problem(NamedTuple):
    """What is wrong with a cell, before it is known which row it belongs to. `params` fill the code's text."""

    column: str
    code: Code
    params: Params
    value: str


class ReadRow(NamedTuple):
    """`values` by the schema's slots, None where empty or unusable. Any error among `problems` rejects the row."""

    line: int
    raw: str
    values: list[Any]
    problems: list[Problem]


class _Memo(dict[str, Any]):
    """A column's cells already read: most come again and again. Raises CellError for a cell that cannot be used."""

    def __init__(self, parse: Parser) -> None:
        super().__init__({"": None})
        self._parse = parse

    def __missing__(self, cell: str) -> Any:
        value = self._parse(cell)
        if len(self) >= _REMEMBERED:
            self.clear()
            self[""] = None
        self[cell] = value
        return value

    def column(self, column: Sequence[str]) -> list[Any]:
        """Many cells, empty ones as None."""
        return list(map(self.__getitem__, column))


class Plan:
    """Reads records of one file whose amounts are in one currency. Make one with `plan_for`."""

    def __init__(self, schema: Schema, names: tuple[str, ...], currency: str) -> None:
        self.schema = schema
        self._names = names
        self._empty: list[Any] = [None] * len(self.schema.columns)
        self._steps = [self._step(name, currency) for name in names]
        readers = [(index, step[0], step[1], _Memo(step[1])) for index, step in enumerate(self._steps) if step]
        self._quick = [(i, slot, _by_column(parse, memo)) for i, slot, parse, memo in readers]
        self._single = [(i, slot, _by_cell(parse, memo)) for i, slot, parse, memo in readers]
        needed = [slot for slot, column in enumerate(self.schema.columns) if column.required]
        self._needed = _getter(needed)
        self._needed_columns = [self.schema.columns[slot] for slot in needed]

    def _step(self, name: str, currency: str) -> tuple[int, Parser] | None:
        slot = self.schema.by_name.get(name)
        if slot is None:
            return None
        kind = self.schema.columns[slot].kind
        return slot, cells.amount(currency) if kind is AMOUNT else kind.parse

    def read(self, line: int, raw: str) -> ReadRow:
        """All cells of a record. Never raises: what is wrong is in `problems`."""
        return self.read_all([(line, raw)])[0]

    def read_all(self, rows: Sequence[RawRow]) -> list[ReadRow]:
        """The same for many records, at a fraction of the price if all is well with all of them."""
        values = self._read_columns([raw for _, raw in rows]) if len(rows) > 1 else self._read_one(rows[0][1])
        if values is None:
            return [self._read_carefully(line, raw) for line, raw in rows]
        return [ReadRow(line, raw, list(row), []) for (line, raw), row in zip(rows, values, strict=True)]

    def _read_columns(self, raws: list[str]) -> Iterable[Sequence[Any]] | None:
        """The values of records without a problem, else None. By column, so that the loops over rows are fast ones."""
        table = self._table(raws)
        if table is None:
            return None
        columns = list(zip(*table, strict=True))
        values: list[Sequence[Any]] = [(None,) * len(raws)] * len(self.schema.columns)
        try:
            for index, slot, read in self._quick:
                if any(columns[index]):
                    values[slot] = read(columns[index])
        except CellError:
            return None
        if any(None in column for column in self._needed(values)):
            return None
        return zip(*values, strict=True)

    def _read_one(self, raw: str) -> Iterable[Sequence[Any]] | None:
        """The same of a single record, most of whose cells are empty: a customer's."""
        table = self._table([raw])
        if table is None:
            return None
        (texts,), values = table, self._empty.copy()
        try:
            for index, slot, read in self._single:
                if cell := texts[index]:
                    values[slot] = read(cell)
                    if cell[0] == " " or cell[-1] == " ":
                        return None
        except CellError:
            return None
        return None if None in self._needed(values) else [values]

    def _table(self, raws: list[str]) -> list[list[str]] | None:
        """The cells of records that hold no character, no quote and no number of cells that needs a closer look."""
        text = "".join(raws)
        if not text.isprintable() or max(map(len, raws)) > MAX_CELL:
            return None
        try:
            table = list(csv.reader(raws, strict=True)) if '"' in text else [raw.split(",") for raw in raws]
        except csv.Error:
            return None
        return table if set(map(len, table)) == {len(self._names)} else None

    def _read_carefully(self, line: int, raw: str) -> ReadRow:
        """The same, with a problem for each cell that has one."""
        texts, problems = self._texts(raw)
        values = self._empty.copy()
        for step, text in zip(self._steps, texts, strict=False):
            if not text or step is None:
                continue
            slot, parse = step
            clean = text.strip()
            if not clean:
                continue
            if clean is not text:
                problems.append(Problem(self.schema.columns[slot].name, Code.W310_SPACES, {}, text))
            try:
                values[slot] = parse(clean)
            except CellError as error:
                problems.append(Problem(self.schema.columns[slot].name, error.code, error.params, text))
        needed = self._needed(values)
        if None in needed and texts:
            problems += self._missing(needed, problems)
        return ReadRow(line, raw, values, problems)

    def _texts(self, raw: str) -> tuple[list[str], list[Problem]]:
        """The cells as text, those emptied that hold what no cell may; none at all if the row is no row."""
        texts = split(raw)
        if texts is None:
            return [], [Problem("", Code.E120_QUOTES, {}, raw)]
        if len(texts) != len(self._names):
            return [], [Problem("", Code.E118_CELLS, {"found": len(texts), "expected": len(self._names)}, raw)]
        problems: list[Problem] = []
        if len(raw) > MAX_CELL or not raw.isprintable():
            for index, name in enumerate(self._names):
                texts[index], problem = _checked(name, texts[index], self.schema.texts.get(name), quoted='"' in raw)
                if problem:
                    problems.append(problem)
        return texts, problems

    def _missing(self, needed: tuple[Any, ...], problems: list[Problem]) -> list[Problem]:
        """Required cells that are empty; one that is there but unusable has its own problem already."""
        reported = {problem.column for problem in problems if not problem.code.startswith("W")}
        return [
            Problem(column.name, Code.E101_MISSING, {"what": column.wanted}, "")
            for column, value in zip(self._needed_columns, needed, strict=True)
            if value is None and column.name not in reported
        ]


def _getter(slots: Sequence[int]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """The values at these slots as a tuple, however few there are."""
    if len(slots) > 1:
        return itemgetter(*slots)
    return lambda values: tuple(values[slot] for slot in slots)


def _by_column(parse: Parser, memo: _Memo) -> Callable[[Sequence[str]], list[Any]]:
    return parse.column if isinstance(parse, Text | Amount) else memo.column


def _by_cell(parse: Parser, memo: _Memo) -> Callable[[str], Any]:
    return parse if isinstance(parse, Text | Amount) else memo.__getitem__


def _checked(name: str, text: str, kind: Text | None, *, quoted: bool) -> tuple[str, Problem | None]:
    """The cell as it is to be read, and what is wrong with its characters. Empty if it cannot be used."""
    if len(text) > MAX_CELL:
        limit = kind.limit if kind else MAX_CELL
        return "", Problem(name, Code.E102_TOO_LONG, {"length": len(text), "limit": limit}, text)
    free = quoted and kind is not None and not kind.exact
    found = control_character(text, quoted_text=free)
    if found:
        return "", Problem(name, Code.E115_CONTROL_CHARACTER, {"character": f"U+{ord(found):04X}"}, text)
    if free and kind and not kind.multiline and _LINE_END.search(text):
        return _LINE_END.sub(" ", text).strip(), Problem(name, Code.W320_LINE_END, {}, text)
    return text, None


@cache
def plan_for(schema: Schema, names: tuple[str, ...], currency: str) -> Plan:
    """The plan for a file with this header. Raises ValueError if `currency` is not ISO 4217."""
    return Plan(schema, names, currency)
