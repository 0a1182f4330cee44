"""Bundles that must not change what customers see, and how the dealer is told."""

from collections.abc import Callable

import pytest

from chalicelib.ingest.model import ImportRun, RunState
from tests.bundles import TRANSACTION_COLUMNS, csv_bytes
from tests.ccx.words import words
from tests.ingest.exports import export, ledger
from tests.ingest.found import rejects
from tests.ingest.pipeline import ImportPipeline

Spoil = Callable[[ImportPipeline], bytes]


def wrong_checksum(line: ImportPipeline) -> bytes:
    return export(line, *ledger(), 2, files={"transactions": {"sha256": "0" * 64}})


def half_a_zip(line: ImportPipeline) -> bytes:
    whole = export(line, *ledger(), 2)
    return whole[: len(whole) // 2]


def half_a_file(line: ImportPipeline) -> bytes:
    customers, rows = ledger()
    return export(line, customers, rows, 2, raw={"transactions.csv": csv_bytes(TRANSACTION_COLUMNS, rows[:50])})


def same_sequence(line: ImportPipeline) -> bytes:
    return export(line, *ledger(), 1, salt="another")


def not_ours(line: ImportPipeline) -> bytes:
    return export(line, *ledger(), 2, dealer_code="SOMEBODY")


def of_tomorrow(line: ImportPipeline) -> bytes:
    return export(line, *ledger(), 2, version="2.0")


def same_id_other_content(line: ImportPipeline) -> bytes:
    return export(line, *ledger(11), 1)


def hopeless(line: ImportPipeline) -> bytes:
    customers, rows = ledger()
    return export(line, customers, [{**row, "transaction_date": "31/31/2024"} for row in rows], 2)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (wrong_checksum, "B018_CHECKSUM"),
        (half_a_zip, "B001_NOT_A_ZIP"),
        (half_a_file, "B017_BYTES"),
        (same_sequence, "B025_SEQUENCE"),
        (not_ours, "B024_DEALER"),
        (of_tomorrow, "B013_VERSION"),
        (same_id_other_content, "B026_SAME_ID"),
        (hopeless, "G401_ERRORS"),
    ],
)
def test_a_refused_bundle_leaves_a_run_that_says_why_and_changes_nothing(
    line: ImportPipeline, spoil: Spoil, code: str
) -> None:
    good = line.take_in(export(line, *ledger()))
    before = line.picture()
    refused = line.take_in(spoil(line))
    assert good.state is RunState.PUBLISHED
    assert refused.number == good.number + 1
    assert (refused.state, refused.code) == (RunState.REFUSED, code)
    assert refused.message
    assert line.picture() == before


def test_the_next_good_bundle_goes_in_after_a_refused_one(line: ImportPipeline) -> None:
    line.take_in(wrong_checksum(line))
    line.take_in(half_a_zip(line))
    assert line.take_in(export(line, *ledger(), 2)).state is RunState.PUBLISHED


def two_percent_bad(line: ImportPipeline) -> bytes:
    customers, rows = ledger(50, 10)
    for row in rows[:10]:
        row["transaction_date"] = "31/09/2024"
        row["total_amount"] = row["outstanding_amount"] = "999.00"
    return export(line, customers, rows, 2)


def held(line: ImportPipeline) -> ImportRun:
    line.take_in(export(line, *ledger(50, 10)))
    return line.take_in(two_percent_bad(line))


def test_two_percent_of_bad_rows_hold_the_bundle_and_name_each(line: ImportPipeline) -> None:

    line.take_in(export(line, *ledger(50, 10)))
    before = line.picture()
    run = line.take_in(two_percent_bad(line))
    assert run.state is RunState.HELD
    assert run.summary is not None
    assert run.summary.rejected == 10
    assert "2.0%" in words(run.reasons[0])
    assert line.picture() == before
    found = rejects(line.scope, number=run.number)
    assert [(f.file, f.line, f.column, f.code.value, f.value) for f in found[:2]] == [
        ("transactions.csv", 2, "transaction_date", "E104_BAD_DATE", "31/09/2024"),
        ("transactions.csv", 3, "transaction_date", "E104_BAD_DATE", "31/09/2024"),
    ]
    assert len(found) == 10


def test_a_rejected_row_keeps_its_last_good_value_and_is_marked_stale(line: ImportPipeline) -> None:
    customers, rows = ledger(50, 10)
    line.take_in(export(line, customers, rows))
    spoiled = [dict(row) for row in rows]
    spoiled[0]["total_amount"] = "seven"
    run = line.take_in(export(line, customers, spoiled, 2, files={"customers": {"totals": {}}}))
    assert run.state is RunState.PUBLISHED, run.reasons
    by_id = {row.transaction_id: row for row in line.rows("1000")}
    assert (by_id["1000-0"].total, by_id["1000-0"].stale) == (150, True)
    assert not by_id["1000-1"].stale
