import csv
from dataclasses import replace

import pytest

from chalicelib.ccx.codes import Code
from chalicelib.ccx.findings import Finding, mask
from chalicelib.ingest.report import findings_csv
from chalicelib.ingest.stored_findings import FINDINGS
from tests.ccx.words import BRITISH

FINDING = Finding("customers.csv", 871, "2214", "currency", Code.E107_BAD_CURRENCY, "GPB")
SAID = "This is not a currency code. Use three capitals, such as GBP."


def test_the_report_is_one_line_a_finding() -> None:
    rows = list(csv.reader(findings_csv([FINDING], BRITISH)))
    assert rows == [
        ["file", "line", "key", "column", "code", "message", "value"],
        ["customers.csv", "871", "2214", "currency", "E107_BAD_CURRENCY", SAID, "GPB"],
    ]


def test_nothing_of_a_longer_line_is_left_in_the_next() -> None:
    short = Finding("a.csv", 1, "", "", Code.E107_BAD_CURRENCY, "")
    found = list(findings_csv([FINDING, short], BRITISH))
    assert [line.count("\r\n") for line in found] == [1, 1, 1]
    assert found[2].startswith("a.csv,1,")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", " =1+1", "＝1+1"])  # noqa: RUF001 - the wide form counts too
def test_nothing_in_it_is_a_formula(text: str) -> None:
    _, row = csv.reader(findings_csv([replace(FINDING, key="7.70", value=text)], BRITISH))
    assert (row[2], row[-1]) == ("7.70", f"'{text}")


def test_nor_is_a_later_line_of_it() -> None:
    _, row = csv.reader(findings_csv([replace(FINDING, value="\n=1+1")], BRITISH))
    assert row[-1] == "'\n'=1+1"


def test_findings_survive_storage() -> None:
    assert FINDINGS.validate_json(FINDINGS.dump_json([FINDING])) == [FINDING]
    assert FINDING.severity == "error"


def test_values_are_masked() -> None:
    assert mask("x" * 40) == "x" * 40
    assert mask("x" * 41) == "x" * 39 + "…"
    assert mask("a\x00b") == "a<00>b"
