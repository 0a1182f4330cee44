import io
import zipfile
from hashlib import sha256
from typing import Any

import pytest

from chalicelib.ccx import bundle as bundle_module
from chalicelib.ccx.findings import BundleError
from tests.bundles import PDF, build_bundle, customer, document, line, transaction, with_balances
from tests.ccx.exports import opened, rows_read
from tests.ingest.zips import with_manifest, with_member, without

ROWS = [transaction("1200", "127070", "7.70", document_id="d1"), transaction("100A", "127071", "3.98")]
CUSTOMERS = with_balances([customer("1200"), customer("100A")], ROWS)


def build(**values: Any) -> bytes:
    return build_bundle(CUSTOMERS, ROWS, [document("1200", "d1")], [line("1200", "127070", 1, "6.42")], **values)


def refusal(data: bytes) -> BundleError:
    with pytest.raises(BundleError) as caught:
        rows_read(opened(data))
    return caught.value


def test_a_good_one() -> None:
    found = opened(build())
    rows_read(found)
    assert [entity.name for entity in found.entities] == ["customers", "transactions", "documents", "invoice_lines"]
    assert [number for number, _ in found.records("transactions")] == [2, 3]
    assert found.header("transactions").account == 1
    assert found.documents["d1"].bytes == len(PDF)
    assert found.open_document("d1").read() == PDF
    assert found.warnings == []


def test_files_may_be_left_out() -> None:
    data = build_bundle(CUSTOMERS, files={"transactions": {"mode": "absent"}})
    found = opened(without(data, "transactions.csv"))
    assert [entity.name for entity in found.entities] == ["customers"]
    with pytest.raises(KeyError):
        list(found.records("transactions"))


def test_no_manifest() -> None:
    assert refusal(without(build(), "manifest.json")).code == "B011_NO_MANIFEST"


def test_a_manifest_of_another_kind() -> None:
    assert refusal(build(raw={"manifest.json": b"[]"})).code == "B012_BAD_MANIFEST"


def test_a_manifest_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_module, "MAX_BYTES", 10)
    assert refusal(build()).code == "B012_BAD_MANIFEST"


def test_a_listed_file_is_missing() -> None:
    assert refusal(without(build(), "transactions.csv")).code == "B014_MISSING_FILE"


@pytest.mark.parametrize("name", ["statements.csv", "documents/x.exe", "documents/a b.pdf", "notes.txt"])
def test_a_file_not_listed(name: str) -> None:
    assert refusal(with_member(build(), name, b"x")).code == "B015_EXTRA_FILE"


def test_a_file_of_an_entity_not_read_yet() -> None:
    content = b"store_code\n1\n"
    entry = {"path": "stores.csv", "entity": "stores", "rows": 1, "bytes": len(content), "sha256": "0" * 64}
    data = with_manifest(build(), lambda manifest: manifest["files"].append(entry))
    found = opened(with_member(data, "stores.csv", content))
    assert [(w.file, w.code) for w in found.warnings] == [("stores.csv", "W316_UNUSED_FILE")]


def test_unknown_columns_are_a_warning() -> None:
    rows = [{**row, "shoe_size": "9"} for row in CUSTOMERS]
    warnings = opened(build_bundle(rows, ROWS)).warnings
    assert [(w.file, w.line, w.column, w.code, w.severity) for w in warnings] == [
        ("customers.csv", 1, "shoe_size", "W309_UNKNOWN_COLUMN", "warning")
    ]


def test_fewer_rows_than_declared() -> None:
    error = refusal(build(files={"transactions": {"rows": 3}}))
    assert error.code == "B016_ROWS"
    assert error.message == "transactions.csv has 2 rows, manifest.json says 3. Make the export again."


def test_other_bytes_than_declared() -> None:
    assert refusal(build(files={"transactions": {"bytes": 3}})).code == "B017_BYTES"


def test_a_checksum_that_does_not_match() -> None:
    error = refusal(build(files={"transactions": {"sha256": "0" * 64}}))
    assert (error.code, error.file) == ("B018_CHECKSUM", "transactions.csv")


def test_a_checksum_in_capitals() -> None:
    def shout(manifest: dict[str, Any]) -> None:
        for file in manifest["files"]:
            file["sha256"] = file["sha256"].upper()

    rows_read(opened(with_manifest(build(), shout)))


def spoilt(entity: str, content: bytes) -> bytes:
    rows = max(0, content.count(b"\n") - 1)
    entry = {"rows": rows, "bytes": len(content), "sha256": sha256(content).hexdigest()}
    return build(raw={f"{entity}.csv": content}, files={entity: entry})


def test_not_utf8() -> None:
    assert refusal(spoilt("invoice_lines", HEAD + b"1200,invoice,1,1,\xa3\n")).code == "B019_NOT_UTF8"


HEAD = b"account_ref,type,transaction_id,line_no,description\n"


def test_a_required_column_is_missing() -> None:
    error = refusal(spoilt("invoice_lines", b"account_ref,type,line_no\n"))
    assert error.code == "B020_MISSING_COLUMN"
    assert "transaction_id" in error.message


