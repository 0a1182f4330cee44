import itertools
from datetime import date

import pytest
from hypothesis import given

from chalicelib.ledger import layout
from chalicelib.ledger.codec import decode_documents, decode_rows, to_transaction
from chalicelib.ledger.layout import Stored, begin_era, build_account
from chalicelib.ledger.model import DocumentEntry
from chalicelib.ledger.row import Row, TransactionType, newest_first
from tests.ledger.accounts import AS_AT, a_facts, an_account, history
from tests.ledger.rows import a_row, account_rows

ERA = "01HZM2Z5Q0XYZXYZXYZXYZXYZX"


@given(account_rows())
def test_no_row_is_lost_and_the_balance_is_their_sum(rows: list[Row]) -> None:
    account = an_account(rows)
    pages = {page.sk: decode_rows(page.data) for page in account.pages}
    stored = [*account.head.open, *(row for ref in account.head.pages for row in pages[ref.sk])]
    assert sorted(stored, key=newest_first) == sorted(rows, key=newest_first)
    assert account.head.balance == sum(row.outstanding for row in rows)
    assert account.head.open_count == sum(1 for row in rows if row.outstanding)


def test_settled_rows_lie_by_the_year_of_their_date() -> None:
    rows = [
        a_row("1", total=1, on="2024-01-01", outstanding=0),
        a_row("2", total=2, on="2023-12-31", outstanding=0, settled_date="2024-02-01"),
        a_row("3", total=3, on="2023-01-01", outstanding=0),
        a_row("4", total=4, on="2022-01-01"),
    ]
    head = an_account(rows, run=7).head
    assert [(page.sk, page.year, page.rows, page.total) for page in head.pages] == [
        ("L#2024#0000000007", 2024, 1, 1),
        ("L#2023#0000000007", 2023, 2, 5),
    ]
    assert (head.pages[1].newest, head.pages[1].oldest) == ("2023-12-31", "2023-01-01")
    assert [row.reference for row in head.open] == ["4"]
    assert head.types == (TransactionType.INVOICE,)
    assert head.settled_count == 3


def test_a_large_account_is_split_below_the_limits() -> None:
    rows = history(40_000, per_day=200) + [
        row._replace(transaction_id=f"O{row.transaction_id}") for row in history(9_000, outstanding=True)
    ]
    account = an_account(rows)
    assert all(len(page.data) <= layout.PAGE_BYTES for page in account.pages)
    assert account.head.open == ()
    assert {page.year for page in account.head.open_pages} == {None}
    assert any(page.sk == "L#2024#01#0000000001" for page in account.head.settled_pages)
    bounds = [(page.newest, page.oldest) for page in account.head.settled_pages]
    assert all(a[1] >= b[0] for a, b in itertools.pairwise(bounds))
    assert sum(page.rows for page in account.head.pages) == len(rows)


def test_open_rows_stay_in_the_head_up_to_a_hundred_kilobytes() -> None:
    account = an_account(history(1_000, outstanding=True))
    assert len(account.head.open) == 1_000
    assert account.pages == ()


def test_many_documents_get_pages_of_their_own() -> None:
    few = [DocumentEntry("a", 1, "invoice")]
    assert an_account([], documents=few).head.documents == tuple(few)
    many = [DocumentEntry(f"{n * 2654435761 % 2**64:016x}", n % 7, "invoice", f"{n}.pdf") for n in range(20_000)]
    account = an_account([], documents=many)
    assert account.head.documents == ()
    assert [entry for page in account.pages for entry in decode_documents(page.data)] == many
    assert len(account.pages) == len(account.head.document_pages) > 1
    assert all(len(page.data) > 0.4 * layout.PAGE_BYTES for page in account.pages[:-1]), "each is half full"


def test_the_export_s_balance_is_kept_where_it_differs() -> None:
    invoice = to_transaction(a_row("1", total=770))
    head = build_account(facts=a_facts(balance=800), transactions=[invoice], run=1, as_at=date(2024, 6, 5)).head
    assert (head.balance, head.dms_balance, head.out_of_balance) == (770, 800, True)
    assert head.as_at == AS_AT


def test_an_account_stays_in_the_era_of_the_head_it_is_built_on() -> None:
    rows = history(3)
    first = begin_era(an_account(rows, run=1), ERA)
    assert (an_account(rows, run=1).head.era, first.head.era) == ("", ERA)
    later = an_account([a_row("9", total=1), *rows], run=2, before=Stored(first.head, rows, ()))
    assert later.head.era == ERA
    assert later.head.settled_pages == first.head.settled_pages


def test_an_era_does_not_begin_on_pages_of_the_one_before() -> None:
    rows = history(3)
    before = Stored(an_account(rows, run=1).head, rows, ())
    with pytest.raises(ValueError, match="account 1200 names pages from before its era"):
        begin_era(an_account([a_row("9", total=1), *rows], run=2, before=before), ERA)
    assert begin_era(an_account([a_row("9", total=1), *rows], run=2), ERA).head.era == ERA
