"""Rows of documents.csv, each with its file in the zip."""

from collections.abc import Collection, Iterable
from hashlib import sha256
from typing import NamedTuple
from zipfile import BadZipFile
from zlib import error as ZlibError  # noqa: N812 - zlib's exception has a variable's name

from chalicelib.ccx.bundle import Bundle
from chalicelib.ccx.codes import Code
from chalicelib.ccx.findings import Finding, mask
from chalicelib.ccx.messages import Params, phrase
from chalicelib.ccx.row_collector import RowCollector
from chalicelib.ccx.row_plan import Problem, ReadRow
from chalicelib.documents.entity import DOCUMENTS
from chalicelib.ingest.checks.context import Context, ZippedDocument
from chalicelib.kernel.i18n import lazy_gettext

MAX_BYTES = 25_000_000
"""A document is held whole while it is copied."""
_PDF = "application/pdf"
_slots = DOCUMENTS.schema.by_name
_ID = _slots["document_id"]


class CheckedDocument(NamedTuple):
    """A document as its row describes it. `bytes` and `sha256` are None where the row does not say.

    `found` is what this zip holds of it, None where it came before.
    """

    document_id: str
    transaction_id: str | None
    doc_type: str
    filename: str
    mime: str
    bytes: int | None
    sha256: str | None
    visible: bool
    found: ZippedDocument | None
    line: int


def check_documents(
    collector: RowCollector, read: Iterable[ReadRow], context: Context, *, accepted_before: Collection[str]
) -> list[CheckedDocument]:
    """The documents that may be used. One that came with an earlier export needs no file in this one."""
    out = []
    for row in read:
        document_id = row.values[_ID]
        if document_id is not None:
            _check_file(row, document_id, context, accepted_before)
        if collector.accept(row):
            out.append(_made(row, context.documents.get(document_id)))
    return out


def _check_file(row: ReadRow, document_id: str, context: Context, accepted_before: Collection[str]) -> None:
    declared = row.values[_slots["bytes"]]
    found = context.documents.get(document_id)
    size = found.bytes if found else None
    if document_id in context.shared_documents:
        row.problems.append(Problem("document_id", Code.E210_TWO_ACCOUNTS, {}, document_id))
    elif size is None and document_id not in accepted_before:
        what = f"documents/{document_id}.pdf"
        row.problems.append(Problem("document_id", Code.E207_NO_FILE, {"what": what}, document_id))
    elif size is not None and size > MAX_BYTES:
        row.problems.append(Problem("document_id", Code.E211_FILE_TOO_BIG, {"limit": "25 MB"}, document_id))
    elif size is not None and declared is not None and size != declared:
        row.problems.append(Problem("bytes", Code.E208_FILE_SIZE, {"found": size}, str(declared)))


def _made(row: ReadRow, found: ZippedDocument | None) -> CheckedDocument:
    document_id, _, transaction_id, doc_type, name, mime, size, digest, visible = row.values
    return CheckedDocument(
        document_id,
        transaction_id,
        doc_type,
        name or f"{document_id}.pdf",
        mime or _PDF,
        size,
        digest and digest.lower(),
        visible is not False,
        found,
        row.line,
    )


def read_content(bundle: Bundle, document: CheckedDocument, *, ref: str, path: str) -> bytes | Finding:
    """The content of a file that the zip holds, or why it cannot be taken. `path` is that of the rows' file."""
    try:
        with bundle.open_document(document.document_id) as stream:
            content = stream.read()
        problem = content_problem(document, content)
    except (BadZipFile, ZlibError, EOFError):
        problem = Code.E209_FILE_CONTENT, {"problem": phrase(lazy_gettext("it is damaged"))}
    if problem is None:
        return content
    code, params = problem[0], {**problem[1], "name": bundle.documents[document.document_id].name}
    key, value = f"{ref} / {document.document_id}", mask(document.document_id)
    return Finding(path, document.line, key, "document_id", code, value, params)


def content_problem(document: CheckedDocument, content: bytes) -> tuple[Code, Params] | None:
    """Why the file cannot be taken for what its row says: another checksum, or not a PDF at all."""
    if document.sha256 is not None and sha256(content).hexdigest() != document.sha256:
        return Code.E209_FILE_CONTENT, {"problem": phrase(lazy_gettext("its SHA-256 is another"))}
    if document.mime == _PDF and b"%PDF-" not in content[:1024]:
        wrong = lazy_gettext("it is a web page") if _is_web_page(content) else lazy_gettext("it is not a PDF")
        return Code.E209_FILE_CONTENT, {"problem": phrase(wrong)}
    return None


def _is_web_page(content: bytes) -> bool:
    """Such as the error page of a print server, saved under the document's name."""
    return content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html"))