@pytest.mark.parametrize(
    ("first", "shown"),
    [
        (b"sep=,\n" + HEAD, "sep=,"),
        (b"Invoice lines of 5 June\n" + HEAD, "Invoice lines of 5 June"),
        (b"konto;art;beleg\n", "konto;art;beleg"),
    ],
)
def test_a_first_line_without_the_columns_is_quoted(first: bytes, shown: str) -> None:
    error = refusal(spoilt("invoice_lines", first))
    assert error.message == (
        f"invoice_lines.csv lacks the column account_ref. Its first line begins with {shown}. "
        "Name the columns in the first line, spelt exactly so, with commas between them."
    )


@pytest.mark.parametrize(
    ("mark", "shown", "words"), [(";", ";", "semicolons"), ("\t", "<09>", "tabs"), ("|", "|", "vertical bars")]
)
@pytest.mark.parametrize("quote", ["", '"'])
def test_another_separator_than_commas_is_named(mark: str, shown: str, words: str, quote: str) -> None:
    names = [f"{quote}{name}{quote}" for name in ("account_ref", "type", "line_no")]
    error = refusal(spoilt("invoice_lines", f"{mark.join(names)}\n".encode()))
    assert error.code == "B033_SEPARATOR"
    assert error.message == (
        f"The columns of invoice_lines.csv are separated by {words}. Its first line begins with {shown.join(names)}. "
        "Put commas between the columns, in every line. A spreadsheet calls this CSV, comma delimited."
    )


def test_hidden_files_of_macos_and_backslashes_do_no_harm() -> None:
    hidden = with_member(with_member(build(), "__MACOSX/._customers.csv", b"x"), ".DS_Store", b"x")
    assert rows_read(opened(hidden)) == rows_read(opened(build()))
    assert opened(build().replace(b"documents/d1.pdf", b"documents\\d1.pdf")).open_document("d1").read()


def test_a_total_of_a_column_that_is_not_added_up_is_told() -> None:
    def more(manifest: dict[str, Any]) -> None:
        manifest["files"][1]["totals"] = {"net_amount": {"GBP": "1.00"}, "wrong_name": {"GBP": "1.00"}}

    told = [(f.file, f.column, f.code) for f in opened(with_manifest(build(), more)).warnings]
    path = "transactions.csv"
    assert told == [(path, "net_amount", "W319_UNCHECKED_TOTAL"), (path, "wrong_name", "W319_UNCHECKED_TOTAL")]


def test_lines_that_end_in_cr_alone_are_told_so() -> None:
    error = refusal(spoilt("invoice_lines", HEAD.replace(b"\n", b"\r") + b"1200,invoice,1,1,2.00\r"))
    assert error.code == "B032_LINE_ENDS"
    assert error.message == "The lines of invoice_lines.csv end in CR alone. End them in CRLF or LF."


@pytest.mark.parametrize("content", [b"", b'"account_ref"x,type\n'])
def test_no_header_at_all(content: bytes) -> None:
    assert refusal(spoilt("invoice_lines", content)).code == "B020_MISSING_COLUMN"


def test_a_column_twice() -> None:
    error = refusal(spoilt("invoice_lines", HEAD.replace(b"description", b"line_no")))
    assert error.code == "B021_REPEATED_COLUMN"


def test_columns_in_any_order_with_an_unnamed_one() -> None:
    found = opened(spoilt("invoice_lines", b"line_no,,type,transaction_id,account_ref,\n1,,invoice,127070,1200,\n"))
    assert found.header("invoice_lines").account == 4
    assert [w.code for w in found.warnings] == ["W309_UNKNOWN_COLUMN", "W309_UNKNOWN_COLUMN"]


def test_a_delta_is_not_taken_yet() -> None:
    assert refusal(build(files={"transactions": {"mode": "delta"}})).code == "B027_DELTA"


@pytest.mark.parametrize("declared", [{"count": 2, "bytes": len(PDF)}, {"count": 1, "bytes": 1}])
def test_documents_not_as_declared(declared: dict[str, int]) -> None:
    assert (
        refusal(with_manifest(build(), lambda manifest: manifest.update(documents=declared))).code == "B028_DOCUMENTS"
    )


def test_one_document_in_two_forms() -> None:
    assert refusal(with_member(build(), "documents/d1.xml", b"<a/>")).code == "B008_NAME_CLASH"


@pytest.mark.parametrize("name", ["customers.csv", "manifest.json"])
def test_damaged_content_is_told_as_such(name: str) -> None:
    data = bytearray(build())
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        entry = archive.getinfo(name)
    start = entry.header_offset + 30 + len(name)
    data[start : start + entry.compress_size] = bytes(entry.compress_size)
    assert refusal(bytes(data)).code == "B001_NOT_A_ZIP"


def test_what_a_run_keeps_of_an_export_is_bounded() -> None:
    wide = [customer("1200") | {"x" * 17_000: ""}]
    assert refusal(build_bundle(wide)).code == "B030_HEADER"
    many = [customer("1200") | {f"c{n}": "" for n in range(300)}]
    assert len(opened(build_bundle(many)).warnings) == 100
    long = build(raw={"manifest.json": b" " * (256 * 1024 + 1)})
    assert refusal(long).message.startswith("manifest.json cannot be used: the file is larger than 256 KiB.")
