"""How each kind of file is declared to a browser."""

from collections.abc import Mapping

from chalicelib.uploads.model import Kind

_OPEN_XML = "application/vnd.openxmlformats-officedocument."

MEDIA_TYPES: Mapping[Kind, str] = {
    Kind.PDF: "application/pdf",
    Kind.JPEG: "image/jpeg",
    Kind.PNG: "image/png",
    Kind.DOCX: f"{_OPEN_XML}wordprocessingml.document",
    Kind.XLSX: f"{_OPEN_XML}spreadsheetml.sheet",
    Kind.CSV: "text/csv; charset=utf-8",
    Kind.TXT: "text/plain; charset=utf-8",
}
