"""Nothing reads or writes the table except through a scope. It reads the code, so that no new repo is forgotten."""

import ast
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import chalicelib

SCOPES = {
    "TenantScope",
    "DealerScope",
    "CustomerScope",
    "ImportScope",
    "OperatorScope",
    "PublicLookupScope",
    "IdentityScope",
}
RECORD_CALLS = {"find", "query", "scan", "save", "update", "delete", "refresh", "batch_get", "batch_write", "count"}
STORE_CALLS = {"batch_get", "batch_write", "transaction", "client"}
ROOT = Path(chalicelib.__file__).parent

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> Iterator[tuple[str, ast.Module]]:
    for found in pkgutil.walk_packages([str(ROOT)], "chalicelib."):
        path = ROOT.parent.joinpath(*found.name.split("."))
        source = path / "__init__.py" if found.ispkg else path.with_suffix(".py")
        yield found.name, ast.parse(source.read_text())


REPOS_OF_THE_STORE = {"chalicelib.store.audit", "chalicelib.store.bulk_lanes", "chalicelib.store.outbox"}


def is_repo(name: str) -> bool:
    return name in REPOS_OF_THE_STORE or any(part == "repo" or part.endswith("_repo") for part in name.split("."))


def is_scoped(function: Function) -> bool:
    return any(isinstance(one, ast.Name) and one.id == "scoped" for one in function.decorator_list)


def takes_a_scope_first(function: Function) -> bool:
    arguments = [*function.args.posonlyargs, *function.args.args]
    if not arguments or arguments[0].annotation is None:
        return False
    return bool({one.id for one in ast.walk(arguments[0].annotation) if isinstance(one, ast.Name)} & SCOPES)


def reached(function: Function, functions: dict[str, Function], seen: frozenset[str] = frozenset()) -> bool:
    """Whether it touches the store, itself or through unscoped helpers of its module."""
    for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Attribute) and call.func.attr in RECORD_CALLS:
            return True
        if isinstance(call.func, ast.Name) and (name := call.func.id) not in seen:
            if name in STORE_CALLS:
                return True
            helper = functions.get(name)
            if helper and not is_scoped(helper) and reached(helper, functions, seen | {name}):
                return True
    return False


def wrongs(module: ast.Module) -> list[str]:
    functions = {node.name: node for node in module.body if isinstance(node, Function)}
    wrong = []
    for name, function in functions.items():
        if is_scoped(function) and not takes_a_scope_first(function):
            wrong.append(f"{name} is @scoped but its first parameter is no scope")
        if not name.startswith("_") and not is_scoped(function) and reached(function, functions):
            wrong.append(f"{name} touches the store and is not @scoped")
    return wrong


def test_every_repo_function_that_touches_the_store_takes_a_scope_first() -> None:
    found = {name: wrongs(module) for name, module in modules() if is_repo(name)}
    assert len(found) >= 5, "the repos moved: this sweep finds nothing"
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_only_repos_and_the_store_itself_reach_the_table() -> None:
    outside = [
        f"{name} calls {call.func.id}"
        for name, module in modules()
        if not is_repo(name) and not name.startswith("chalicelib.store")
        for call in ast.walk(module)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in STORE_CALLS | {"assume_scope"}
        and not (name == "chalicelib.mail.sender" and call.func.id == "client")
    ]
    assert outside == []


@pytest.mark.parametrize(
    "source",
    [
        "def read(scope: TenantScope): return Thing.find('a', 'b')",
        "def read(scope: TenantScope): return _read()\ndef _read(): return batch_get(Thing, [])",
        "@scoped\ndef read(name: str): return Thing.find('a', 'b')",
        "@scoped\ndef read(*, scope: TenantScope): return 1",
        "@scoped\ndef read(): return 1",
        "def write():\n    with transaction() as t:\n        t.put(1)",
    ],
)
def test_the_sweep_finds_what_it_is_for(source: str) -> None:
    assert wrongs(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "@scoped\ndef read(scope: DealerScope | ImportScope, name: str): return Thing.find('a', 'b')",
        "@scoped\ndef read(scope: TenantScope): return _read()\ndef _read(): return batch_get(Thing, [])",
        "def key(scope: TenantScope): return tenant_pk(scope, 'A')",
        "def both(scope: TenantScope): return read(scope)\n@scoped\ndef read(scope: TenantScope): return Thing.find(1)",
    ],
)
def test_the_sweep_lets_the_rest_pass(source: str) -> None:
    assert wrongs(ast.parse(source)) == []
