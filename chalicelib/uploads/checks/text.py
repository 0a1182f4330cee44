"""Plain text and CSV: readable text, and no web page, script or picture of markup under their name."""

import re

from chalicelib.uploads.model import Checked, FileType, Reason

_KINDS = {"csv": FileType.CSV, "txt": FileType.TXT, "": FileType.TXT}
_MARKUP = re.compile(
    rb"<\s*(?:!doctype|html|head|body|script|svg|iframe|object|embed|img|meta|math|x:html)\b", re.IGNORECASE
)
_XML = re.compile(rb"\s*<[?!a-z]", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_LEADING = 65_536


def has_markup(data: bytes) -> bool:
    """Whether a browser that guesses could take it for a page."""
    return bool(_MARKUP.search(data))


def check(data: bytes, extension: str) -> Checked:
    """The same bytes, or a reason. `extension` is empty where the name is not known."""
    words = _decoded(data)
    if words is None:
        return Checked(reason=Reason.WRONG_TYPE)
    plain = words[:_LEADING].encode()
    # Tested control: no-markup-as-text
    if _XML.match(plain) or has_markup(plain):
        return Checked(reason=Reason.WEB_PAGE)
    kind = _KINDS.get(extension)
    return Checked(kind, data) if kind else Checked(reason=Reason.WRONG_TYPE)


def _decoded(data: bytes) -> str | None:
    """As UTF-8, UTF-16 with its mark, or Windows' own; None where it holds what no text does."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    for each in (encoding,) if encoding else ("utf-8", "cp1252"):
        try:
            words = data.decode(each)
        except UnicodeDecodeError:
            continue
        return None if _CONTROLS.search(words) else words
    return None
