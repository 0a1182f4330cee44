"""A control taken out of a copy of the program, and the test that must notice."""

import ast
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from infra.setup.paths import ROOT

_TICKED = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Removal:
    """In `path`, `old` (there exactly once) becomes `new`; then `test` fails. `claim` is the row that says so.

    `also` are further pairs of old and new in that file, for a control that is looked after in two places.
    """

    claim: str
    path: str
    old: str
    new: str
    test: str
    also: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.claim} ({self.path}: {self.old.strip()})"

    @property
    def changes(self) -> tuple[tuple[str, str], ...]:
        """Every old and new."""
        return ((self.old, self.new), *self.also)

    def fits(self, text: str) -> bool:
        """Whether all of it stands there, once each."""
        return all(text.count(old) == 1 and old != new for old, new in self.changes)

    def taken_out(self, text: str) -> str:
        """The text of the file without the control."""
        for old, new in self.changes:
            text = text.replace(old, new)
        return text

    @property
    def text(self) -> str:
        """The file as it is now."""
        return (ROOT / self.path).read_text()


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
