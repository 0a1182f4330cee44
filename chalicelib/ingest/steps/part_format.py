"""The text of a part: one or more objects of compressed lines.

A line is a letter with the physical line, the account and the record: `t9402<TAB>100A<TAB>...`. Besides the records of
files there are marks: a letter, the account it is about, and what it says.
"""

import json
import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from chalicelib.ccx.csv_rows import RawRow

LETTERS = {"customers": "c", "transactions": "t", "documents": "d", "invoice_lines": "l"}
"""A record of a file."""
BAD_MASTER, SHARED_DOCUMENT, CONTENT, SAME = "m", "x", "z", "s"
"""A master that cannot be taken, a document that two accounts claim, one in the zip, an account that did not change."""


_JSON = "\x01"

Line = tuple[str, str]
"""The letter with the physical line, and the record."""


class Mark(NamedTuple):
    """Something said of an account besides its records."""

    letter: str
    about: str
    value: str


def one_line(raw: str) -> str:
    """A record as it stands in the text, where every line is one."""
    if "\n" in raw or "\r" in raw or raw.startswith(_JSON):
        return _JSON + json.dumps(raw)
    return raw


def read_part(chunks: Iterable[bytes]) -> dict[str, dict[str, list[Line]]]:
    """The part's lines by account and mark; `""` holds the rows of which the account cannot be read."""
    accounts: dict[str, dict[str, list[Line]]] = {}
    for text in _blocks(chunks):
        for line in text.split("\n"):
            if not line:
                continue
            mark, ref, raw = line.split("\t", 2)
            marks = accounts.get(ref)
            if marks is None:
                marks = accounts[ref] = {}
            found = marks.get(mark[0])
            if found is None:
                found = marks[mark[0]] = []
            found.append((mark, raw))
    return accounts


def _blocks(chunks: Iterable[bytes]) -> Iterator[str]:
    for chunk in chunks:
        at = 0
        while at < len(chunk):
            end = at + 4 + int.from_bytes(chunk[at : at + 4], "big")
            yield zlib.decompress(chunk[at + 4 : end]).decode()
            at = end


def raw_row(line: Line) -> RawRow:
    """The physical line and the record as it stood in the file."""
    return int(line[0][1:]), record_of(line)


def record_of(line: Line) -> str:
    """The record as it stood in the file."""
    raw = line[1]
    return json.loads(raw[1:]) if raw.startswith(_JSON) else raw
