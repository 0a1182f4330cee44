"""PDFs are kept byte for byte, so that a signature stays valid; what could run, or carries other files, is refused."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PdfReadError
from pypdf.generic import IndirectObject

from chalicelib.uploads.checks import text
from chalicelib.uploads.model import Checked, FileType, Reason

MAX_OBJECTS = 100_000
_MAX_DEPTH = 40

_ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/RichMediaContent", "/XFA"})
_ACTIVE_VALUES = frozenset(
    {"/JavaScript", "/Launch", "/ImportData", "/Rendition", "/GoToE", "/RichMedia", "/EmbeddedFile"}
)
_HIDDEN = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia)(?![A-Za-z0-9])")
"""The long names, also where no table of objects leads: readers mend damaged files each in their own way."""
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")


def is_pdf(data: bytes) -> bool:
    """Whether it begins as one. Those that begin later are something else too."""
    return data.startswith(b"%PDF-")


def check(data: bytes) -> Checked:
    """The same bytes, or a reason. Raises what pypdf raises."""
    # Tested control: pdf-ends-as-pdf
    if data.rpartition(b"%%EOF")[2].strip(b"\0\t\n\f\r ") or text.has_markup(data[:1024]):
        return Checked(reason=Reason.DAMAGED)
    reader = PdfReader(BytesIO(data))
    if reader.is_encrypted:
        return Checked(reason=Reason.PROTECTED)
    if not reader.pages:
        raise PdfReadError("no pages")
    numbers = _numbers(reader)
    if len(numbers) > MAX_OBJECTS:
        return Checked(reason=Reason.TOO_COMPLEX)
    # Tested control: pdf-nothing-active
    if _HIDDEN.search(_ESCAPE.sub(_unescaped, data)) or any(_is_active(found) for found in _objects(reader, numbers)):
        return Checked(reason=Reason.ACTIVE)
    return Checked(FileType.PDF, data)


def _unescaped(escape: re.Match[bytes]) -> bytes:
    return bytes([int(escape[1], 16)])


def _numbers(reader: PdfReader) -> list[tuple[int, int]]:
    """Number and generation of every object that the file lists."""
    plain = [(number, generation) for generation, table in reader.xref.items() for number in table]
    return [*plain, *((number, 0) for number in reader.xref_objStm)]


def _objects(reader: PdfReader, numbers: list[tuple[int, int]]) -> Iterator[dict[str, Any]]:
    """Every dictionary in the file, those within others too; the trailer's among them."""
    yield from _dictionaries(reader.trailer, 0)
    for number, generation in numbers:
        try:
            found = reader.get_object(IndirectObject(number, generation, reader))
        except PdfReadError:
            continue  # listed, and not there: freed objects are
        yield from _dictionaries(found, 0)


def _dictionaries(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """References are not followed: what they lead to is listed itself."""
    if depth > _MAX_DEPTH:
        raise PdfReadError("nested too deeply")
    if isinstance(value, dict):
        yield value
        for each in value.values():
            if isinstance(each, dict | list):
                yield from _dictionaries(each, depth + 1)
    elif isinstance(value, list):
        for each in value:
            if isinstance(each, dict | list):
                yield from _dictionaries(each, depth + 1)


def _is_active(found: dict[str, Any]) -> bool:
    if _ACTIVE_KEYS & found.keys():
        return True
    named = {str(dict.get(found, key)) for key in ("/S", "/Subtype", "/Type")}
    return bool(named & _ACTIVE_VALUES)
