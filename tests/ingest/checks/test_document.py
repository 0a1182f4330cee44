import pytest

from chalicelib.ccx.messages import Message
from chalicelib.ingest.checks.account import Known
from chalicelib.ingest.checks.document import content_problem
from tests.bundles import PDF, customer, document, transaction
from tests.ccx.words import words
from tests.ingest.accounts import check, codes

CUSTOMER = customer("1200")
INVOICE = transaction("1200", "127070", "7.70")


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ({"document_id": "d2"}, "document_id E207_NO_FILE"),
        ({"bytes": "1"}, "bytes E208_FILE_SIZE"),
        ({"document_id": ""}, "document_id E101_MISSING"),
        ({"doc_type": "letter"}, "doc_type E103_BAD_VALUE"),
        ({"sha256": "abc"}, "sha256 E119_BAD_FORM"),
        ({"bytes": "many"}, "bytes E109_BAD_NUMBER"),
        ({"visible": "1"}, "visible E108_BAD_BOOLEAN"),
    ],
)
def test_a_document_rejected_without_its_transaction(values: dict[str, str], finding: str) -> None:
    found = check([CUSTOMER], [INVOICE], [document("1200", "d1") | values], zipped={"d1": len(PDF)})
    assert codes(found) == [finding]
    assert found.documents == []
    assert len(found.rows) == 1


@pytest.mark.parametrize(("size", "expected"), [(25_000_000, []), (25_000_001, ["document_id E211_FILE_TOO_BIG"])])
def test_a_document_may_have_25_megabytes(size: int, expected: list[str]) -> None:
    found = check([CUSTOMER], [INVOICE], [document("1200", "d1", bytes=str(size))], zipped={"d1": size})
    assert codes(found) == expected


def test_a_document_that_another_account_claims_too() -> None:
    found = check([CUSTOMER], (), [document("1200", "d1")], zipped={"d1": len(PDF)}, shared_documents=frozenset({"d1"}))
    assert codes(found) == ["document_id E210_TWO_ACCOUNTS"]


def test_a_document_accepted_before_needs_no_file_and_serves() -> None:
    found = check(
        [CUSTOMER], [INVOICE | {"document_id": "d1"}], [document("1200", "d1")], known=Known(documents={"d1"})
    )
    assert codes(found) == []
    assert [item.found for item in found.documents] == [None]
    assert codes(check([CUSTOMER], [INVOICE | {"document_id": "d1"}], known=Known(documents={"d1"}))) == []


def test_a_document_that_names_its_transaction_is_linked() -> None:
    rows = [INVOICE, INVOICE | {"type": "credit_note", "total_amount": "-1.00", "outstanding_amount": "0.00"}]
    given_to = document("1200", "d1", transaction_id="127070")
    found = check([CUSTOMER], rows, [given_to], zipped={"d1": len(PDF)})
    assert [row.document_id for row in found.rows] == ["d1", None]
    found = check([CUSTOMER], rows[1:], [given_to], zipped={"d1": len(PDF)})
    assert [row.document_id for row in found.rows] == ["d1"]
    found = check([CUSTOMER], rows, [given_to | {"doc_type": "other"}], zipped={"d1": len(PDF)})
    assert [row.document_id for row in found.rows] == [None, None]


def test_a_document_of_a_transaction_that_is_not_here() -> None:
    found = check([CUSTOMER], (), [document("1200", "d1", transaction_id="9")], zipped={"d1": len(PDF)})
    assert codes(found) == ["transaction_id W315_UNKNOWN_TRANSACTION"]
    assert len(found.documents) == 1


def test_the_content_of_a_document() -> None:
    rows = [document("1200", "d1"), document("1200", "d2", mime="text/xml", sha256="")]
    one, two = check([CUSTOMER], (), rows, zipped={"d1": len(PDF), "d2": len(PDF)}).documents
    assert content_problem(one, PDF) is None
    assert content_problem(two, b"<Invoice/>") is None
    page = b"\xef\xbb\xbf\r\n<!DOCTYPE html><title>Printer offline</title>"
    other, executable, web_page = (
        content_problem(one, b"%PDF-other"),
        content_problem(one._replace(sha256=None), b"MZ"),
        content_problem(one._replace(sha256=None), page),
    )
    assert other
    assert executable
    assert web_page
    assert {other[0], executable[0], web_page[0]} == {"E209_FILE_CONTENT"}
    named = [words(Message(code, {"name": "one.pdf", **params})) for code, params in (other, executable, web_page)]
    assert named[0].startswith("Its file one.pdf cannot be used: its SHA-256 is another.")
    assert named[1].startswith("Its file one.pdf cannot be used: it is not a PDF.")
    assert named[2].startswith("Its file one.pdf cannot be used: it is a web page.")
