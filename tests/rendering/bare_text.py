"""Finds text that a reader sees and no translator would: in templates (by Jinja's own tree) and in their scripts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import ClassVar

from jinja2 import Environment, nodes

from infra.setup.paths import ROOT

TRANSLATED = {"_", "gettext", "ngettext"}
HUMAN_ATTRIBUTES = {"title", "aria-label", "placeholder", "alt", "label"}
MACHINE_ELEMENTS = {"script", "style", "code", "pre"}
ACKNOWLEDGED = {"Customer Connect", "CSV", "XLSX"}
"""The product's name and names of file formats: the same in every language."""
_LETTER = re.compile(r"[^\W\d_]")
_NO_LETTERS = re.compile(r"[\W\d_]*")
_ENTITY = re.compile(r"&#?\w+;")
_SCRIPT_TEXT = re.compile(r"\b[A-Za-z]{2,}[,.:]? [A-Za-z]{2,}\b|^[A-Z][a-z]+$")
_WORDS = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")
_SELECTOR = re.compile(r"[\[\]#>=*]|[.:][a-z]")
_KEYS = {"Escape"}


@dataclass(frozen=True, slots=True, order=True)
class Bare:
    """A text and the line that holds it."""

    line: int
    text: str


def in_template(name: str, source: str, environment: Environment) -> list[Bare]:
    """Bare texts of one template; `name` tells HTML from plain text."""
    reader = _Reader(html=name.endswith(".html"))
    reader.walk(environment.parse(source, name))
    reader.end_text()
    return sorted(set(reader.found))


def in_script(source: str) -> list[Bare]:
    """String literals that read like English."""
    found = []
    for number, line in enumerate(source.splitlines(), 1):
        code = re.sub(r"(^|\s)//.*", "", line)
        for literal in re.findall(r'"([^"]*)"|`([^`]*)`', code):
            text = "".join(literal)
            if _SCRIPT_TEXT.search(text) and not (_SELECTOR.search(text) or _is_classes(text) or text in _KEYS):
                found.append(Bare(number, text))
    return found


@dataclass
class _Reader:
    """Follows template data as a browser would: text, tag, attribute. Branches of an `if` come one after another."""

    html: bool
    found: list[Bare] = field(default_factory=list)
    _tag: str = ""
    _inside: str = ""
    _attribute: str = ""
    _quote: str = ""
    _run: str = ""
    _line: int = 1
    _described: bool = False

    _TOKENS: ClassVar = re.compile(r"<!--.*?-->|</?[A-Za-z!][^\s>/]*|<|[^<]+", re.DOTALL)
    _IN_TAG: ClassVar = re.compile(r"""([^\s=>"'/]+)\s*=\s*(["'])|>|.""", re.DOTALL)

    def walk(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.Output):
            for part in node.nodes:
                if isinstance(part, nodes.TemplateData):
                    self._data(part.data, part.lineno)
                else:
                    self._shown(part)
        else:
            for child in node.iter_child_nodes():
                if isinstance(child, nodes.Expr):
                    self._expression(child)
                else:
                    self.walk(child)

    def _data(self, data: str, line: int) -> None:
        while data:
            if self._quote:
                value, ends, rest = data.partition(self._quote)
                self._add(value, line)
                if ends:
                    self._end_attribute()
            elif self._tag:
                match = self._IN_TAG.match(data)
                assert match
                rest = data[match.end() :]
                if match[1]:
                    self._attribute, self._quote, self._run = match[1], match[2], ""
                elif match[0] == ">":
                    self._inside, self._tag, self._described = self._tag, "", False
            else:
                match = self._TOKENS.match(data) if self.html else re.match(r".+", data, re.DOTALL)
                assert match
                rest = data[match.end() :]
                self._text(match[0], line)
            line += data[: len(data) - len(rest)].count("\n")
            data = rest

    def _text(self, token: str, line: int) -> None:
        if self.html and token.startswith("<!--"):
            return
        if self.html and re.match(r"</?[A-Za-z!]", token):
            self.end_text()
            self._tag = token.lstrip("<").lower()
        elif self._inside not in MACHINE_ELEMENTS:
            self._add(token, line)

    def _add(self, text: str, line: int) -> None:
        if not _LETTER.search(self._run):
            before = _NO_LETTERS.match(text)
            self._run, self._line = "", line + (before[0].count("\n") if before else 0)
        self._run += text

    def end_text(self) -> None:
        """What was gathered is one text."""
        self._check(self._run, self._line)
        self._run = ""

    def _end_attribute(self) -> None:
        self._described = self._described or (self._attribute, self._run) == ("name", "description")
        if not self._is_human_attribute:
            self._run = ""
        self.end_text()
        self._attribute = self._quote = ""

    @property
    def _is_human_attribute(self) -> bool:
        """One that is shown or read out, words that a script shows, or what a search engine shows."""
        if self._attribute == "content":
            return self._described
        if self._attribute.startswith("data-"):
            return self._attribute == "data-label" or bool(_WORDS.search(self._run))
        return self._attribute in HUMAN_ATTRIBUTES

    @property
    def _is_read(self) -> bool:
        if self._quote:
            return self._is_human_attribute
        return not self._tag and self._inside not in MACHINE_ELEMENTS

    def _check(self, text: str, line: int) -> None:
        text = " ".join(_ENTITY.sub(" ", text).split())
        if _LETTER.search(text) and text not in ACKNOWLEDGED:
            self.found.append(Bare(line, text))

    def _shown(self, node: nodes.Expr) -> None:
        """An expression whose value is written out here: of what it may come to, a constant is bare text."""
        if isinstance(node, nodes.Const):
            if self._is_read and isinstance(node.value, str):
                self._check(node.value, node.lineno)
        elif isinstance(node, nodes.CondExpr):
            self._expression(node.test)
            for branch in filter(None, (node.expr1, node.expr2)):
                self._shown(branch)
        elif isinstance(node, nodes.Concat):
            for part in node.nodes:
                self._shown(part)
        elif isinstance(node, nodes.Or | nodes.Add):
            self._shown(node.left)
            self._shown(node.right)
        else:
            self._expression(node)

    def _expression(self, node: nodes.Node) -> None:
        """Any other expression: a constant is bare text if it reads like English rather than like a key or a class."""
        if isinstance(node, nodes.Const):
            if isinstance(node.value, str) and _reads_like_english(node.value):
                self._check(node.value, node.lineno)
            return
        translated = isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in TRANSLATED
        for child in node.iter_child_nodes():
            if not (translated and isinstance(child, nodes.Const)):
                self._expression(child)


def _reads_like_english(text: str) -> bool:
    if re.search(r"[A-Z]", text):
        return not re.search(r"[/?&=]", text)
    return " " in text.strip() and not _is_classes(text)


def _is_classes(text: str) -> bool:
    return all(word in _classes() for word in text.split())


@cache
def _classes() -> frozenset[str]:
    """Every class that a stylesheet of ours or of a vendor knows."""
    sheets = (ROOT / "templates" / "assets").rglob("*.css")
    return frozenset(name for sheet in sheets for name in re.findall(r"\.([A-Za-z][\w-]*)", sheet.read_text("utf-8")))


def report(texts: Iterator[tuple[str, Bare]]) -> str:
    """`templates/x.html:12: Some text` a line."""
    return "\n".join(f"{name}:{bare.line}: {bare.text}" for name, bare in texts)
