"""A PDF that is missing or broken is that document's trouble alone: figures come in, and it is named."""

import io
import zipfile

import pytest

from chalicelib.ingest.model import RunState
from tests.bundles import PDF, document
from tests.bundles import line as invoice_line
from tests.ccx.words import words
from tests.ingest.exports import export, ledger
from tests.ingest.found import rejects
from tests.ingest.pipeline import ImportPipeline
from tests.ingest.zips import with_manifest, without

PAGE = b"<!DOCTYPE html><title>Printer offline</title>"


def test_one_missing_pdf_of_three_holds_nothing(line: ImportPipeline) -> None:
    customers, rows = ledger(2, 3)
    documents = [document("1000", f"d{n}") for n in range(3)]
    bundle = export(line, customers, rows, documents=documents)
    run = line.take_in(without_pdf(bundle, "d1"))
    assert (run.state, run.reasons, run.code) == (RunState.PUBLISHED, (), None)
    (told,) = rejects(line.scope, number=run.number)
    assert (told.code, told.key) == ("E207_NO_FILE", "1000 / d1")
    assert "documents/d1.pdf" in words(told)


def without_pdf(bundle: bytes, document_id: str) -> bytes:
    """The bundle without one file, of which the manifest does not know either."""
    left = {"count": 2, "bytes": 2 * len(PDF)}
    return with_manifest(without(bundle, f"documents/{document_id}.pdf"), lambda m: m.update(documents=left))


@pytest.mark.parametrize(("content", "problem"), [(PAGE, "it is a web page"), (b"", "it is not a PDF")])
def test_what_is_no_pdf_is_named_and_the_rest_comes_in(line: ImportPipeline, content: bytes, problem: str) -> None:
    customers, rows = ledger(2, 3)
    rows[0]["document_id"] = "d0"
    documents = [document("1000", "d0", content), document("1000", "d1")]
    run = line.take_in(export(line, customers, rows, documents=documents, contents={"d0": content}))
    assert (run.state, run.reasons) == (RunState.PUBLISHED, ())
    assert {row.transaction_id: row.document for row in line.rows("1000")}["1000-0"] is None
    (told,) = rejects(line.scope, number=run.number)
    assert told.code == "E209_FILE_CONTENT"
    assert words(told) == f"Its file documents/d0.pdf cannot be used: {problem}. Make the document again."


def test_a_pdf_that_is_damaged_in_the_zip_is_named(line: ImportPipeline) -> None:
    documents = [document("1000", f"d{n}") for n in range(2)]
    bundle = bytearray(export(line, *ledger(2, 3), documents=documents))
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        damaged = archive.getinfo("documents/d1.pdf")
    bundle[damaged.header_offset + 30 + len(damaged.filename) + damaged.compress_size // 2] ^= 0xFF
    run = line.take_in(bytes(bundle))
    assert (run.state, run.reasons) == (RunState.PUBLISHED, ())
    (told,) = rejects(line.scope, number=run.number)
    assert words(told).startswith("Its file documents/d1.pdf cannot be used: it is damaged.")


def test_many_bad_lines_hold_and_never_refuse(line: ImportPipeline) -> None:
    customers, rows = ledger(2, 3)
    lines = [invoice_line("1000", "1000-0", number, "no amount") for number in range(6)]
    run = line.take_in(export(line, customers, rows, lines=lines))
    assert run.state is RunState.HELD
