"""Finds literals of the program that read as English and are outside gettext: a reader sees them, no translator would.

Not looked at: docstrings, annotations, keys, what is logged, what docs/export-format.md says in English, and what is
said to a programmer (errors that are no PortalError, `msg`). What is left and no text is acknowledged, so that a
new one is seen in a review.
"""

import ast
import re
from collections.abc import Iterator

from chalicelib.kernel.errors import PortalError
from tests.rendering.bare_text import Bare

MARKERS = {"_", "gettext", "lazy_gettext", "ngettext", "lazy_ngettext", "plural"}
_PHRASE = re.compile(r"[A-Za-z]{2,}[,.:;]? \w|\bA [a-z]|^ [a-z]{2,}|[a-z]{2,} $")
_LABEL = re.compile(r"^[\s(]*[A-Z][a-z]+[ ,.:]*$|^[A-Z](\.[A-Z])+\.")
_MACHINE = re.compile(r"[;=/{}\[\]]|'(self|none)'|^[A-Z][\w]*(-[A-Z][\w]*)+$|^[A-Z][a-z]+([A-Z][a-z]+)+$")
_NO_TEXTS = (["msg"], ["__all__"])
_MANUAL = {"intro", "notes", "description"}
"""Arguments of declarations that docs/export-format.md quotes."""
_QUIET_NAMES = {
    "logger",
    "bind",
    "bind_also",
    "getattr",
    "isinstance",
    "TypeVar",
    "TypeAliasType",
    "metric",
    "single_metric",
}


def in_python(source: str, *, labels: bool = True) -> list[Bare]:
    """Bare texts of one module; without `labels`, only those of more than one word."""
    reader = _Reader(labels=labels)
    reader.visit(ast.parse(source))
    return sorted(set(reader.found))


def reads_like_english(text: str, *, labels: bool = True) -> bool:
    """More than one word, or one with a capital; no header, path, pattern or class name."""
    found = _PHRASE.search(text) or (labels and _LABEL.search(text))
    return bool(found) and not _MACHINE.search(text)


class _Reader(ast.NodeVisitor):
    """Visits what may reach a reader."""

    def __init__(self, *, labels: bool) -> None:
        self.found: list[Bare] = []
        self._labels = labels

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and reads_like_english(node.value, labels=self._labels):
            self.found.append(Bare(node.lineno, node.value.strip()))

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = _name(node.func)
        if name in _QUIET_NAMES or _root(node.func) in _QUIET_NAMES:
            return
        texts = [argument for argument in node.args if not (name in MARKERS and _is_literal(argument))]
        for child in (node.func, *texts, *node.keywords):
            self.visit(child)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg not in _MANUAL:
            self.visit(node.value)

    def visit_arguments(self, node: ast.arguments) -> None:
        named = zip(node.kwonlyargs, node.kw_defaults, strict=True)
        for default in (*node.defaults, *(default for argument, default in named if argument.arg not in _MANUAL)):
            if default:
                self.visit(default)

    def visit_Raise(self, node: ast.Raise) -> None:
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        if raised is None or _name(raised) in _expected_errors():
            self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        if [target.id for target in node.targets if isinstance(target, ast.Name)] not in _NO_TEXTS:
            self.visit(node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            self.visit(node.value)

    def visit_Dict(self, node: ast.Dict) -> None:
        for value in node.values:
            self.visit(value)

    def _visit_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for child in (*node.decorator_list, node.args, *node.body):
            self.visit(child)

    visit_FunctionDef = _visit_function  # noqa: N815
    visit_AsyncFunctionDef = _visit_function  # noqa: N815

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)  # a key is no text


def _is_literal(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return _name(node)


def _expected_errors() -> set[str]:
    return {kind.__name__ for kind in _with_subclasses(PortalError)}


def _with_subclasses(kind: type[PortalError]) -> Iterator[type[PortalError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _with_subclasses(child)
