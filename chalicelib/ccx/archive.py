"""A zip from outside, opened without trust: limits before anything is read, and no name that could leave its place."""

import re
import stat
import struct
import zlib
from collections.abc import Iterable
from typing import BinaryIO, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from chalicelib.ccx.codes import Code
from chalicelib.ccx.findings import BundleError
from chalicelib.ccx.messages import phrase
from chalicelib.kernel.i18n import lazy_gettext

MAX_BYTES = 2 * 1024**3
MAX_ENTRIES = 200_000
# Tested control: zip-ratio
MAX_RATIO = 100
_SMALL = 1024 * 1024  # a short file of zeros is no bomb: the ratio of one file counts from here
_MAX_DIRECTORY = MAX_ENTRIES * 256
_END, _END64 = b"PK\x05\x06", b"PK\x06\x06"
_TAIL = 65_535 + 22
_FOLDERS = {"documents/"}
_DRIVE = re.compile(r"[A-Za-z]:")
_LOCAL = struct.Struct("<4s22xHH")
_LOCAL_MAGIC = b"PK\x03\x04"


class Span(NamedTuple):
    """The place of one file in the zip: `length` bytes from `offset` hold its local header and content; see `unpack`.

    `bytes` is its size unpacked, `packed` in the zip.
    """

    name: str
    bytes: int
    offset: int
    length: int
    packed: int
    deflated: bool
    crc: int


def open_archive(fileobj: BinaryIO) -> ZipFile:
    """The zip in a seekable stream, its directory checked and nothing else read. Raises BundleError."""
    size = fileobj.seek(0, 2)
    if size > MAX_BYTES:
        raise BundleError(Code.B002_TOO_BIG, limit="2 GiB")
    _check_directory_size(fileobj, size)
    try:
        archive = ZipFile(fileobj)
    except (BadZipFile, ValueError, OSError, NotImplementedError, struct.error):
        raise BundleError(Code.B001_NOT_A_ZIP) from None
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise BundleError(Code.B003_TOO_MANY_FILES, limit=MAX_ENTRIES)
    _use_slashes(archive)
    for entry in entries:
        _check_name(entry)
        _check_kind(entry)
    _check_clashes(entries)
    _check_sizes(entries)
    return archive


def _check_directory_size(fileobj: BinaryIO, size: int) -> None:
    """The directory is read whole, so its size is bounded first. ZipFile checks that the end record tells the truth."""
    fileobj.seek(max(0, size - _TAIL))
    tail = fileobj.read(_TAIL)
    fileobj.seek(0)
    end = tail.rfind(_END)
    if end < 0 or len(tail) < end + 22:
        raise BundleError(Code.B001_NOT_A_ZIP)
    directory = struct.unpack_from("<L", tail, end + 12)[0]
    end64 = tail.rfind(_END64, 0, end)
    if end64 >= 0 and len(tail) >= end64 + 56:
        directory = max(directory % 0xFFFFFFFF, struct.unpack_from("<Q", tail, end64 + 40)[0])
    if directory > _MAX_DIRECTORY:
        raise BundleError(Code.B003_TOO_MANY_FILES, limit=MAX_ENTRIES)


def _use_slashes(archive: ZipFile) -> None:
    """Some programs of Windows write backslashes between folders, where a zip has slashes (APPNOTE 4.4.17.1)."""
    for entry in archive.infolist():
        if "\\" in entry.filename and entry.filename == entry.orig_filename:
            entry.filename = entry.filename.replace("\\", "/")
            archive.NameToInfo[entry.filename] = entry


def is_hidden(name: str) -> bool:
    """Whether macOS has put the file there without showing it: it is no part of the export."""
    folder, _, file = name.rpartition("/")
    return folder.split("/")[0] == "__MACOSX" or file == ".DS_Store" or file.startswith("._")


def _check_name(entry: ZipInfo) -> None:
    name = entry.filename
    parts = name.split("/")
    # Tested control: zip-no-parent-paths
    unsafe = (
        entry.orig_filename.replace("\\", "/") != name
        or not name.isprintable()
        or "\\" in name
        or name.startswith("/")
        or _DRIVE.match(name)
        or ".." in parts
        or "." in parts
    )
    if unsafe:
        raise BundleError(Code.B005_UNSAFE_NAME, ascii(entry.orig_filename)[1:-1][:80])
    is_deep = len(parts) > 2 or (len(parts) == 2 and parts[0] != "documents")  # noqa: PLR2004 - folder and file
    if name not in _FOLDERS and not is_hidden(name) and (is_deep or name.endswith("/")):
        raise BundleError(Code.B009_FOLDER, name)


def _check_kind(entry: ZipInfo) -> None:
    mode = entry.external_attr >> 16
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise BundleError(Code.B006_LINK, entry.filename)
    if entry.flag_bits & 0x1:
        raise BundleError(Code.B007_ENCRYPTED, entry.filename)
    if entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise BundleError(Code.B029_COMPRESSION, entry.filename)


def _check_clashes(entries: Iterable[ZipInfo]) -> None:
    seen = set()
    for entry in entries:
        folded = entry.filename.casefold()
        if folded in seen:
            raise BundleError(Code.B008_NAME_CLASH, entry.filename)
        seen.add(folded)


def _check_sizes(entries: list[ZipInfo]) -> None:
    """Ratio of each large file and of the whole; entries that share packed bytes would hide a bomb from both."""
    for entry in entries:
        if entry.file_size > max(_SMALL, MAX_RATIO * entry.compress_size):
            raise BundleError(Code.B004_RATIO, entry.filename, limit=MAX_RATIO)
    packed = sum(entry.compress_size for entry in entries)
    if sum(entry.file_size for entry in entries) > max(_SMALL, MAX_RATIO * packed):
        raise BundleError(Code.B004_RATIO, name=phrase(lazy_gettext("The zip file")), limit=MAX_RATIO)
    end = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        if entry.header_offset < end:
            raise BundleError(Code.B001_NOT_A_ZIP)
        end = entry.header_offset + entry.compress_size


def spans(archive: ZipFile) -> dict[str, Span]:
    """Every file by name, with the byte range that holds it: up to the next file or the zip's directory."""
    entries = sorted(archive.infolist(), key=lambda e: e.header_offset)
    ends = [e.header_offset for e in entries[1:]] + [archive.start_dir]
    return {
        e.filename: Span(
            e.filename,
            e.file_size,
            e.header_offset,
            end - e.header_offset,
            e.compress_size,
            e.compress_type == ZIP_DEFLATED,
            e.CRC,
        )
        for e, end in zip(entries, ends, strict=True)
        if not e.is_dir()
    }


def unpack(data: bytes, span: Span) -> bytes:
    """The content of a file from the bytes of its span, never more than it declares. Raises BundleError."""
    if len(data) < _LOCAL.size or not data.startswith(_LOCAL_MAGIC):
        raise BundleError(Code.B001_NOT_A_ZIP, span.name)
    _, name, extra = _LOCAL.unpack_from(data)
    start = _LOCAL.size + name + extra
    packed = data[start : start + span.packed]
    try:
        content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, span.bytes + 1) if span.deflated else packed
    except zlib.error:
        raise BundleError(Code.B001_NOT_A_ZIP, span.name) from None
    if len(content) != span.bytes or zlib.crc32(content) != span.crc:
        raise BundleError(Code.B001_NOT_A_ZIP, span.name)
    return content
