"""docs/export-format.md: the sections of its files and of the codes come from the program, everything else by hand.

`python3 -m infra.export_format` writes them again.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from textwrap import fill
from typing import Any

from chalicelib.ccx.code_texts import TEXTS
from chalicelib.ccx.codes import Code
from chalicelib.ccx.columns import Column
from chalicelib.ccx.entity import Entity
from chalicelib.ingest.entities import ENTITIES
from infra.setup.paths import ROOT

DOCUMENT = ROOT / "docs" / "export-format.md"
WIDTH = 120
_FILES = re.compile(r"(?<=<!-- files, from the declarations -->\n).*?(?=<!-- end of files -->)", re.DOTALL)
_CODES = re.compile(r"(?<=<!-- codes, from the program -->\n).*?(?=<!-- end of codes -->)", re.DOTALL)
_PARAMETER = re.compile(r"%\((\w+)\)s")


def generated(text: str, entities: Iterable[Entity[Any]]) -> str:
    """The page with the sections of these files, and the codes, in place of those that are there."""
    sections = "\n".join(map(section, entities))
    codes = "".join(f"{line}\n" for line in _codes())
    return _CODES.sub(lambda _: codes, _FILES.sub(lambda _: sections, text))


def _codes() -> Iterator[str]:
    """A line for each code, in the order of the program."""
    yield from ("| code | what is wrong | what to do |", "|---|---|---|")
    for code in Code:
        reason, remedy = (_PARAMETER.sub(r"{\1}", text.message).replace("%%", "%") for text in TEXTS[code])
        yield f"| `{code}` | {reason} | {remedy} |"


def section(entity: Entity[Any]) -> str:
    """What the page says of one file."""
    paragraphs = [f"### {entity.file}", fill(f"{entity.intro} {_key(entity)}", WIDTH), "\n".join(_table(entity))]
    return "\n\n".join([*paragraphs, *filter(None, [entity.notes])]) + "\n"


def _key(entity: Entity[Any]) -> str:
    of_account = not entity.per_dealer and entity.attachment is None
    names = [f"`{name}`" for name in dict.fromkeys((*(("account_ref",) if of_account else ()), *entity.key))]
    if len(names) == 1:
        return f"Its key is {names[0]}."
    return f"Its key is {', '.join(names[:-1])} and {names[-1]} together."


def _table(entity: Entity[Any]) -> Iterator[str]:
    """A line for each column; neighbours of which the same is said share one."""
    yield from ("| column | | kind | what it says |", "|---|---|---|---|")
    for (required, kind, says), group in groupby(entity.schema.columns, key=_said):
        names = " ".join(f"`{column.name}`" for column in group)
        cells = (names, "required" if required else "", kind, says)
        yield "".join(f"| {cell} " if cell else "| " for cell in cells) + "|"


def _said(column: Column) -> tuple[bool, str, str]:
    return column.required, column.kind.description, column.description


if __name__ == "__main__":
    DOCUMENT.write_text(generated(DOCUMENT.read_text(), ENTITIES))
