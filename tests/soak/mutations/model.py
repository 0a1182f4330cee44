"""A control disabled in a copy of the program, and the test that must notice.

A control is found by a marker beside it, `# Tested control: <name>`. It means the statement that follows, or where no
statement begins there (an element of a list, a line of YAML) that line, so code may be renamed and moved freely.
"""

import ast
import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Protocol

from infra.setup.files import tracked_files
from infra.setup.paths import ROOT

_TICKED = re.compile(r"`([^`]+)`")
_MARKER = re.compile(r"#\s*Tested control:\s*(?P<name>[a-z0-9-]+)\s*(?:#\})?$", re.MULTILINE)
_MARKED = ("chalicelib/", "infra/", "templates/", "app.py")


class Change(Protocol):
    """What is done to the source text of a marked statement."""

    def apply(self, source: str) -> str:
        """The source without the control. Raises ValueError where it does not fit."""


@dataclass(frozen=True, slots=True)
class Drop:
    """The statement does nothing."""

    def apply(self, source: str) -> str:
        """`pass` in its place; a line that is no statement is left out."""
        indent = source[: len(source) - len(source.lstrip())]
        try:
            ast.parse(textwrap.dedent(source))
        except SyntaxError:
            return ""
        return "" if source.rstrip().endswith(",") else f"{indent}pass"


@dataclass(frozen=True, slots=True)
class Condition:
    """An `if` whose condition is always `value`: "True" or "False"."""

    value: str

    def apply(self, source: str) -> str:
        """The same body under another condition."""
        plain = textwrap.dedent(source)
        tests = [node.test for node in ast.parse(plain).body if isinstance(node, ast.If)]
        if len(tests) != 1:
            raise ValueError(f"not an if: {source.strip()}")
        return Swap(f"if {ast.get_source_segment(plain, tests[0])}:", f"if {self.value}:").apply(source)


@dataclass(frozen=True, slots=True)
class Value:
    """A `return` of another value."""

    value: str

    def apply(self, source: str) -> str:
        """The return statement with `value`."""
        indent = source[: len(source) - len(source.lstrip())]
        if not source.lstrip().startswith("return"):
            raise ValueError(f"not a return: {source.strip()}")
        return f"{indent}return {self.value}"


@dataclass(frozen=True, slots=True)
class Swap:
    """Within the statement, `old` (there exactly once) becomes `new`."""

    old: str
    new: str

    def apply(self, source: str) -> str:
        """The statement with the other text."""
        if source.count(self.old) != 1:
            raise ValueError(f"{self.old!r} is there {source.count(self.old)} times: {source.strip()}")
        return source.replace(self.old, self.new)


@dataclass(frozen=True, slots=True)
class Mutation:
    """`change` is made to the statement marked `control`; then `test` fails. `claim` is the row that says so.

    `also` are further pairs of control and change, for what is guarded in two places.
    """

    claim: str
    control: str
    change: Change
    test: str
    also: tuple[tuple[str, Change], ...] = ()

    def __str__(self) -> str:
        return f"{self.claim} ({self.control}: {self.change})"

    @property
    def changes(self) -> tuple[tuple[str, Change], ...]:
        """Every control with its change."""
        return ((self.control, self.change), *self.also)

    def mutated(self) -> dict[Path, str]:
        """The texts of the files it touches, by path within the project. Raises ValueError where it does not fit."""
        texts: dict[Path, str] = {}
        for control, change in self.changes:
            path = place_of(control)
            texts[path] = _applied(texts.get(path) or (ROOT / path).read_text(), control, change)
        return texts


@cache
def markers() -> dict[str, tuple[Path, ...]]:
    """Every marker in the program with the files it is in."""
    found: dict[str, tuple[Path, ...]] = {}
    for name in tracked_files():
        if name.startswith(_MARKED) and (ROOT / name).suffix in {".py", ".html", ".yaml", ".yml", ".js", ".json"}:
            for match in _MARKER.finditer((ROOT / name).read_text()):
                found[match["name"]] = (*found.get(match["name"], ()), Path(name))
    return found


def place_of(control: str) -> Path:
    """The file with the marker. Raises ValueError unless it is there exactly once."""
    places = markers().get(control, ())
    if len(places) != 1:
        raise ValueError(f"the marker `Tested control: {control}` is there {len(places)} times")
    return places[0]


def _applied(text: str, control: str, change: Change) -> str:
    match = next(found for found in _MARKER.finditer(text) if found["name"] == control)
    lines = text.split("\n")
    first = text.count("\n", 0, match.start()) + 1
    last = _statement_end(text, first + 1)
    mutated = change.apply("\n".join(lines[first:last]))
    return "\n".join([*lines[:first], *([mutated] if mutated else []), *lines[last:]])


def _statement_end(text: str, first: int) -> int:
    """The last line of the statement that begins on line `first` (from 1), or that line itself."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return first
    statements = (node for node in ast.walk(tree) if isinstance(node, ast.stmt))
    ends = [node.end_lineno or first for node in statements if _first_line(node) == first]
    return max(ends, default=first)


def _first_line(node: ast.stmt) -> int:
    decorators: Iterable[ast.expr] = getattr(node, "decorator_list", ())
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a document's table: what is claimed, and the tests that hold it. `::test_rule_1_*` names several."""

    claim: str
    tests: frozenset[str]

    def names(self, test: str) -> bool:
        """Whether it is one of its tests."""
        return test in self.tests or any(fnmatchcase(test, pattern) for pattern in self.tests)


def table(document: Path) -> list[Row]:
    """The rows of every table in a document whose last column is headed Test."""
    rows: list[Row] = []
    inside = False
    for line in document.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if not line.startswith("|"):
            inside = False
        elif cells[-1].rstrip(" |") == "Test":
            inside = True
        elif inside and not line.startswith("|--"):
            rows.append(Row(cells[0], frozenset(_TICKED.findall(cells[-1]))))
    return rows


def exists(test: str) -> bool:
    """Whether a module has a test of this id, parameters aside."""
    name, _, function = test.partition("::")
    path = ROOT / name
    if not path.is_file():
        return False
    defined = {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}
    return any(fnmatchcase(found, function.partition("[")[0]) for found in defined)
