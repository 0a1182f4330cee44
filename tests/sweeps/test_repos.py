"""Nothing reads or writes the table except through a scope. It reads the code, so that no new repo is forgotten."""

import ast
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import chalicelib

SCOPES = {
    "TenantScope",
    "MemberScope",
    "DealerScope",
    "CustomerScope",
    "ImportScope",
    "OperatorScope",
    "PublicLookupScope",
    "IdentityScope",
    "IntakeScope",
    "MailScope",
}
RECORD_CALLS = {"find", "query", "scan", "save", "update", "delete", "refresh", "batch_get", "batch_write", "count"}
STORE_CALLS = {"batch_get", "batch_write", "transaction", "client"}
ROLE_CALLS = {"assume_scope", "scoped"}
STORE_MODULES = {"clients", "credentials", "batch", "roles", "transactions"}
"""Modules of the store that only repos import, but for what says which item is read or written, and does neither."""
VALUES = {
    "batch.Key",
    "transactions.Put",
    "transactions.TransactionRefusedError",
    "transactions.WriteItem",
    "transactions.refusal_as",
    "transactions.retry_when_refused",
}
"""What others may import: none of it reaches the table by itself."""
MAKES_CLIENTS = {
    "chalicelib.mail.sender": {"clients.client"},  # SES, which stores nothing
    "chalicelib.mail.texts": {"clients.client"},  # SNS, which stores nothing
    "chalicelib.services": {"clients."},  # makes those of the first call early, and uses none
}
TENANT_SCOPES = {"TenantScope", "DealerScope", "CustomerScope", "ImportScope", "IntakeScope"}
MADE_IN = {
    "chalicelib.http.authorization": {"DealerScope", "ImportScope", "TenantScope"},  # the session, the API key
    "chalicelib.identity.queries": {"TenantScope"},  # the session's membership
    "chalicelib.identity.sent_codes.operations": {"TenantScope"},  # the person's own memberships
    "chalicelib.http.request": {"TenantScope"},  # the session's membership
    "chalicelib.customers.scopes": {"TenantScope", "CustomerScope"},  # a membership and the groups of its account
    "chalicelib.customers.group_scopes": {"account_refs"},  # one account of its scope
    "chalicelib.customers.unsubscribing": {"TenantScope"},  # a link that we mailed
    "chalicelib.web.auth.account_switcher": {"TenantScope"},  # the person's own memberships
    "chalicelib.web.auth.sms_codes": {"TenantScope"},  # the session's membership
    "chalicelib.web.auth.redirects": {"TenantScope"},  # the membership that was chosen
    "chalicelib.triggers.ingest": {"ImportScope"},  # a queue message, an object's key, the list of dealers
    "chalicelib.triggers.notifications": {"ImportScope"},  # a queue message
    "chalicelib.triggers.downloads": {"TenantScope"},  # a queue message
    "chalicelib.triggers.replies": {"ImportScope"},  # an address that we mailed
    "chalicelib.replies.people": {"DealerScope"},  # the same, of a member of the staff
    "chalicelib.triggers.uploads": {"TenantScope"},  # an object's key
    "chalicelib.uploads.intake": {"IntakeScope"},  # another scope of the same dealer
    "chalicelib.dealers.each_dealer": {"ImportScope"},  # the list of dealers
    "chalicelib.notifications.feedback": {"ImportScope"},  # the tags of a mail that we sent
    "chalicelib.notifications.kinds.activated": {"ImportScope"},  # identity's outbox
    "chalicelib.notifications.kinds.email_sync": {"ImportScope"},  # memberships of the person whose address changed
    "chalicelib.web.auth.shown_profile": {"TenantScope"},  # the membership that was chosen
    "chalicelib.notifications.kinds.audit": {"ImportScope"},  # identity's outbox
    "chalicelib.notifications.deps": {"TenantScope"},  # the person's own memberships
    "chalicelib.notifications.bounces": {"ImportScope"},  # memberships of the person whose mail bounced
    "chalicelib.services": {"ImportScope"},  # another scope of the same dealer
    "chalicelib.ledger.access": {"TenantScope", "account_refs"},  # the same, and one account of its scope
    "chalicelib.ingest.operations": {"ImportScope"},  # the same
    "chalicelib.downloads.volumes": {"DealerScope", "CustomerScope"},  # the same, and the stored download
    "chalicelib.forwarding.queries": {
        "TenantScope",
        "account_refs",
    },  # a link that we mailed; one of its sender's accounts
    "chalicelib.dealers.operations": {"TenantScope"},  # a dealer just made, the list of dealers
}
"""Where a scope of a dealer may be made, and from what. A page, a view or a repo is handed one."""
ROOT = Path(chalicelib.__file__).parent

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> Iterator[tuple[str, ast.Module]]:
    for found in pkgutil.walk_packages([str(ROOT)], "chalicelib."):
        path = ROOT.parent.joinpath(*found.name.split("."))
        source = path / "__init__.py" if found.ispkg else path.with_suffix(".py")
        yield found.name, ast.parse(source.read_text())


