"""Exports typed by hand from the format's description, with wrong cells of every kind: each must be named."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from chalicelib.ccx.findings import Finding
from chalicelib.ingest.checks.account import CheckedAccount
from chalicelib.ingest.model import ImportRun, RunState
from tests.ccx.exports import opened
from tests.ccx.words import words
from tests.ingest.found import rejects
from tests.ingest.pipeline import ImportPipeline
from tests.ingest.whole_bundle import check_bundle
from tests.ingest.zips import packed, with_manifest

FOLDER = Path(__file__).parent / "handwritten"
EVERYTHING = """
customers.csv 1 loyalty_points W309_UNKNOWN_COLUMN
customers.csv 3 email W306_BAD_EMAIL
customers.csv 4 country E119_BAD_FORM
customers.csv 5 aged_current W311_AGED_AMOUNTS
customers.csv 6 account_type E103_BAD_VALUE
customers.csv 7 portal_eligible E108_BAD_BOOLEAN
customers.csv 7 currency E107_BAD_CURRENCY
customers.csv 7 balance E106_DECIMALS
customers.csv 7 credit_limit E105_BAD_AMOUNT
customers.csv 7 settlement_rate E109_BAD_NUMBER
customers.csv 7 settlement_days E109_BAD_NUMBER
customers.csv 7 updated_at E104_BAD_DATE
customers.csv 7 name E101_MISSING
customers.csv 8 account_status E103_BAD_VALUE
customers.csv 8 balance E105_BAD_AMOUNT
customers.csv 8 marketing_email E108_BAD_BOOLEAN
customers.csv 9 master_account_ref E204_MASTER_LOOP
customers.csv 10 master_account_ref E204_MASTER_LOOP
customers.csv 11 master_account_ref E205_MASTER_DEPTH
customers.csv 13 master_account_ref E206_MASTER_CURRENCY
customers.csv 14 master_account_ref W314_UNKNOWN_MASTER
customers.csv 15 phone W310_SPACES
customers.csv 16 account_ref E117_DUPLICATE
customers.csv 17 account_ref E117_DUPLICATE
customers.csv 19 name E115_CONTROL_CHARACTER
customers.csv 20 account_ref E101_MISSING
customers.csv 21 - E118_CELLS
documents.csv 3 document_id E207_NO_FILE
documents.csv 4 doc_type E103_BAD_VALUE
documents.csv 4 mime E103_BAD_VALUE
documents.csv 4 sha256 E119_BAD_FORM
documents.csv 4 visible E108_BAD_BOOLEAN
documents.csv 4 bytes E208_FILE_SIZE
documents.csv 5 document_id E119_BAD_FORM
invoice_lines.csv 3 - W313_REPEATED_ROW
invoice_lines.csv 4 quantity E109_BAD_NUMBER
invoice_lines.csv 4 unit_price E109_BAD_NUMBER
invoice_lines.csv 4 vat_amount W303_LINE_VAT
invoice_lines.csv 5 line_no E109_BAD_NUMBER
invoice_lines.csv 5 line_type E103_BAD_VALUE
invoice_lines.csv 5 vat_rate E109_BAD_NUMBER
invoice_lines.csv 6 transaction_id E203_UNKNOWN_TRANSACTION
invoice_lines.csv 7 transaction_id E201_PARENT_REJECTED
transactions.csv 4 vat_amount W304_NET_AND_VAT
transactions.csv 4 due_date W302_DUE_DATE
transactions.csv 4 document_id W301_DOCUMENT_NOT_YET
transactions.csv 6 total_amount E110_SIGN
transactions.csv 7 outstanding_amount E112_OUTSTANDING
transactions.csv 8 outstanding_amount E121_OVERPAID
transactions.csv 9 transaction_date E104_BAD_DATE
transactions.csv 9 due_date E104_BAD_DATE
transactions.csv 9 discount_date E104_BAD_DATE
transactions.csv 9 period E104_BAD_DATE
transactions.csv 11 account_ref E201_PARENT_REJECTED
transactions.csv 12 account_ref E202_UNKNOWN_ACCOUNT
transactions.csv 13 type E103_BAD_VALUE
transactions.csv 14 total_amount E105_BAD_AMOUNT
transactions.csv 15 transaction_date E111_FUTURE_DATE
transactions.csv 16 settlement_amount E114_SETTLEMENT
transactions.csv 16 discount_date E113_DISCOUNT_DATE
transactions.csv 17 settlement_amount W305_SETTLEMENT
transactions.csv 18 currency E116_CURRENCY
transactions.csv 19 settled_reason E103_BAD_VALUE
transactions.csv 19 total_amount W307_ZERO
transactions.csv 20 document_id E119_BAD_FORM
transactions.csv 20 dispute_flag E108_BAD_BOOLEAN
transactions.csv 21 - E120_QUOTES
transactions.csv 22 - E118_CELLS
transactions.csv 23 transaction_id E117_DUPLICATE
transactions.csv 24 transaction_id E117_DUPLICATE
transactions.csv 25 - W313_REPEATED_ROW
transactions.csv 27 transaction_id E101_MISSING
transactions.csv 28 account_ref E101_MISSING
transactions.csv 30 total_amount E106_DECIMALS
transactions.csv 31 total_amount E110_SIGN
"""
"""Wrong in every way we could think of: nothing of it is applied, and each wrong cell is named all the same."""
GOES_IN = """
customers.csv 1 notes W309_UNKNOWN_COLUMN
customers.csv 5 email W306_BAD_EMAIL
customers.csv 11 account_type E103_BAD_VALUE
customers.csv 11 portal_eligible E108_BAD_BOOLEAN
customers.csv 11 balance E105_BAD_AMOUNT
customers.csv 11 settlement_rate E109_BAD_NUMBER
customers.csv 11 country E119_BAD_FORM
customers.csv 13 email W310_SPACES
invoice_lines.csv 12 vat_amount W303_LINE_VAT
invoice_lines.csv 13 quantity E109_BAD_NUMBER
transactions.csv 5 settlement_amount W305_SETTLEMENT
transactions.csv 7 due_date W302_DUE_DATE
transactions.csv 8 document_id W301_DOCUMENT_NOT_YET
transactions.csv 18 vat_amount W304_NET_AND_VAT
transactions.csv 19 total_amount W307_ZERO
transactions.csv 22 transaction_date E104_BAD_DATE
transactions.csv 22 currency E116_CURRENCY
transactions.csv 22 outstanding_amount E112_OUTSTANDING
transactions.csv 23 - W313_REPEATED_ROW
"""
"""Right but for a row in each file and some cells that are only odd."""


def handwritten(name: str) -> bytes:
    folder = FOLDER / name
    return packed({p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()})


Checked = tuple[dict[str, CheckedAccount], list[Finding]]


@cache
def checked(name: str) -> Checked:
    return check_bundle(opened(handwritten(name)))


def named(findings: Iterable[Finding]) -> list[str]:
    return sorted(f"{f.file} {f.line} {f.column or '-'} {f.code}" for f in findings)


@pytest.mark.parametrize(("name", "wrong"), [("everything", EVERYTHING), ("goes_in", GOES_IN)])
def test_each_wrong_cell_is_named(name: str, wrong: str) -> None:
    assert named(checked(name)[1]) == sorted(filter(None, wrong.splitlines()))


@pytest.mark.parametrize("name", ["everything", "goes_in"])
def test_each_says_what_to_write_instead(name: str) -> None:
    assert all(". " in said and not re.search(r"…|%\(|[{}]", said) for said in map(words, checked(name)[1]))
    assert all(len(finding.value) <= 40 for finding in checked(name)[1])


def test_what_is_right_is_read() -> None:
    accounts = checked("everything")[0]
    hartley = accounts["A100"]
    assert hartley.facts is not None
    assert (hartley.facts.name, hartley.facts.balance, hartley.facts.aged) == (
        *("Hartley & Sons, Ironmongers", 14_450),
        (0, 14_450, 0, 0, 0, 0),
    )
    assert [(row.reference, row.description, row.document_id) for row in hartley.rows] == [
        ("INV-1", "Chain saw, service\nand new chain", "doc-1"),
        ("INV-2", "Strimmer line", "doc-2"),
    ]
    assert [line.net for line in hartley.lines["invoice", "1"]] == [6_000, 4_000]
    assert [row.total for row in accounts["G700"].rows] == [1_234]
    assert {ref for ref, account in accounts.items() if account.facts} == {
        *("A100", "a100", "B/201", "D403", "D405", "E500", "G700"),
    }


def test_accounts_differ_by_case() -> None:
    facts = checked("everything")[0]["a100"].facts
    assert facts is not None
    assert (facts.name, facts.master_account_ref, facts.email) == ("Mrs J Hartley", "A100", None)


def bring(line: ImportPipeline, name: str) -> tuple[ImportRun, list[Finding]]:
    run = line.take_in(with_manifest(handwritten(name), lambda manifest: manifest.update(dealer_code=line.code)))
    return run, [f for warnings in (False, True) for f in rejects(line.scope, number=run.number, warnings=warnings)]


def test_it_goes_in_and_the_report_names_each_wrong_cell(line: ImportPipeline) -> None:
    run, findings = bring(line, "goes_in")
    assert (run.state, run.reasons) == (RunState.PUBLISHED, ())
    assert named(findings) == sorted(filter(None, GOES_IN.splitlines()))
    assert [(row.reference, row.outstanding) for row in line.rows("2001") if row.outstanding] == [("50002", 132_000)]
    assert {row.reference for row in line.rows("2010")} == {"50010", "50011", "50012"}
    assert line.rows("2005")
    assert "50014" not in {row.reference for row in line.rows("2005")}
    assert line.head("2008") is None


def test_with_too_much_wrong_nothing_goes_in_and_the_report_still_names_each(line: ImportPipeline) -> None:
    run, findings = bring(line, "everything")
    assert run.state is RunState.REFUSED
    assert any("customers.csv" in words(reason) for reason in run.reasons)
    assert named(findings) == sorted(filter(None, EVERYTHING.splitlines()))
    assert line.entries() == []
