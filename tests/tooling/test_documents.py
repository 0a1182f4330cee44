"""What the documents point at is there: links, headings, files, functions, tests, routes and environment variables."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from app import app
from chalicelib.settings import Settings
from infra.setup.paths import ROOT
from tests.tooling.documents import pages

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
TICKED = re.compile(r"`([^`\n]+)`")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
OURS = re.compile(r"(?:chalicelib|infra|templates|tests|docs|\.chalice)/[\w./-]+|app\.py|pyproject\.toml|Makefile")
TO_BE_WRITTEN = {
    "chalicelib/equipment/",
    "chalicelib/equipment/entity.py",
    "chalicelib/equipment/model.py",
    "chalicelib/locale/de/LC_MESSAGES/messages.po",
    "chalicelib/notifications/kinds/welcome.py",
    "chalicelib/web/customer/contact.py",
    "templates/customer/contact.html",
    "templates/mail/welcome/subject.txt",
    "tests/equipment/",
    "tests/notifications/kinds/test_welcome.py",
    "tests/web/customer/test_contact.py",
}
"""Files that the recipes of CONTRIBUTING.md tell people to write."""
INGEST = ROOT / "docs" / "imports.md"
"""The page whose modules are named from chalicelib/ingest."""
PAGES = pages()


def anchor(heading: str) -> str:
    """As GitHub makes it."""
    plain = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
    return plain.strip().replace(" ", "-")


def has_link(page: Path, link: str) -> bool:
    if re.match(r"https?:|mailto:", link):
        return True
    name, _, fragment = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    if not target.exists():
        return False
    return not fragment or fragment in map(anchor, HEADING.findall(FENCED.sub("", target.read_text())))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    assert [link for link in LINK.findall(FENCED.sub("", page.read_text())) if not has_link(page, link)] == []


@cache
def defined(path: Path) -> set[str]:
    """Every function and class of a module, by its own name."""
    nodes = ast.walk(ast.parse(path.read_text()))
    return {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)}


def is_there(word: str, folder: Path = ROOT) -> bool:
    """`path`, `folder/` or `path::name`; parameters of a test aside, and `*` for several."""
    name, _, inside = word.partition("::")
    path = folder / name
    if not path.exists():
        return False
    wanted = inside.partition("[")[0].replace("*", ".*")
    return not inside or any(re.fullmatch(wanted, found) for found in defined(path))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_and_functions_are_there(page: Path) -> None:
    words = [word for word in TICKED.findall(FENCED.sub("", page.read_text())) if OURS.match(word)]
    named = {word for word in words if " " not in word and "<" not in word} - TO_BE_WRITTEN
    assert sorted(word for word in named if not is_there(word) and "{" not in word) == []


def test_modules_of_the_import_are_there() -> None:
    text = FENCED.sub("", INGEST.read_text())
    modules = [word for word in TICKED.findall(text) if re.match(r"[\w/]+\.py|[\w/]+/$", word) and not OURS.match(word)]
    assert modules
    assert [word for word in modules if not is_there(word, ROOT / "chalicelib" / "ingest")] == []


def feature_rows() -> list[list[str]]:
    """The cells of each row of docs/features.md: numbers, feature, where, test."""
    text = (ROOT / "docs" / "features.md").read_text()
    lines = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith(("| #", "| ---"))]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


@pytest.mark.parametrize("row", feature_rows(), ids=lambda row: row[0].replace(" ", ""))
def test_a_feature_has_its_place_and_its_test(row: list[str]) -> None:
    _, _, where, tests = row
    places = TICKED.findall(where)
    assert places
    assert [p for p in places if not (p in app.routes if p.startswith("/") else is_there(p))] == []
    named = TICKED.findall(tests)
    assert named
    assert [t for t in named if "::" not in t or not is_there(t)] == []


def test_every_line_of_the_dealers_manual_is_met() -> None:
    """A1-1 to A1-31: the first product's manual, its dealer half."""
    named = {number for row in feature_rows() for number in row[0].split()}
    assert [f"A1-{line}" for line in range(1, 32) if f"A1-{line}" not in named] == []


def test_no_variable_of_the_environment_is_left_out() -> None:
    table = re.findall(
        r"^\| `([A-Z_]+)` \| (?:`([^`]*)`|([^|]*?)) \|", (ROOT / "docs/configuration.md").read_text(), re.MULTILINE
    )
    documented = {name: default for name, default, _ in table}
    fields = {name.upper(): field.default for name, field in Settings.model_fields.items()}
    assert documented.keys() == fields.keys()
    assert {name: fields[name] for name, default in documented.items() if default and default != fields[name]} == {}
