"""A control taken out of a copy of the program, and the test that must notice."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from infra.setup.paths import ROOT

_TICKED = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Removal:
    """In `path`, `old` (there exactly once) becomes `new`; then `test` fails. `claim` is the row that says so."""

    claim: str
    path: str
    old: str
    new: str
    test: str

    def __str__(self) -> str:
        return self.claim

    @property
    def occurrences(self) -> int:
        """How often `old` stands in the file as it is now."""
        return (ROOT / self.path).read_text().count(self.old)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a document's table: what is claimed, and the tests that hold it."""

    claim: str
    tests: frozenset[str]


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
    return not function or function.partition("[")[0] in defined
