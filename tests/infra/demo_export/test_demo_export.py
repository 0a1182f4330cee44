import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from chalicelib.ccx.bundle_name import check_name
from chalicelib.ingest.checks.document import content_problem
from chalicelib.ledger.row import TransactionType
from infra.demo_export.__main__ import main, write
from infra.demo_export.group_accounts import FIRST_OF_GROUP, GROUP_MASTER
from infra.demo_export.manual_accounts import manual_accounts
from tests.infra.demo_export.exports import PRINTED, check_all, export, opened, spread

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("as_at", [PRINTED, TODAY, date(2024, 2, 29), date(2025, 1, 1)])
def test_our_own_checks_find_nothing(as_at: date) -> None:
    path = export(as_at=as_at)
    check_name(path.name, opened(path).manifest)
    accounts = check_all(path)
    assert [finding for account in accounts.values() for finding in account.findings] == []
    assert len(accounts) == 148


@pytest.mark.parametrize("size", ["S"])
def test_a_generated_dealer_passes_too(size: str) -> None:
    accounts = check_all(export(size, documents=20))
    assert [finding for account in accounts.values() for finding in account.findings] == []
    assert len(accounts) == 1_500
    assert sum(len(account.documents) for account in accounts.values()) == 20
    rows = sum(len(account.rows) for account in accounts.values())
    assert 7_000 < rows < 11_500
    facts = [account.facts for account in accounts.values() if account.facts]
    assert 0.08 < sum(not fact.portal_eligible for fact in facts) / 1_500 < 0.16
    assert 0.07 < sum(fact.ledger_type == "balance_forward" for fact in facts) / 1_500 < 0.13
    assert 0.01 < sum(fact.master_account_ref is not None for fact in facts) / 1_500 < 0.08
    assert 5 <= sum(len(account.rows) > 80 for account in accounts.values()) <= 30


def test_control_totals_are_true() -> None:
    manifest = opened(export()).manifest
    accounts = check_all(export()).values()
    outstanding = sum(row.outstanding for account in accounts for row in account.rows)
    for entity, column in (("customers", "balance"), ("transactions", "outstanding_amount")):
        declared = manifest.file(entity)
        assert declared is not None
        assert declared.totals[column]["GBP"] * 100 == outstanding


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    again = write(size="demo", as_at=PRINTED, out=tmp_path, dealer_code="MOORBECK")
    assert again.read_bytes() == export().read_bytes()
    other = write(size="demo", as_at=PRINTED, out=tmp_path / "other.zip", dealer_code="MOORBECK", seed=2)
    assert other.read_bytes() != again.read_bytes()


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    assert main(["--out", f"{tmp_path}/new/", "--as-at", PRINTED.isoformat()]) == 0
    assert [path.suffix for path in (tmp_path / "new").iterdir()] == [".zip"]


def test_the_accounts_of_the_manual_are_there() -> None:
    accounts = check_all(export())
    for known in manual_accounts():
        facts = accounts[known.ref].facts
        assert facts is not None
        assert facts.name == known.name
    barlow = accounts["1200"].facts
    assert barlow is not None
    assert (barlow.email, barlow.address_1, barlow.address_2, barlow.city, barlow.region, barlow.postcode) == (
        *("al.barlow@postgate.example", "Postgate Farm", "Castleton"),
        *("WHITBY", "North Yorkshire", "YO21 6ND"),
    )
    internal = accounts["101"].facts
    assert internal is not None
    assert (internal.account_type, internal.portal_eligible) == ("internal", False)


@pytest.mark.parametrize("as_at", [PRINTED, TODAY, date(2025, 1, 1)])
def test_a_master_answers_for_two_accounts_that_all_owe_something(as_at: date) -> None:
    accounts = check_all(export(as_at=as_at))
    of_group = [ref for ref, one in accounts.items() if one.facts and one.facts.master_account_ref == GROUP_MASTER]
    assert of_group == [FIRST_OF_GROUP, "1402"]
    for ref in (GROUP_MASTER, *of_group):
        facts = accounts[ref].facts
        assert facts is not None
        assert (facts.portal_eligible, facts.account_status) == (True, "open")
        assert sum(row.outstanding > 0 for row in accounts[ref].rows) >= 1
        assert any(row.settled_date for row in accounts[ref].rows)


PRINTED_ROWS = {
    "127070": ("2024-06-05", 770, 770, "2024-06-06", 732),
    "127072": ("2024-06-05", 398, 398, "2024-06-05", 378),
    "127073": ("2024-06-05", 2578, 2578, "2024-06-05", 2449),
}


def test_the_printed_invoices_are_as_printed() -> None:
    account = check_all(export())["1200"]
    rows = {row.reference: row for row in account.rows}
    found = {n: rows[n] for n in PRINTED_ROWS}
    assert {
        n: (row.transaction_date, row.total, row.outstanding, row.discount_date, row.settlement)
        for n, row in found.items()
    } == PRINTED_ROWS
    first = found["127070"]
    assert (first.net, first.vat, first.settlement_rate) == (642, 128, "5.00")
    assert (first.order_no, first.advice_no, first.depot_code, first.rep_code) == ("SDA", "122588", "1", "DG")
    assert first.description == "General Parts Sale"
    lines = account.lines["invoice", "127070"]
    assert [(line.part_no, line.description, line.net) for line in lines if line.line_type == "goods"] == [
        ("JD-01167489-A", "TENSIONER", 392),
        ("JD-01998745", "SPRING", 250),
    ]
    assert sum(line.vat or 0 for line in lines) == 128
    assert lines[0].description
    assert lines[0].description.startswith("Parts department now open 07:30 to 18:30")


