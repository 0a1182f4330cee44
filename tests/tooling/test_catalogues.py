"""A language is offered where its catalogue is here, and a catalogue that is here is whole."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from chalicelib.kernel.i18n import LOCALE_DIR, load_catalogue
from infra import messages

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
def source() -> Catalog:
    """All messages of the program."""
    return messages.source()


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
    known = ("Log in", ("%(num)s row", "%(num)s rows"))
    template, translated = Catalog(), Catalog(locale="de")
    for one in known:
        template.add(one, flags=["python-format"])
        if one in words:
            translated.add(one, words[one], flags=["python-format"])
    found = list(problems(translated, template))
    assert len(found) == len(said)
    assert all(begin in one for begin, one in zip(said, found, strict=True))


def test_new_messages_come_in_without_a_translation_and_old_ones_go(tmp_path: Path) -> None:
    first, second = Catalog(), Catalog()
    first.add("Log in", locations=[("a.html", 1)])
    assert messages.update(tmp_path, "de", first) == 1
    file = tmp_path / "de" / "LC_MESSAGES" / "messages.po"
    file.write_text(file.read_text().replace('msgid "Log in"\nmsgstr ""', 'msgid "Log in"\nmsgstr "Anmelden"'))
    second.add("Log in", locations=[("b.html", 7)])
    second.add(("%(num)s row", "%(num)s rows"), flags=["python-format"])
    assert messages.update(tmp_path, "de", second) == 1
    assert messages.update(tmp_path, "de", first) == 0
    assert "row" not in file.read_text()
    assert load_catalogue("de", tmp_path).gettext("Log in") == "Anmelden"
