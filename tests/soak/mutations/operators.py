"""Small changes to any statement, as a slip of the hand would make them: for mutants that nobody has chosen.

The usual operators of mutation testing: comparisons, booleans, arithmetic, constants, conditions, calls and returns.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from infra.setup.paths import ROOT

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_CALCULATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
}
_OF_TEXT = ast.Constant | ast.JoinedStr | ast.List | ast.Tuple


@dataclass(frozen=True, slots=True)
class Mutant:
    """`before`, at bytes `start` to `end` of a module, becomes `after`. `place` is the function or class it is in."""

    path: Path
    place: str
    operator: str
    before: str
    after: str
    start: int
    end: int
    number: int = 1

    def __str__(self) -> str:
        """Stays the same when lines move: `chalicelib/a.py f: x < y -> x <= y`; ` #2` for the second of the same."""
        again = f" #{self.number}" if self.number > 1 else ""
        return f"{self.path.as_posix()} {self.place}: {_line(self.before)} -> {_line(self.after)}{again}"

    def mutated(self) -> dict[Path, str]:
        """The text of the module with the change."""
        return {self.path: self.applied((ROOT / self.path).read_text())}

    def applied(self, source: str) -> str:
        """The change made to the text that the mutant was found in."""
        data = source.encode()
        return (data[: self.start] + self.after.encode() + data[self.end :]).decode()


def _line(text: str) -> str:
    return " ".join(text.split())


@cache
def mutants_of(path: Path) -> tuple[Mutant, ...]:
    """Every mutant of a module of the program."""
    return tuple(mutants(path, (ROOT / path).read_text()))


def mutants(path: Path, source: str) -> Iterator[Mutant]:
    """Every mutant of this source text, in its order."""
    data, seen = source.encode(), Counter[tuple[str, str, str]]()
    starts = [0]
    for line in data.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for place, node, is_condition in _nodes(ast.parse(source), "module"):
        start, end = starts[node.lineno - 1] + node.col_offset, starts[(node.end_lineno or 0) - 1] + _end(node)
        before = data[start:end].decode()
        negated = [("condition", f"(not ({_line(before)}))")] if is_condition else []
        for operator, after in (*_changes(node), *negated):
            seen[key := (place, _line(before), _line(after))] += 1
            yield Mutant(path, place, operator, before, after, start, end, seen[key])


def _end(node: ast.stmt | ast.expr) -> int:
    return node.end_col_offset or 0


def _nodes(tree: ast.AST, place: str) -> Iterator[tuple[str, ast.stmt | ast.expr, bool]]:
    """What runs, and whether it is a condition: no annotations, decorators, docstrings, log lines and messages."""
    for name, value in ast.iter_fields(tree):
        if name in {"annotation", "returns", "decorator_list", "type_params", "bases", "keywords"} and _declares(tree):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or _says_only(child):
                continue
            inner = place
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inner = child.name if place == "module" else f"{place}.{child.name}"
            if isinstance(child, ast.stmt | ast.expr):
                yield inner, child, name == "test" or (isinstance(tree, ast.comprehension) and name == "ifs")
            yield from _nodes(child, inner)


def _declares(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.AnnAssign | ast.arg)


def _says_only(node: ast.AST) -> bool:
    if isinstance(node, ast.Raise | ast.JoinedStr | ast.Import | ast.ImportFrom | ast.Assert):
        return True
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return True
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) or ast.unparse(node.value).startswith(("logger.", "bind("))
    return False


def _changes(node: ast.stmt | ast.expr) -> Iterator[tuple[str, str]]:
    """The operators that fit, and what the node's text becomes."""
    match node:
        case ast.Compare(ops=ops):
            for place, operator in enumerate(ops):
                yield "comparison", _with(node, ops=[*ops[:place], _COMPARED[type(operator)](), *ops[place + 1 :]])
        case ast.BoolOp(op=ast.And()):
            yield "boolean", _with(node, op=ast.Or())
        case ast.BoolOp():
            yield "boolean", _with(node, op=ast.And())
        case ast.BinOp(op=op, left=left, right=right) if type(op) in _CALCULATED and not _is_text(left, right):
            yield "arithmetic", _with(node, op=_CALCULATED[type(op)]())
        case ast.Constant(value=bool(value)):
            yield "constant", str(not value)
        case ast.Constant(value=int(value)):
            yield "constant", str(value + 1)
            yield "constant", f"({value - 1})" if value < 1 else str(value - 1)
        case ast.AugAssign() | ast.Expr(value=ast.Call()):
            yield "dropped statement", "pass"
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield "returned None", "return None"


def _with(node: ast.expr, **fields: Any) -> str:
    """The text of the node with other fields, in brackets, on one line."""
    copy = deepcopy(node)
    for name, value in fields.items():
        setattr(copy, name, value)
    return f"({ast.unparse(copy)})"


def _is_text(*nodes: ast.expr) -> bool:
    return any(
        isinstance(n, _OF_TEXT) and not (isinstance(n, ast.Constant) and isinstance(n.value, int)) for n in nodes
    )


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
