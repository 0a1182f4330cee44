"""A language in which every message is ⟦wrapped⟧: what a page shows unwrapped, nobody could translate."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from gettext import NullTranslations
from html.parser import HTMLParser

from chalicelib.kernel import i18n
from tests.rendering.bare_text import HUMAN_ATTRIBUTES, MACHINE_ELEMENTS

_WRAPPED = re.compile(r"⟦[^⟦⟧]*⟧")
_LETTER = re.compile(r"[^\W\d_]")


class PseudoTranslations(NullTranslations):
    """`Log in` -> `⟦Log in⟧`."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


@contextmanager
def translated(locale: str, translations: NullTranslations) -> Iterator[None]:
    """Readers of `locale` get these translations."""
    before = dict(i18n.catalogues)
    i18n.catalogues[locale] = translations
    try:
        with i18n.activated(locale):
            yield
    finally:
        i18n.catalogues.clear()
        i18n.catalogues.update(before)


def pseudo_locale(locale: str = i18n.SOURCE_LOCALE) -> AbstractContextManager[None]:
    """Readers of `locale` get wrapped messages."""
    return translated(locale, PseudoTranslations())


def unwrapped(html: str) -> list[str]:
    """The texts of a page that have letters outside any message: its data, and what is not translated."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return sorted({text for text in map(_outside, reader.texts) if _LETTER.search(text)})


def _outside(text: str) -> str:
    before = ""
    while before != text:  # messages stand in messages
        before, text = text, _WRAPPED.sub(" ", text)
    return " ".join(text.split())


_BLOCKS = {"p", "div", "li", "td", "th", "h1", "h2", "h3", "title", "label", "button", "option", "dt", "dd", "summary"}


class _Reader(HTMLParser):
    """Human attributes one by one, and text by blocks: a message may hold a link or a `<strong>`."""

    def __init__(self) -> None:
        super().__init__()
        self.texts = [""]
        self._machine = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._machine = tag if tag in MACHINE_ELEMENTS else self._machine
        own = [value for name, value in attrs if name in HUMAN_ATTRIBUTES and value]
        if tag in _BLOCKS or own:
            self.texts += [*own, ""]

    def handle_endtag(self, tag: str) -> None:
        self._machine = "" if tag == self._machine else self._machine
        if tag in _BLOCKS:
            self.texts.append("")

    def handle_data(self, data: str) -> None:
        if not self._machine:
            self.texts[-1] += data
