"""The text of a part: one or more objects of compressed lines.

A line is a tag with the physical line, the account and the record: `t9402<TAB>100A<TAB>...`. Records bear the tag of
their entity. Besides them there are annotations: a tag, the account it is about, and what it says.
"""

import json
import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from chalicelib.ccx.csv_rows import RawRow

BAD_MASTER, SHARED_ATTACHMENT, CONTENT, SAME = "m", "x", "z", "s"
"""A master that cannot be taken, a document that two accounts claim, one in the zip, an account that did not change."""
RESERVED_TAGS = frozenset({BAD_MASTER, SHARED_ATTACHMENT, CONTENT, SAME})
"""No entity may have one of these."""

_JSON = "\x01"

Line = tuple[str, str]
"""The tag with the physical line, and the record."""


class Annotation(NamedTuple):
    """Something said of an account besides its records."""

    tag: str
    about: str
    value: str


def one_line(raw: str) -> str:
    """A record as it is in the text, where every line is one."""
    if "\n" in raw or "\r" in raw or raw.startswith(_JSON):
        return _JSON + json.dumps(raw)
    return raw


def read_part(chunks: Iterable[bytes]) -> dict[str, dict[str, list[Line]]]:
    """The part's lines by account and tag; `""` holds the rows of which the account cannot be read."""
    accounts: dict[str, dict[str, list[Line]]] = {}
    for text in _blocks(chunks):
        for line in text.split("\n"):
            if not line:
                continue
            tagged, ref, raw = line.split("\t", 2)
            by_tag = accounts.get(ref)
            if by_tag is None:
                by_tag = accounts[ref] = {}
            found = by_tag.get(tagged[0])
            if found is None:
                found = by_tag[tagged[0]] = []
            found.append((tagged, raw))
    return accounts


def _blocks(chunks: Iterable[bytes]) -> Iterator[str]:
    for chunk in chunks:
        at = 0
        while at < len(chunk):
            end = at + 4 + int.from_bytes(chunk[at : at + 4], "big")
            yield zlib.decompress(chunk[at + 4 : end]).decode()
            at = end


def raw_row(line: Line) -> RawRow:
    """The physical line and the record as it was in the file."""
    return int(line[0][1:]), record_of(line)


def record_of(line: Line) -> str:
    """The record as it was in the file."""
    raw = line[1]
    return json.loads(raw[1:]) if raw.startswith(_JSON) else raw