def test_some_documents_have_a_pdf_and_some_only_lines() -> None:
    account = check_all(export())["1200"]
    by_reference = {row.reference: row.document_id for row in account.rows}
    assert by_reference["127070"]
    assert by_reference["127073"]
    assert by_reference["127072"] is None
    assert ("invoice", "127072") in account.lines
    bundle = opened(export())
    for document in account.documents[:5]:
        assert content_problem(document, bundle.open_document(document.document_id).read()) is None


@pytest.mark.parametrize("as_at", [PRINTED, TODAY, date(2025, 1, 1), date(2025, 3, 31)])
def test_the_account_shows_every_state(as_at: date) -> None:
    account = check_all(export(as_at=as_at))["1200"]
    rows = account.rows
    assert len(rows) == 231
    assert account.facts is not None
    assert account.facts.balance == 179_680
    assert {row.type for row in rows} == set(TransactionType) - {"refund"}
    assert sum(row.dispute_flag for row in rows) == 1
    assert [row.outstanding for row in rows if row.type == "payment" and row.outstanding] == [-10_399]
    aged = account.facts.aged
    assert aged is not None
    assert aged[0] == 0
    assert all(aged[1:5])
    assert aged[5] == -10_399
    assert any(row.due_date and row.due_date < as_at.isoformat() and row.outstanding for row in rows)
    assert max(row.transaction_date for row in rows) <= as_at.isoformat()
    assert all(row.settled_date is None or row.settled_date <= as_at.isoformat() for row in rows)


@pytest.mark.parametrize("as_at", [PRINTED, TODAY])
def test_aged_figures_are_of_the_rows(as_at: date) -> None:
    """What was brought forward makes the older ages, this month's rows the others."""
    accounts = [account for account in check_all(export(as_at=as_at)).values() if account.facts and account.facts.aged]
    assert len(accounts) > 3
    for account in accounts:
        aged = account.facts.aged if account.facts else None
        assert aged is not None
        is_open = account.facts is not None and account.facts.ledger_type == "open_item"
        by_type = {kind: sum(r.outstanding for r in account.rows if r.type == kind) for kind in TransactionType}
        assert aged[5] == by_type[TransactionType.PAYMENT], account.ref
        assert aged[0] == 0, account.ref
        if not is_open:
            assert sum(aged[2:5]) == by_type[TransactionType.BROUGHT_FORWARD], account.ref


def test_today_a_settlement_discount_is_still_to_be_had() -> None:
    rows = [row for row in check_all(export(as_at=TODAY))["1200"].rows if row.discount_date and row.outstanding]
    assert {row.reference for row in rows} == set(PRINTED_ROWS)
    assert sum(row.settlement or 0 for row in rows) == 3559
    assert min(row.discount_date or "" for row in rows) > (TODAY + timedelta(days=3)).isoformat()


@pytest.mark.parametrize("size", ["demo", "S"])
def test_the_next_day_changes_about_one_row_in_a_hundred(size: str) -> None:
    first = {raw for files in spread(export(size)).values() for _, raw in files["transactions"]}
    later = {raw for files in spread(export(size, date(2024, 6, 6), 2)).values() for _, raw in files["transactions"]}
    assert 0.001 < len(later - first) / len(later) < 0.03
    assert len(first - later) / len(first) < 0.02


def test_the_next_day_follows_on() -> None:
    first, later = opened(export()).manifest, opened(export("demo", date(2024, 6, 6), 2)).manifest
    assert (later.sequence, later.previous_export_id) == (2, first.export_id)
    one, two = (check_all(path)["1200"].rows for path in (export(), export("demo", date(2024, 6, 6), 2)))
    assert one == two


def test_balance_forward_accounts_roll_up() -> None:
    account = check_all(export())["1103"]
    facts = account.facts
    assert facts is not None
    assert facts.ledger_type == "balance_forward"
    forward = [row for row in account.rows if row.type == "brought_forward"]
    assert [row.reference for row in forward if row.outstanding] == ["BF-2024-05"]
    assert all(row.outstanding == 0 for row in account.rows if row.transaction_date < "2024-05-31")
    assert facts.aged is not None


def test_every_mail_domain_is_reserved() -> None:
    text = "".join(raw for files in spread(export("S")).values() for _, raw in files["customers"])
    domains = Counter(re.findall(r"@([a-z0-9.-]+)", text))
    assert domains
    assert all(domain.endswith(".example") for domain in domains)


def test_a_code_that_no_manifest_takes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--dealer-code", "a b"])
    assert "2 to 32 letters" in capsys.readouterr().err


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(
            [
                "--size",
                "S",
                "--as-at",
                "2024-06-05",
                "--dealer-code",
                "FROST",
                "--sequence",
                "3",
                "--out",
                str(tmp_path),
            ]
        )
        == 0
    )
    (path,) = tmp_path.iterdir()
    assert path.name == "ccx_FROST_20240605T050000Z_00000003.zip"
    assert str(path) in capsys.readouterr().out
