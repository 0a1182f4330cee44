"""upload.pyz --check FILE: what it prints, and how it ends. What it finds is tested beside the import."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chalicelib.ingest.entities import ENTITIES
from infra.upload_client import checking, command, exits
from infra.upload_client.check_report import SHOWN
from tests.bundles import build_bundle, customer, document, transaction, with_balances
from tests.ingest.test_handwritten import handwritten
from tests.ingest.zips import without_customers, without_transactions

NAME = "ccx_TEST_20240605T050000Z_00000001.zip"
Check = Callable[..., int]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Runs the program in this process, without a key or an address."""
    for name in ("CCX_PORTAL", "CCX_KEY", "CCX_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)

    def call(bundle: bytes, *options: str, name: str = NAME) -> int:
        (tmp_path / name).write_bytes(bundle)
        monkeypatch.setattr(sys, "argv", ["upload.pyz", "--check", str(tmp_path / name), *options])
        return command.main()

    return call


def export(wrong: int = 0, rows: int = 100, **more: Any) -> bytes:
    customers = [customer("1000"), customer("1001")]
    transactions = [transaction("1000", f"t{n}", "7.70") for n in range(rows)]
    customers = with_balances(customers, transactions)
    transactions[:wrong] = [{**row, "due_date": f"3{n}/13/2024"} for n, row in enumerate(transactions[:wrong])]
    return build_bundle(customers, transactions, **more)


def test_a_good_export_would_be_accepted(check: Check, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(export()) == exits.APPLIED
    said = capsys.readouterr().out
    assert said.startswith(f"{NAME}: export 1 of TEST, figures as at 5 Jun 2024\n  customers.csv: 2 rows\n")
    assert "Nothing was sent." in said
    assert said.endswith("\n\nWould be accepted.\n")


def test_rows_are_grouped_by_their_cause_and_the_first_are_named(
    check: Check, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(export(wrong=9)) == exits.HELD
    said = capsys.readouterr().out
    assert "  transactions.csv: 100 rows, 9 rejected\n" in said
    assert (
        "Errors, which reject their rows: 9\n"
        "\n"
        "E104_BAD_DATE: transactions.csv, due_date, 9 times\n"
        "  There is no such date in the form YYYY-MM-DD. Use this form, for example 2026-09-30.\n"
        "    line 2, 1000 / t0: 30/13/2024\n"
    ) in said
    assert said.count("/13/2024") == SHOWN
    assert "    and 4 more\n" in said
    assert said.splitlines()[-2:] == [
        "G401_ERRORS: 9 of 100 rows in transactions.csv have errors, 9.0%. The limit is 1%.",
        "Would be held for approval.",
    ]


@pytest.mark.parametrize(
    ("wrong", "code", "last"),
    [
        (1, exits.APPLIED, "Would be accepted, without 1 rejected row."),
        (5, exits.APPLIED, "Would be accepted, without 5 rejected rows."),
        (6, exits.HELD, "Would be held for approval."),
        (10, exits.REFUSED, "Would be refused."),
    ],
)
def test_the_last_line_and_the_exit_code_are_the_decision(
    check: Check, capsys: pytest.CaptureFixture[str], wrong: int, code: int, last: str
) -> None:
    assert check(export(wrong)) == code
    assert capsys.readouterr().out.splitlines()[-1] == last


def test_an_export_that_is_refused_whole_says_why(check: Check, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(export(files={"transactions": {"rows": 7}})) == exits.REFUSED
    assert capsys.readouterr().out == (
        f"{NAME}\n\nB016_ROWS: transactions.csv has 100 rows, manifest.json says 7. Make the export again.\n"
        "Would be refused.\n"
    )
    assert check(export(), name="export.zip") == exits.REFUSED
    assert "B010_BUNDLE_NAME: The file name export.zip" in capsys.readouterr().out


def test_findings_that_differ_each_have_their_words(check: Check, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(handwritten("everything"), name="ccx_HAND_20240605T050000Z_00000001.zip") == exits.REFUSED
    said = capsys.readouterr().out
    assert "E110_SIGN: transactions.csv, total_amount, 2 times\n    line 6, " in said
    assert "W309_UNKNOWN_COLUMN: customers.csv, loyalty_points, 1 time\n" in said


def test_what_the_portal_may_have_already_is_said_to_be_so(check: Check, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = export(documents=[document("1000", "d1")])
    check(without_transactions(bundle))
    known = "  Not so if the portal has it from an earlier export.\n"
    assert known in capsys.readouterr().out.partition("W312_OUT_OF_BALANCE")[2]
    check(export(wrong=1))
    assert known not in capsys.readouterr().out
    assert check(without_customers(bundle)) == exits.REFUSED
    said = capsys.readouterr().out
    assert known in said.partition("E202_UNKNOWN_ACCOUNT")[2]
    assert said.splitlines()[-1] == "Would be refused, unless the portal has what is missing here."


def test_json_says_the_same(check: Check, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(export(wrong=9), "--json") == exits.HELD
    said = json.loads(capsys.readouterr().out)
    assert (said["file"], said["decision"]) == (NAME, "held")
    assert [reason["code"] for reason in said["reasons"]] == ["G401_ERRORS"]
    assert said["files"][1] == {"file": "transactions.csv", "rows": 100, "rejected": 9}
    (group,) = said["findings"]
    assert (group["severity"], group["code"], group["rows"]) == ("error", "E104_BAD_DATE", 9)
    assert group["first"][0] == {
        "line": 2,
        "key": "1000 / t0",
        "value": "30/13/2024",
        "message": "There is no such date in the form YYYY-MM-DD. Use this form, for example 2026-09-30.",
    }
    assert "B024_DEALER" in said["left_to_the_import"]
    assert check(b"PK", "--json") == exits.REFUSED
    assert json.loads(capsys.readouterr().out)["reasons"][0]["code"] == "B001_NOT_A_ZIP"


def test_a_file_that_is_not_there_is_wrong_use(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["upload.pyz", "--check", "nowhere.zip"])
    assert command.main() == exits.WRONG_USE
    assert capsys.readouterr().err == "There is no file nowhere.zip\n"


def test_content_that_nobody_foresaw_is_refused_as_an_import_fails(
    check: Check, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checking, "ENTITIES", (*ENTITIES, None))
    assert check(export()) == exits.REFUSED
    said = capsys.readouterr()
    assert "F507_CANNOT_OPEN: " in said.out
    assert "AttributeError" in said.err


def test_a_character_that_a_console_lacks_is_a_plainer_one(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    console = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(console, encoding="cp437"))
    bundle = export(files={"customers": {"totals": {"balance": {"GBP": "-9.00"}}}})
    assert check(bundle) == exits.HELD
    sys.stdout.flush()
    assert "your dealer system says -£9.00." in console.getvalue().decode("cp437")
