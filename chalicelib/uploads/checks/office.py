"""Word and Excel documents (OOXML): a zip whose list of parts says what it is. Macros and files within are refused.

ECMA-376 part 2; [MS-OFFMACRO2] for the kinds of macro documents.
"""

import re
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from defusedxml.ElementTree import fromstring

from chalicelib.uploads.model import Checked, FileType, Reason

MAX_PARTS = 5_000
MAX_UNPACKED = 100_000_000
_MAX_XML = 5_000_000
_CONTENT_TYPES = "[Content_Types].xml"
_MAIN = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": FileType.DOCX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": FileType.XLSX,
}
_MACRO_TYPES = re.compile(r"macro|vba|activex|oleobject|ms-excel\.sheet\.binary", re.IGNORECASE)
_MACRO_PARTS = re.compile(
    r"vba|activex/|embeddings/|macrosheets/|oleobject|\.(?:exe|dll|js|vbs|bat|cmd|lnk|html?|svg)$", re.IGNORECASE
)
_OUTSIDE = re.compile(r"/(?:attachedTemplate|oleObject|frame|subDocument|package|control)$")
"""Relationships that fetch and open what lies outside the document."""
_ENCRYPTED = 0x1
_END, _END_BYTES = b"PK\x05\x06", 22
"""The last record of a zip without a comment."""


def check(data: bytes) -> Checked:
    """The same bytes, or a reason. Raises what zipfile and the XML parser raise."""
    try:
        with ZipFile(BytesIO(data)) as packed:
            parts = packed.infolist()
            reason = _shape(data, packed, parts)
            return Checked(reason=reason) if reason else _document(data, packed, parts)
    except BadZipFile:
        return Checked(reason=Reason.DAMAGED)


def _shape(data: bytes, packed: ZipFile, parts: list[ZipInfo]) -> Reason | None:
    names = [part.filename for part in parts]
    if _CONTENT_TYPES not in names:
        return Reason.ARCHIVE
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        return Reason.PROTECTED
    # Tested control: office-unpacked-bounded
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        return Reason.TOO_COMPLEX
    # Nothing before the first part, nothing after the last, and no name twice: it is this document and no other.
    starts_at_once = min(part.header_offset for part in parts) == 0
    ends_at_once = data[-_END_BYTES:].startswith(_END)
    if not (starts_at_once and ends_at_once) or len(set(names)) < len(names) or packed.testzip():
        return Reason.DAMAGED
    return None


def _document(data: bytes, packed: ZipFile, parts: list[ZipInfo]) -> Checked:
    types = {str(each.get("ContentType", "")) for each in _xml(packed, _CONTENT_TYPES)}
    # Tested control: office-no-macros
    if any(map(_MACRO_TYPES.search, types)) or any(_MACRO_PARTS.search(part.filename) for part in parts):
        return Checked(reason=Reason.MACROS)
    kinds = {_MAIN[each] for each in types & _MAIN.keys()}
    if len(kinds) != 1:
        return Checked(reason=Reason.WRONG_TYPE)
    relations = [part.filename for part in parts if part.filename.endswith(".rels")]
    if any(_leads_outside(packed, name) for name in relations):
        return Checked(reason=Reason.ACTIVE)
    return Checked(kinds.pop(), data)


def _leads_outside(packed: ZipFile, name: str) -> bool:
    return any(
        each.get("TargetMode") == "External" and _OUTSIDE.search(str(each.get("Type", "")))
        for each in _xml(packed, name)
    )


def _xml(packed: ZipFile, name: str) -> list[dict[str, str]]:
    """The attributes of each element below the root. Raises what defusedxml raises, of a DTD among others."""
    with packed.open(name) as part:
        raw = part.read(_MAX_XML + 1)
    if len(raw) > _MAX_XML:
        raise BadZipFile("a list of parts of this size")
    # Tested control: no-dtd
    return [dict(each.attrib) for each in fromstring(raw, forbid_dtd=True)]
