"""Rules of the code that no linter knows."""

import ast
from collections.abc import Iterator
from pathlib import Path

from grimp import ImportGraph

from infra.contracts import OwnRecordsContract, StandardLibraryContract
from infra.setup.paths import ROOT

WHOLE_TABLE = {"scan", "rate_limited_scan", "execute_statement", "batch_execute_statement"}


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(ROOT.joinpath("chalicelib").rglob("*.py")):
        yield path.relative_to(ROOT), ast.parse(path.read_text())


def test_nothing_reads_the_table_past_its_keys() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WHOLE_TABLE
    ]
    assert found == []


def test_app_is_composition_only() -> None:
    """Each function hands over to a trigger and does nothing else; what surrounds them is short."""
    tree = ast.parse((ROOT / "app.py").read_text())
    assert [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef | ast.Lambda)] == []
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for node in functions:
        (only,) = node.body
        assert ast.unparse(only).startswith("return triggers."), node.name
    lines = sum(int(node.end_lineno or 0) - node.lineno + 1 + len(node.decorator_list) for node in functions)
    blank = (ROOT / "app.py").read_text().splitlines().count("")
    assert len((ROOT / "app.py").read_text().splitlines()) - lines - blank <= 20


def test_the_contract_of_records_sees_a_stranger() -> None:
    class Graph:
        modules = frozenset({"chalicelib.a.records", "chalicelib.a.repo", "chalicelib.a.x_records"})

        def find_modules_that_directly_import(self, module: str) -> set[str]:
            return {
                "chalicelib.a.records": {"chalicelib.a.repo", "chalicelib.a.repo.reads", "chalicelib.b.repo"},
                "chalicelib.a.x_records": {"chalicelib.a.x_repo", "chalicelib.a.repo"},
            }[module]

    contract = OwnRecordsContract(name="n", session_options={}, contract_options={})
    check = contract.check(Graph(), verbose=False)  # type: ignore[arg-type]
    assert not check.kept
    assert check.metadata["wrong"] == [
        ("chalicelib.b.repo", "chalicelib.a.records"),
        ("chalicelib.a.repo", "chalicelib.a.x_records"),
    ]


def test_the_contract_of_what_needs_python_alone_sees_the_way_to_a_package() -> None:
    graph = ImportGraph()
    for module in ("pydantic", "email_validator", "json"):
        graph.add_module(module, is_squashed=True)
    for importer, imported in (
        ("chalicelib.ccx.bundle", "chalicelib.kernel.emails"),
        ("chalicelib.kernel.emails", "email_validator"),
        ("chalicelib.ccx.bundle", "json"),
        ("chalicelib.ccx.bundle", "chalicelib.kernel.schemas"),
        ("chalicelib.kernel.schemas", "pydantic"),
    ):
        graph.add_import(importer=importer, imported=imported)
    graph.add_module("chalicelib.ccx")
    contract = StandardLibraryContract(
        name="n",
        session_options={"root_packages": ["chalicelib"]},
        contract_options={"modules": ["chalicelib.ccx"], "allowed": ["email_validator"]},
    )
    check = contract.check(graph, verbose=False)
    assert check.metadata["wrong"] == [("chalicelib.ccx.bundle", "chalicelib.kernel.schemas", "pydantic")]
    assert not check.kept
