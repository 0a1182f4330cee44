"""The key table of docs/architecture.md is that of the record classes, the roles and the object names."""

import ast
import inspect
import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest

from chalicelib.documents.model import document_name, lines_name
from chalicelib.ingest import names
from infra.cloudformation.template import resource
from infra.setup.paths import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text()
TICKED = re.compile(r"`([^`]+)`")
SECTION = re.compile(r"^### [^\n]+: (\w+) role\n(.*?)(?=^##)", re.MULTILINE | re.DOTALL)
BASES = {"Record", "Versioned", "CreateOnly"}
WITHOUT_A_KEY = {"Versioned", "CreateOnly", "BodyRecord"}
"""A base class, and a view of items that have classes of their own."""


def is_key(text: str) -> bool:
    """Whether a word of a docstring is a key: attributes are lower case and hold neither `#` nor `<`."""
    return "#" in text or "<" in text or text.isupper()


def records() -> Iterator[tuple[str, set[str]]]:
    """Each record class, and the keys that its docstring names, or the docstrings of its module where it has none."""
    for path in sorted(ROOT.joinpath("chalicelib").rglob("*.py")):
        module = ast.parse(path.read_text())
        for node in module.body:
            if not isinstance(node, ast.ClassDef) or not BASES & {getattr(base, "id", "") for base in node.bases}:
                continue
            own = ast.get_docstring(node)
            whole: list[ast.Module | ast.FunctionDef] = [module]
            whole += [n for n in module.body if isinstance(n, ast.FunctionDef)]
            told = own or " ".join(ast.get_docstring(n) or "" for n in whole)
            yield node.name, {word for word in TICKED.findall(told) if is_key(word)}


RECORDS = {name: keys for name, keys in records() if name not in WITHOUT_A_KEY}


def rows() -> Iterator[tuple[str, str, set[str], set[str]]]:
    """Role, record, partition keys and sort keys of each row."""
    for role, section in SECTION.findall(PAGE):
        for line in re.findall(r"^\| `.*$", section, re.MULTILINE):
            record, pk, sk, *_ = (set(TICKED.findall(cell)) for cell in line.strip("|").split(" | "))
            yield role, record.pop(), pk, sk


def test_every_record_is_in_the_table_with_its_keys() -> None:
    documented: dict[str, set[str]] = defaultdict(set)
    for _, record, pk, sk in rows():
        documented[record] |= pk | sk
    assert documented.keys() == RECORDS.keys()
    assert {name: keys - documented[name] for name, keys in RECORDS.items() if keys - documented[name]} == {}


def leading_keys(role: str) -> set[str]:
    """The partition keys that a role's policy allows."""
    policies = resource(f"{role.capitalize()}Role")["Policies"]
    statements = [s for policy in policies for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    conditions: list[dict[str, Any]] = [s.get("Condition", {}).get("ForAllValues:StringLike", {}) for s in statements]
    found = {key for condition in conditions for key in condition.get("dynamodb:LeadingKeys", ())}
    return {key.replace("${aws:PrincipalTag/dealer}", "d") for key in found}


def test_every_key_is_one_of_the_role_that_the_table_says() -> None:
    wrong = [
        (role, key)
        for role, _, keys, _ in rows()
        for key in keys
        if not any(fnmatchcase(key, allowed) for allowed in leading_keys(role))
    ]
    assert wrong == []


PATTERNS = [
    re.compile(re.sub(r"<[^>]+>", "[^/]+", re.escape(name).replace(r"\<", "<").replace(r"\>", ">")))
    for name in TICKED.findall(PAGE.split("### Objects")[1].split("\n## ")[0])
]
OBJECTS = [f for _, f in inspect.getmembers(names, inspect.isfunction) if not f.__name__.endswith("_prefix")]


@pytest.mark.parametrize("function", [*OBJECTS, document_name, lines_name], ids=lambda function: function.__name__)
def test_every_object_name_is_in_the_table(function: Callable[..., str]) -> None:
    parameters = inspect.signature(function).parameters.values()
    name = function(**{p.name: 1 if p.annotation in {int, "int"} else "x" for p in parameters})
    endings = ("", ".csv", ".json")  # the reports are written in two forms
    assert any(pattern.fullmatch(name + ending) for pattern in PATTERNS for ending in endings), name


def layers() -> list[set[str]]:
    """The packages of each layer, from the top: what import-linter checks."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    declared = next(contract["layers"] for contract in contracts if contract["id"] == "layers")
    return [set(re.findall(r"\w+", layer)) for layer in declared]


def test_the_table_of_layers_is_in_the_order_that_is_checked() -> None:
    table = PAGE.split("| layer |")[1].split("\n\n")[0]
    named = [set(TICKED.findall(row.split("|")[1])) for row in table.splitlines()[2:]]
    depth = {package: number for number, layer in enumerate(layers()) for package in layer}
    assert set().union(*named) == depth.keys()
    depths = [depth[package] for row in named for package in row]
    assert depths == sorted(depths)


def test_the_short_list_of_layers_is_the_one_that_is_checked() -> None:
    listed = (ROOT / "CONTRIBUTING.md").read_text().split("composition only")[1].split("\n\n")[0]
    lines = [re.split(r"\s{2,}", line.strip())[0] for line in listed.splitlines()[1:]]
    assert [set(re.findall(r"\w+", line)) for line in lines] == layers()
