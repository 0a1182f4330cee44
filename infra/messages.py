"""Brings the catalogues of all languages up to the messages of the program: `make messages`.

New messages are added without a translation and counted, those that nothing uses any longer are removed, and what is
translated is compiled. `LANGUAGE`, such as `de` or `pt_BR`, begins another one.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "chalicelib" / "locale"
WIDTH = 120
PRODUCT = "Customer Connect"


def source() -> Catalog:
    """All messages of the program."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "messages.pot"
        command = ["pybabel", "-q", "extract", "-F", str(ROOT / "pyproject.toml"), "-o", str(file)]
        CommandLineInterface().run([*command, str(ROOT)])  # type: ignore[no-untyped-call]
        with file.open("rb") as opened:
            found = read_po(opened)
    for message in found:
        message.locations = [(str(Path(path).relative_to(ROOT)), line) for path, line in message.locations]
    return found


def update(folder: Path, locale: str, messages: Catalog) -> int:
    """Bring one language up to `messages`. How many of them it does not translate."""
    text = folder / locale / "LC_MESSAGES" / "messages.po"
    text.parent.mkdir(parents=True, exist_ok=True)
    before = Catalog(locale=locale)
    if text.exists():
        with text.open("rb") as opened:
            before = read_po(opened, locale=locale)
    made = before.creation_date  # not the time of this run: without another message the file stays the same
    about = dict.fromkeys(("project", "msgid_bugs_address", "last_translator", "language_team"), PRODUCT)
    after = Catalog(
        locale=locale,
        header_comment=f"# Translations of {PRODUCT}.",
        version="1",
        creation_date=made,
        revision_date=made,
        fuzzy=False,
        **about,
    )
    for message in messages:
        if message.id:
            known = before.get(message.id, message.context)
            files = [(file, 1) for file in sorted({file for file, _line in message.locations})]
            after.add(message.id, known.string if known else None, locations=files, flags=message.flags)
    with text.open("wb") as opened:
        write_po(opened, after, width=WIDTH, include_lineno=False)
    with text.open("rb") as opened:
        compiled = read_po(opened, locale=locale)
    with text.with_suffix(".mo").open("wb") as opened:
        write_mo(opened, compiled)
    return sum(not _is_translated(one) for one in after if one.id)


def _is_translated(message: Message) -> bool:
    words = message.string
    return all(words) if isinstance(words, tuple | list) else bool(words)


def main(argv: Sequence[str] | None = None) -> int:
    """1 where a language lacks a translation."""
    parser = argparse.ArgumentParser(prog="dev.py messages", description=__doc__)
    parser.add_argument("language", nargs="?", help="a language to begin")
    chosen = parser.parse_args(argv)
    known = {path.parents[1].name for path in FOLDER.glob("*/LC_MESSAGES/messages.po")}
    messages, missing = source(), 0
    for locale in sorted(known | ({chosen.language} if chosen.language else set())):
        lacks = update(FOLDER, locale, messages)
        missing += lacks
        print(f"{locale}: {lacks} of {len(messages)} messages to translate" if lacks else f"{locale}: whole")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
