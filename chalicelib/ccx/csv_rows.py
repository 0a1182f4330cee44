"""RFC 4180 by the record, at the speed of str.split: where a record begins and ends is found first, its cells later.

A record is (physical line, raw text without its line end). The header is line 1. Quoted cells may hold line ends.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from chalicelib.ccx.codes import Code
from chalicelib.ccx.findings import BundleError

RawRow = tuple[int, str]
MAX_LINE = 1024 * 1024
MAX_CELL = 4_000
MAX_REF = 32
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

csv.field_size_limit(MAX_LINE)


@dataclass(frozen=True, slots=True)
class Header:
    """A file's first line. `account` is the index of account_ref; `raw` goes into the digests."""

    raw: str
    names: tuple[str, ...]

    @property
    def account(self) -> int:
        """The position of account_ref."""
        return self.names.index("account_ref")


def lines(blocks: Iterable[bytes], *, name: str) -> Iterator[str]:
    """UTF-8 text by physical line without its LF, a byte order mark dropped. Raises BundleError.

    Only LF ends a line (CRLF ends in it); str.splitlines would also cut at form feeds and the like.
    """
    decoded = (_decode(text, name, number) for number, text in whole_lines(blocks, name=name))
    return chain.from_iterable(text.split("\n") for text in decoded)


def whole_lines(blocks: Iterable[bytes], *, name: str) -> Iterator[tuple[int, bytes]]:
    """The same bytes, cut at ends of lines: how many lines were before, and lines without the last LF. BundleError."""
    rest, number = b"", 0
    for block in blocks:
        end = block.rfind(b"\n") + 1
        if end:
            text = rest + block[: end - 1]
            yield number, text
            rest = block[end:]
            number += text.count(b"\n") + 1
        else:
            rest += block
        if len(rest) > MAX_LINE:
            raise BundleError(Code.B023_LINE_TOO_LONG, name, limit="1 MiB", line=number)
    if rest:
        yield number, rest


def _decode(data: bytes, name: str, number: int) -> str:
    try:
        # Tested control: utf8-only
        return data.decode("utf-8-sig" if number == 0 else "utf-8")
    except UnicodeDecodeError as error:
        line = number + 1 + data.count(b"\n", 0, error.start)
        raise BundleError(Code.B019_NOT_UTF8, name, line=line) from None


def records(physical: Iterator[str], *, name: str) -> Iterator[RawRow]:
    """Records with the physical line each begins on; empty lines are none. Raises BundleError."""
    number = 0
    for line in physical:
        number += 1
        if '"' in line and (len(line) > MAX_LINE or _outside(line) is None):
            raw, lines_taken = _quoted(line, physical, name, number)
            yield number, raw
            number += lines_taken - 1
        elif raw := line.removesuffix("\r"):
            if len(raw) > MAX_LINE:
                raise BundleError(Code.B023_LINE_TOO_LONG, name, limit="1 MiB", line=number - 1)
            yield number, raw


def is_blank(raw: str) -> bool:
    """Whether a record holds nothing but commas, as spreadsheets leave some at the end: it counts as an empty line."""
    return raw[:1] == "," and not raw.strip(",")


def _outside(line: str) -> list[str] | None:
    """What comes before, between and after the quoted cells; None unless each begins and ends beside a comma.

    A doubled quote within a cell has nothing between its two. It is a tenth of the price of the csv module, for a line.
    """
    outside = line.removesuffix("\r").split('"')[::2]
    first, last = outside[0], outside[-1]
    if line.count('"') % 2 or (first and first[-1] != ",") or (last and last[0] != ",") or "\r" in line[:-1]:
        return None
    return outside if all(not part or part[0] == part[-1] == "," for part in outside[1:-1]) else None


def _quoted(line: str, physical: Iterator[str], name: str, number: int) -> tuple[str, int]:
    """The whole record that begins with `line`, and how many lines it is."""
    taken: list[str] = []
    size = 0

    def feed() -> Iterator[str]:
        nonlocal size
        for part in chain((line,), physical):
            taken.append(part)
            size += len(part)
            if size > MAX_LINE:
                raise BundleError(Code.B022_OPEN_QUOTE, name, line=number)
            yield part + "\n"

    try:
        next(csv.reader(feed(), strict=True))
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            raise BundleError(Code.B022_OPEN_QUOTE, name, line=number) from None
    return "\n".join(taken).removesuffix("\r"), len(taken)


def split(raw: str) -> list[str] | None:
    """The cells of one record; None if its quotes do not match."""
    if '"' not in raw:
        return raw.split(",")
    try:
        return next(csv.reader([line + "\n" for line in raw.split("\n")], strict=True))
    except csv.Error:
        return None


def account_of(raw: str, header: Header) -> str | None:
    """The trimmed account_ref of a record, None if there is none that can be read: rows are spread by it.

    With a cell too many or too few, nobody can say which cell is which: an unquoted comma before it moves it.
    """
    return reader_of_accounts(header)(raw)


def reader_of_accounts(header: Header) -> Callable[[str], str | None]:
    """`account_of` for many records of one file: it looks no further than it must."""
    at, commas = header.account, len(header.names) - 1
    known: dict[str, str] = {}

    def read(raw: str) -> str | None:
        outside = (_outside(raw) if '"' in raw else [raw]) or ()
        if outside and outside[0].count(",") > at:
            if sum(part.count(",") for part in outside) != commas:
                return None
            cell = raw.split(",", at + 1)[at]
        else:
            cells = split(raw)
            if cells is None or len(cells) != commas + 1:
                return None
            cell = cells[at]
        ref = known.get(cell)
        if ref is None and is_ref(cell.strip()):
            ref = known[cell] = cell.strip()
        return ref

    return read


def is_ref(ref: str) -> bool:
    """An account_ref: 1 to 32 characters, none of them a control character. It is case-sensitive."""
    return 0 < len(ref) <= MAX_REF and (ref.isprintable() or not _CONTROL.search(ref))


def control_character(text: str, *, quoted_text: bool) -> str | None:
    """The first character that no cell may hold. Tabs and line ends are allowed in quoted text."""
    if quoted_text:
        text = text.replace("\t", "").replace("\r\n", "").replace("\n", "")
    found = _CONTROL.search(text)
    return found[0] if found else None
