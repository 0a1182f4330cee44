"""How each kind of file is declared to a browser."""

from collections.abc import Mapping

from chalicelib.uploads.model import FileType

_OPEN_XML = "application/vnd.openxmlformats-officedocument."

THUMBNAIL_TYPE = "image/jpeg"
MEDIA_TYPES: Mapping[FileType, str] = {
    FileType.PDF: "application/pdf",
    FileType.JPEG: "image/jpeg",
    FileType.PNG: "image/png",
    FileType.DOCX: f"{_OPEN_XML}wordprocessingml.document",
    FileType.XLSX: f"{_OPEN_XML}spreadsheetml.sheet",
    FileType.CSV: "text/csv; charset=utf-8",
    FileType.TXT: "text/plain; charset=utf-8",
}
