"""What a file is by its content, whatever it is called: taken as it is, drawn anew, or refused. Reads bytes alone."""

from chalicelib.observability import logger
from chalicelib.rendering.image_files import kind_of
from chalicelib.uploads.checks import office, pdf, pictures, text
from chalicelib.uploads.model import Checked, Reason

_ZIP = b"PK\x03\x04"
_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
"""Word and Excel up to 2003; and Word and Excel since, once they are protected by a password."""
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif"})
_OLD_EXTENSIONS = frozenset({"doc", "xls", "ppt", "msg", "msi"})


def check(data: bytes, name: str) -> Checked:
    """`name` says only which of the texts it is: CSV and plain text look alike. Never raises."""
    try:
        return _check(data, name.rpartition(".")[2].casefold() if "." in name else "")
    except Exception as error:  # noqa: BLE001 - a parser that fails on a stranger's bytes, in whichever way, means damage
        logger.warning("file.unreadable", error=type(error).__name__)  # its message may quote them
        return Checked(reason=Reason.DAMAGED)


def _check(data: bytes, extension: str) -> Checked:
    if kind := kind_of(data):
        return pictures.check(data, kind)
    if pdf.is_pdf(data):
        return pdf.check(data)
    if data.startswith(_ZIP):
        return office.check(data)
    if data.startswith(_COMPOUND):
        old = extension in _OLD_EXTENSIONS or not _is_encrypted(data)
        return Checked(reason=Reason.OLD_OFFICE if old else Reason.PROTECTED)
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        return Checked(reason=Reason.HEIC)
    return text.check(data, extension)


def _is_encrypted(data: bytes) -> bool:
    """Its directory names the stream that a protected document is in ([MS-OFFCRYPTO] 2.3.4.4)."""
    return "EncryptedPackage".encode("utf-16-le") in data