REPOS_OF_THE_STORE = {
    "chalicelib.store.audit",
    "chalicelib.store.bulk_lanes",
    "chalicelib.store.due",
    "chalicelib.store.outbox",
}


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
        if isinstance(call.func, ast.Attribute) and call.func.attr in RECORD_CALLS | STORE_CALLS:
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


def called(node: ast.AST) -> str:
    """The last part of the name of what is called: `get` of `store.batch.get(...)`; empty for no call."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def store_imports(module: ast.Module) -> set[str]:
    """`batch.batch_get`, or `batch.` for the whole module, however they are imported."""
    found = set()
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module == "chalicelib.store":
            found |= {f"{alias.name}." for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("chalicelib.store."):
            found |= {f"{node.module.removeprefix('chalicelib.store.')}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name.startswith("chalicelib.store.")]
            found |= {name.removeprefix("chalicelib.store.") + "." for name in names}
    return {name for name in found if name.partition(".")[0] in STORE_MODULES} - VALUES


def calls_of_the_store(module: ast.Module) -> set[str]:
    return {called(node) for node in ast.walk(module)} & (STORE_CALLS | ROLE_CALLS)


def scopes_made(module: ast.Module) -> set[str]:
    """Scopes of a dealer that a module makes: by name, or as a copy with another dealer or other accounts."""
    made = {called(node) for node in ast.walk(module)} & TENANT_SCOPES
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and called(node) == "replace":
            made |= {word.arg for word in node.keywords if word.arg in {"dealer_id", "account_refs"}}
    return made


def others() -> Iterator[tuple[str, ast.Module]]:
    """Every module but the repos and the store itself."""
    return ((n, m) for n, m in modules() if not is_repo(n) and not n.startswith("chalicelib.store"))


def test_only_repos_and_the_store_itself_reach_the_table() -> None:
    found = {name: calls_of_the_store(module) for name, module in others()}
    assert {name: calls for name, calls in found.items() if calls} == {name: {"client"} for name in MAKES_CLIENTS}
    imported = {name: store_imports(module) for name, module in others()}
    assert {name: names for name, names in imported.items() if names} == MAKES_CLIENTS


def test_a_dealers_scope_is_made_in_few_places() -> None:
    made = {name: scopes_made(module) for name, module in modules()}
    assert {name: scopes for name, scopes in made.items() if scopes} == MADE_IN


@pytest.mark.parametrize(
    "source",
    [
        "clients.client('dynamodb')",
        "store.batch.batch_get(Thing, [])",
        "batch.batch_write([])",
        "with roles.assume_scope(scope): pass",
        "client('dynamodb')",
        "@roles.scoped\ndef read(scope): pass\nroles.scoped(read)",
    ],
)
def test_a_call_of_the_store_is_seen_however_it_is_written(source: str) -> None:
    assert calls_of_the_store(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "from chalicelib.store import batch",
        "from chalicelib.store.clients import client as c",
        "import chalicelib.store.roles",
        "import chalicelib.store.roles as r",
        "def late():\n    from chalicelib.store.transactions import transaction",
    ],
)
def test_an_import_of_the_store_is_seen_however_it_is_written(source: str) -> None:
    assert store_imports(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "TenantScope('x')",
        "scopes.CustomerScope('x', 'y', refs)",
        "replace(scope, dealer_id='x')",
        "dataclasses.replace(s, account_refs=r)",
    ],
)
def test_a_scope_that_is_made_is_seen_however_it_is_written(source: str) -> None:
    assert scopes_made(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "def read(scope: TenantScope): return Thing.find('a', 'b')",
        "def read(scope: TenantScope): return _read()\ndef _read(): return batch_get(Thing, [])",
        "@scoped\ndef read(name: str): return Thing.find('a', 'b')",
        "@scoped\ndef read(*, scope: TenantScope): return 1",
        "@scoped\ndef read(): return 1",
        "def write():\n    with transaction() as t:\n        t.put(1)",
        "def write():\n    with transactions.transaction() as t:\n        t.put(1)",
        "def read(): return clients.client('dynamodb')",
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
