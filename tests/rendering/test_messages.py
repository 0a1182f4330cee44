"""Babel finds every message, and every message is one that Babel can find."""

import ast
import subprocess
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from jinja2 import FileSystemLoader, nodes

from chalicelib.rendering.templates import made_with
from infra.package.jinja_templates import is_template
from infra.setup.paths import PYTHON, ROOT
from tests.rendering.bare_text import TRANSLATED

MARKERS = {"_": 1, "gettext": 1, "lazy_gettext": 1, "ngettext": 2, "lazy_ngettext": 2}
"""How many of the first arguments are messages."""


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What `pybabel extract -F pyproject.toml` collects."""
    path = tmp_path_factory.mktemp("messages") / "messages.pot"
    command = (PYTHON.with_name("pybabel"), "-q", "extract", "-F", "pyproject.toml", "-o", path, ".")
    subprocess.run(command, cwd=ROOT, check=True)
    with path.open("rb") as file:
        return read_po(file)


def python_calls() -> Iterator[tuple[str, str, list[ast.expr]]]:
    """File and line, name and arguments of every call that marks a message."""
    for path in sorted((ROOT / "chalicelib").rglob("*.py")):
        if path == ROOT / "chalicelib" / "kernel" / "i18n.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKERS:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.func.id, node.args


def template_calls() -> Iterator[tuple[str, str, list[nodes.Expr]]]:
    environment = made_with(FileSystemLoader(ROOT / "templates"))
    for name in environment.list_templates(filter_func=is_template):
        source = (ROOT / "templates" / name).read_text("utf-8")
        for node in environment.parse(source, name).find_all(nodes.Call):
            if isinstance(node.node, nodes.Name) and node.node.name in TRANSLATED:
                yield f"templates/{name}:{node.lineno}", node.node.name, node.args


def test_every_message_of_a_template_is_collected(catalog: Catalog) -> None:
    calls = list(template_calls())
    assert len(calls) > 300
    for where, name, arguments in calls:
        first = arguments[0]
        assert isinstance(first, nodes.Const), f"{where}: {name}() wants a literal"
        assert catalog.get(first.value), f"{where}: {first.value!r} is not collected"


def test_every_message_of_the_program_is_collected(catalog: Catalog) -> None:
    calls = list(python_calls())
    assert calls
    for where, name, arguments in calls:
        messages = arguments[: MARKERS[name]]
        if all(isinstance(message, ast.Starred) for message in messages) or _passes_on(where, name):
            continue
        for message in messages:
            assert isinstance(message, ast.Constant), f"{where}: {name}() wants a literal, no f-string and no variable"
            assert isinstance(message.value, str), where
        assert catalog.get(ast.literal_eval(messages[0])), f"{where}: not collected"


def _passes_on(where: str, name: str) -> bool:
    """Where a text is named elsewhere, and collected there: as `plural`'s, or as the source that a phrase stores."""
    places = {"ngettext": "chalicelib/rendering/format.py", "gettext": "chalicelib/ccx/messages.py"}
    return name in places and where.startswith(places[name])


def test_messages_of_all_kinds_are_collected(catalog: Catalog) -> None:
    for message in (
        "My Transactions",  # a template
        "%(num)s invoice line",  # a constant
        "%(num)s day",  # Formats.plural
        "Set a new password for %(product)s",  # a mail
        "No account yet? Call %(dealer)s on %(phone)s for an invitation.",  # with a link in it
    ):
        assert catalog.get(message), message


def test_a_placeholder_is_marked_for_the_translators_tools(catalog: Catalog) -> None:
    message = catalog.get("Account %(account)s")
    assert message
    assert message.python_format
    assert "\n" not in "".join(str(one.id) for one in catalog if one.id), "trans blocks are trimmed"
