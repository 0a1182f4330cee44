"""Nothing of the program is there for tests alone, or for nobody."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from infra.setup.paths import ROOT

MEASURED = {"pages_remembered", "sent_in_month"}
"""What only measurements and tests read."""
STAND_INS = {"RecordingSender", "RecordingTextSender"}
"""What tests put in the place of AWS: it is beside what it stands for, so that both change together."""
BEFORE_ITS_PAGES = {"create_customer", "unlink_account"}
"""Customers that no export names are stored, invited and shown; staff have no page yet that adds one."""
BY_NAME = {"__getattr__"}
"""What Python itself calls."""


def sources() -> Iterator[tuple[Path, str]]:
    for folder in ("chalicelib", "infra", "templates"):
        for path in sorted(ROOT.joinpath(folder).rglob("*")):
            if path.suffix in {".py", ".html", ".txt", ".yaml"}:
                yield path, path.read_text()
    yield ROOT / "app.py", (ROOT / "app.py").read_text()


def defined(path: Path, text: str) -> set[str]:
    """Top-level functions and classes; what a decorator takes in hand (a route, a trigger) is used by that."""
    if "chalicelib" not in path.parts or path.suffix != ".py":
        return set()
    return {
        node.name
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not any(isinstance(getattr(decorator, "func", None), ast.Attribute) for decorator in node.decorator_list)
    }


def test_everything_that_is_defined_is_used() -> None:
    known = list(sources())
    words = Counter(word for _, text in known for word in re.findall(r"\w+", text))
    names = set().union(*(defined(path, text) for path, text in known))
    assert {name for name in names if words[name] == 1} == MEASURED | STAND_INS | BEFORE_ITS_PAGES | BY_NAME
