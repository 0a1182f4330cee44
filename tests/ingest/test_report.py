import csv
from dataclasses import replace

import pytest

from chalicelib.ccx.codes import Code
from chalicelib.ccx.findings import FINDINGS, BundleError, Finding, mask
from chalicelib.ingest.report import rejects_csv

FINDING = Finding(
    "customers.csv", 871, "2214", "currency", Code.E107_BAD_CURRENCY, "This is not a currency code", "GPB"
)


def test_the_report_is_one_line_a_finding() -> None:
    rows = list(csv.reader(rejects_csv([FINDING])))
    assert rows == [
        ["file", "line", "key", "column", "code", "message", "value"],
        ["customers.csv", "871", "2214", "currency", "E107_BAD_CURRENCY", "This is not a currency code", "GPB"],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", " =1+1", "\n=1+1", "＝1+1"])  # noqa: RUF001 - the wide form counts too
def test_nothing_in_it_is_a_formula(text: str) -> None:
    _, row = csv.reader(rejects_csv([replace(FINDING, key="7.70", value=text)]))
    assert (row[2], row[-1]) == ("7.70", f"'{text}")


def test_findings_survive_storage() -> None:
    assert FINDINGS.validate_json(FINDINGS.dump_json([FINDING])) == [FINDING]
    assert FINDING.severity == "error"


def test_values_are_masked() -> None:
    assert mask("x" * 40) == "x" * 40
    assert mask("x" * 41) == "x" * 39 + "…"
    assert mask("a\x00b") == "a<00>b"


def test_a_refusal_speaks_for_itself() -> None:
    error = BundleError(Code.B018_CHECKSUM, "transactions.csv")
    assert error.message == "transactions.csv does not match its checksum. Make the export again"
