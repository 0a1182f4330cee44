"""A language is offered where its catalogue is here, and a catalogue that is here is whole."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from chalicelib.kernel.i18n import LOCALE_DIR, SOURCE_LOCALE, installed_languages
from infra.setup.paths import ROOT

FOLDERS = sorted(path.parent for path in LOCALE_DIR.glob("*/LC_MESSAGES/messages.[mp]o"))


def problems(translated: Catalog, source: Catalog) -> Iterator[str]:
    """What keeps a catalogue from being whole: messages that it lacks, that are unsure, or whose variables differ."""
    for message in source:
        if not message.id:
            continue
        found = translated.get(message.id, message.context)
        words = found.string if found else ""
        if found is None or not all(words if isinstance(words, tuple) else (words,)):
            yield f"not translated: {message.id!r}"
        elif found.fuzzy:
            yield f"unsure: {message.id!r}"
        else:
            yield from (f"{error}: {message.id!r}" for error in found.check(translated))


def as_mo(catalogue: Catalog) -> bytes:
    out = BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """All messages of the program."""
    file = tmp_path_factory.mktemp("messages") / "messages.pot"
    command = ["pybabel", "-q", "extract", "-F", str(ROOT / "pyproject.toml"), "-o", str(file)]
    CommandLineInterface().run([*command, str(ROOT)])  # type: ignore[no-untyped-call]
    with file.open("rb") as opened:
        return read_po(opened)


def test_every_catalogue_that_is_here_is_whole_and_compiled(source: Catalog) -> None:
    assert len(source) > 1_000
    found = {}
    for folder in FOLDERS:
        with (folder / "messages.po").open("rb") as opened:
            translated = read_po(opened, locale=folder.parent.name)
        found[folder.parent.name] = list(problems(translated, source))
        assert (folder / "messages.mo").read_bytes() == as_mo(translated), "compile it"
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({}, ["not translated: 'Log in'", "not translated: ('%(num)s row', '%(num)s rows')"]),
        ({"Log in": "Anmelden"}, ["not translated: ('%(num)s row', '%(num)s rows')"]),
        ({"Log in": "Anmelden", ("%(num)s row", "%(num)s rows"): ("%(num)s Zeile", "")}, ["not translated: ("]),
        ({"Log in": "Anmelden", ("%(num)s row", "%(num)s rows"): ("%(number)s Zeile", "%(num)s Zeilen")}, [""]),
        ({"Log in": "Anmelden", ("%(num)s row", "%(num)s rows"): ("%(num)s Zeile", "%(num)s Zeilen")}, []),
    ],
)
def test_what_a_catalogue_lacks_is_named(words: dict[str, str], said: list[str]) -> None:
    messages = ("Log in", ("%(num)s row", "%(num)s rows"))
    template, translated = Catalog(), Catalog(locale="de")
    for one in messages:
        template.add(one, flags=["python-format"])
        if one in words:
            translated.add(one, words[one], flags=["python-format"])
    found = list(problems(translated, template))
    assert len(found) == len(said)
    assert all(begin in one for begin, one in zip(said, found, strict=True))


def test_a_language_is_offered_where_its_catalogue_is_compiled(tmp_path: Path) -> None:
    assert installed_languages(tmp_path) == (SOURCE_LOCALE,)
    for name in ("nl", "de_CH", "fr"):
        (tmp_path / name / "LC_MESSAGES").mkdir(parents=True)
    for name in ("nl", "de_CH"):
        (tmp_path / name / "LC_MESSAGES" / "messages.mo").write_bytes(as_mo(Catalog(locale=name)))
    assert installed_languages(tmp_path) == (SOURCE_LOCALE, "de-CH", "nl")
    assert installed_languages() == (SOURCE_LOCALE, *sorted({one.parent.name.replace("_", "-") for one in FOLDERS}))
