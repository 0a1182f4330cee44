"""What a survey takes for unchanged is so, however the file is written; and it sees through one without oddities."""

from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.ccx.bundle import Bundle
from chalicelib.ccx.csv_rows import lines, reader_of_accounts, records
from chalicelib.ccx.digest import record_number
from chalicelib.ccx.findings import BundleError
from chalicelib.ingest.steps.fingerprint import Sums, fingerprint
from chalicelib.ingest.steps.part_format import SHARED_ATTACHMENT
from tests.bundles import TRANSACTION_COLUMNS, build_bundle, customer, document, transaction
from tests.ccx.exports import opened
from tests.ingest.zips import without

HEADER = ",".join(TRANSACTION_COLUMNS)


def row(transaction_id: str, ref: str, description: str = "") -> str:
    cells = dict.fromkeys(TRANSACTION_COLUMNS, "")
    return ",".join(
        (cells | {"transaction_id": transaction_id, "account_ref": ref, "description": description}).values()
    )


PLAIN = [row("1", "A"), row("2", "A"), row("3", "B"), row("4", "B", '"bolts, ""M8"""')]
ODD = [
    row("1", '"A"'),
    row("1", " A "),
    row('"1,1"', "A"),
    row('"A,A,A"', "B"),
    row("5", "B", f'"two\n{PLAIN[0]}\nlines"'),
    row("5", "B", f'"{PLAIN[2]}\n"'),
    row('1"', "A", 'a "'),
]
NO_ROWS = [row("1,1", "A"), "1,A", ""]


def bundle_of(rows: Sequence[str], end: str = "\n") -> Bundle:
    """A bundle with these lines as its transactions, honestly declared. Raises BundleError where they are no CSV."""
    data = end.join([HEADER, *rows, ""]).encode()
    count = sum(1 for _ in records(lines([data], name=""), name="")) - 1
    values = {"rows": count, "bytes": len(data), "sha256": sha256(data).hexdigest()}
    raw, files = {"transactions.csv": data}, {"transactions": values}
    return opened(build_bundle([customer("A")], raw=raw, files=files))


def by_account(bundle: Bundle) -> dict[str, list[str]]:
    """What the import takes for each account's records."""
    account_of, found = reader_of_accounts(bundle.header("transactions")), defaultdict(list)
    for _, raw in bundle.records("transactions"):
        found[account_of(raw) or ""].append(raw)
    return {ref: sorted(rows) for ref, rows in found.items()}


def sums_of(accounts: dict[str, list[str]]) -> Sums:
    return {ref: sum(record_number(raw.encode()) for raw in rows) for ref, rows in accounts.items()}


def fingerprints(bundle: Bundle) -> Sums:
    return dict(fingerprint(bundle, compared=True).sums["transactions"])


ROWS = st.lists(st.sampled_from(PLAIN + ODD + NO_ROWS), max_size=6)


@given(before=ROWS, after=ROWS, end=st.sampled_from(["\n", "\r\n"]))
def test_what_seems_unchanged_is_unchanged(before: list[str], after: list[str], end: str) -> None:
    try:
        bundle = bundle_of(after, end)
        old, new = by_account(bundle_of(before, end)), by_account(bundle)
    except BundleError:
        assume(False)
    found = fingerprints(bundle)
    assert new.keys() - {""} <= found.keys()
    for ref, remembered in sums_of(old).items():
        if ref and found.get(ref) == remembered:
            assert new[ref] == old[ref]


@given(st.lists(st.sampled_from(PLAIN), max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_plain_rows_are_known_by_their_lines(rows: list[str], end: str) -> None:
    bundle = bundle_of(rows, end)
    assert fingerprints(bundle) == sums_of(by_account(bundle))


@pytest.mark.parametrize("broken", ["1,A", "A", ",A"])
def test_a_row_that_ends_too_soon_is_nobodys(broken: str) -> None:
    bundle = bundle_of([PLAIN[0], broken])
    assert fingerprints(bundle) == sums_of(by_account(bundle))
    assert "" in fingerprints(bundle)


@pytest.mark.parametrize("odd", ODD)
def test_oddly_written_rows_are_still_their_accounts(odd: str) -> None:
    bundle = bundle_of([PLAIN[0], odd])
    assert fingerprints(bundle) == sums_of(by_account(bundle))


def test_a_record_within_a_text_is_none() -> None:
    """Account A's only row is gone; a text of account B holds the same line."""
    bundle = bundle_of([row("5", "B", f'"two\n{PLAIN[0]}\n"')])
    assert fingerprints(bundle).keys() == {"B"}


def test_a_quote_before_the_reference_is_read_properly() -> None:
    assert fingerprints(bundle_of([row('"1,A,1"', "B")])).keys() == {"B"}


def test_a_first_export_is_compared_with_nothing() -> None:
    assert fingerprint(bundle_of(PLAIN), compared=False).refs == set()


def across(data: bytes) -> list[tuple[str, str]]:
    return [(mark.tag, mark.about) for mark in fingerprint(opened(data), compared=False).across]


def test_masters_are_held_against_each_other() -> None:
    rows = [customer("1"), customer("2", master_account_ref="1"), customer("3", master_account_ref="2")]
    assert across(build_bundle(rows)) == [("m", "3")]
    assert across(build_bundle([*rows[:2], customer("", master_account_ref="9")])) == []


def test_without_masters_nothing_reaches_across_accounts() -> None:
    assert across(build_bundle([customer("1")])) == []
    absent = build_bundle(transactions=[transaction("1", "1", "1.00")], files={"customers": {"mode": "absent"}})
    assert across(without(absent, "customers.csv")) == []


def test_a_document_that_two_accounts_claim_is_told_to_both() -> None:
    rows = [document("1", "d1"), document("2", "d1"), document("2", "d2"), document("2", "d2"), document("", "d3")]
    data = build_bundle([customer("1"), customer("2")], documents=rows)
    assert across(data) == [(SHARED_ATTACHMENT, "1"), (SHARED_ATTACHMENT, "2")]
