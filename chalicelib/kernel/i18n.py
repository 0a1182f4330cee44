"""Texts in the reader's language. English is the source; a translation is `locale/<language>/LC_MESSAGES/messages.mo`.

    from chalicelib.kernel.i18n import gettext as _

    _("Account %(ref)s", ref=ref)
    ngettext("%(num)s row", "%(num)s rows", count, num=fmt.count(count))

The message is a literal, so that Babel finds it: no f-string, no variable. A module-level constant is
`lazy_gettext(...)`, because no reader is known when it is imported; so is what is said before a request's scope is
known. What is stored is a code or the English source, never a translation.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from gettext import NullTranslations, translation
from pathlib import Path
from typing import NamedTuple, TypeVar

K = TypeVar("K")
SOURCE_LOCALE = "en-GB"
LOCALE_DIR = Path(__file__).resolve().parents[1] / "locale"

catalogues: dict[str, NullTranslations] = {}
"""Translations by BCP 47 locale, loaded when a locale is first asked for. Those of English hand the message back."""


class _Reader:
    """Whose language is in force. Its locale may be a function, called when the first text is asked for."""

    __slots__ = ("_locale", "_translations")

    def __init__(self, locale: str | Callable[[], str]) -> None:
        self._locale = locale
        self._translations: NullTranslations | None = None

    @property
    def translations(self) -> NullTranslations:
        if self._translations is None:
            self._translations = _catalogue(SOURCE_LOCALE)  # for texts of whatever finds the locale out
            self._translations = _catalogue(self.locale)
        return self._translations

    @property
    def locale(self) -> str:
        return self._locale if isinstance(self._locale, str) else self._locale()


_SOURCE_READER = _Reader(SOURCE_LOCALE)
_reader: ContextVar[_Reader] = ContextVar("reader", default=_SOURCE_READER)


def gettext(message: str, /, **variables: object) -> str:
    """The message in the reader's language. With variables, each `%(name)s` in it is filled in, and `%` is `%%`."""
    text = _reader.get().translations.gettext(message)
    return text % variables if variables else text


def ngettext(singular: str, plural: str, number: int, /, **variables: object) -> str:
    """The form of the message that the reader's language has for this number, which is `num` in it unless given.

    Without variables it is not formatted: Jinja does that after its own call.
    """
    text = _reader.get().translations.ngettext(singular, plural, number)
    return text % {"num": number, **variables} if variables else text


@dataclass(frozen=True, slots=True)
class LazyText:
    """A message that is translated each time it is shown: templates show it as it is, Python calls `str()`."""

    message: str

    def __str__(self) -> str:
        return gettext(self.message)


Text = str | LazyText
"""What a page may be given to show."""


def lazy_gettext(message: str, /) -> LazyText:
    """A message for a module-level constant."""
    return LazyText(message)


def translated(labels: Mapping[K, LazyText]) -> dict[K, str]:
    """The labels in the reader's language: for loops over rows, which would look each up again and again."""
    return {key: str(text) for key, text in labels.items()}


class PluralText(NamedTuple):
    """Both English forms of a message about a number, for `ngettext(*text, n)` or `Formats.plural(n, *text)`."""

    singular: str
    plural: str


def lazy_ngettext(singular: str, plural: str, /) -> PluralText:
    """A message about a number for a module-level constant."""
    return PluralText(singular, plural)


def language() -> str:
    """BCP 47 language of the texts that a reader gets now, for `lang` in HTML: the locale's own if there are any."""
    reader = _reader.get()
    spoken = reader.locale.startswith("en") or type(reader.translations) is not NullTranslations
    return reader.locale if spoken else SOURCE_LOCALE


def activate(locale: str | Callable[[], str]) -> None:
    """From here on this call's reader reads that locale."""
    _reader.set(_Reader(locale))


@contextmanager
def activated(locale: str | Callable[[], str]) -> Iterator[None]:
    """The same for the length of a `with` block, whatever is activated inside it."""
    token = _reader.set(_Reader(locale))
    try:
        yield
    finally:
        _reader.reset(token)


def installed_languages(folder: Path = LOCALE_DIR) -> tuple[str, ...]:
    """The locales that pages can be read in: that of the source, and each that is translated and compiled."""
    found = sorted(path.parents[1].name.replace("_", "-") for path in folder.glob("*/LC_MESSAGES/messages.mo"))
    return (SOURCE_LOCALE, *(one for one in found if one != SOURCE_LOCALE))


def load_catalogue(locale: str, folder: Path = LOCALE_DIR) -> NullTranslations:
    """The translations of a locale, or else of its language (`de` for `de-CH`), or else the English source."""
    return translation("messages", folder, [locale.replace("-", "_")], fallback=True)


def _catalogue(locale: str) -> NullTranslations:
    if locale not in catalogues:
        catalogues[locale] = load_catalogue(locale)
    return catalogues[locale]
