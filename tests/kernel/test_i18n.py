"""Messages come out in the reader's language, or in English where there is no translation."""

from collections.abc import Iterator
from contextvars import copy_context
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from chalicelib.kernel import i18n
from chalicelib.kernel.i18n import (
    SOURCE_LOCALE,
    gettext,
    installed_languages,
    language,
    lazy_gettext,
    lazy_ngettext,
    ngettext,
)
from chalicelib.rendering.format import formats
from infra.setup.paths import ROOT
from tests.pseudo_locale import translated

STATE = lazy_gettext("Open")
ROWS = lazy_ngettext("%(num)s row", "%(num)s rows")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of translations with a German one."""
    catalog = Catalog(locale="de")
    catalog.add("Open", "Offen")
    catalog.add("Account %(ref)s", "Konto %(ref)s")
    catalog.add(("%(num)s row", "%(num)s rows"), ("%(num)s Zeile", "%(num)s Zeilen"))
    written = BytesIO()
    write_mo(written, catalog)
    (tmp_path / "de" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "de" / "LC_MESSAGES" / "messages.mo").write_bytes(written.getvalue())
    return tmp_path


@pytest.fixture
def german(folder: Path) -> Iterator[None]:
    """The German translation where the program keeps those that it has loaded."""
    with translated("de-DE", i18n.load_catalogue("de-DE", folder)), i18n.activated(i18n.SOURCE_LOCALE):
        yield


def test_english_is_the_source() -> None:
    assert gettext("Open") == "Open"
    assert gettext("Account %(ref)s", ref="1200") == "Account 1200"
    assert [ngettext(*ROWS, number, num=number) for number in (0, 1, 2)] == ["0 rows", "1 row", "2 rows"]
    assert gettext("100%") == "100%"


@pytest.mark.parametrize(
    ("locale", "text"), [("de", "Offen"), ("de-CH", "Offen"), ("fr-FR", "Open"), ("en-GB", "Open")]
)
def test_a_translation_is_found_by_locale_or_by_language(folder: Path, locale: str, text: str) -> None:
    assert i18n.load_catalogue(locale, folder).gettext("Open") == text


def test_translations_are_packed_with_the_program() -> None:
    assert i18n.LOCALE_DIR == ROOT / "chalicelib" / "locale"


@pytest.mark.usefixtures("german")
def test_messages_and_numbers_are_in_the_readers_language() -> None:
    with i18n.activated("de-DE"):
        assert (gettext("Open"), gettext("Account %(ref)s", ref="1200")) == ("Offen", "Konto 1200")
        assert formats("de-DE", "Europe/Berlin").plural(1482, *ROWS) == "1.482 Zeilen"
        assert gettext("Not translated yet") == "Not translated yet"
        assert language() == "de-DE"
    assert gettext("Open") == "Open"


@pytest.mark.usefixtures("german")
def test_a_constant_is_in_the_language_of_whoever_reads_it() -> None:
    assert str(STATE) == "Open"
    with i18n.activated("de-DE"):
        assert f"{STATE}!" == "Offen!"


@pytest.mark.usefixtures("german")
def test_a_table_of_labels_is_translated_at_once() -> None:
    with i18n.activated("de-DE"):
        assert i18n.translated({"open": STATE}) == {"open": "Offen"}


@pytest.mark.parametrize(("locale", "spoken"), [("en-US", "en-US"), ("en-GB", "en-GB"), ("fr-FR", "en-GB")])
def test_a_language_without_translations_is_shown_in_english_and_says_so(locale: str, spoken: str) -> None:
    with i18n.activated(locale):
        assert (gettext("Open"), language()) == ("Open", spoken)


@pytest.mark.usefixtures("german")
def test_a_locale_is_asked_for_once_at_the_first_text() -> None:
    asked: list[str] = []

    def locale() -> str:
        asked.append(gettext("Open"))  # a text of whatever finds the locale out
        return "de-DE"

    with i18n.activated(locale):
        assert asked == []
        assert [gettext("Open"), gettext("Open")] == ["Offen", "Offen"]
    assert asked == ["Open"]


@pytest.mark.usefixtures("german")
def test_what_is_activated_inside_a_block_ends_with_it() -> None:
    with i18n.activated("en-GB"):
        i18n.activate("de-DE")
        assert gettext("Open") == "Offen"
        assert copy_context().run(lambda: gettext("Open")) == "Offen"
    assert gettext("Open") == "Open"


def test_a_language_is_offered_where_its_catalogue_is_compiled(tmp_path: Path) -> None:
    assert installed_languages(tmp_path) == (SOURCE_LOCALE,)
    for name in ("nl", "de_CH", "fr"):
        (tmp_path / name / "LC_MESSAGES").mkdir(parents=True)
    for name in ("nl", "de_CH"):
        (tmp_path / name / "LC_MESSAGES" / "messages.mo").touch()
    assert installed_languages(tmp_path) == (SOURCE_LOCALE, "de-CH", "nl")
    assert installed_languages() == (SOURCE_LOCALE, "de")


def test_the_number_of_a_plural_need_not_be_given_twice() -> None:
    assert ngettext("%(num)s of %(name)s", "%(num)s of %(name)s", 3, name="Ann") == "3 of Ann"
