from dataclasses import fields, replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ledger.codec import (
    decode_head,
    decode_rows,
    encode_head,
    encode_rows,
    pack,
    to_row,
    to_transaction,
    unpack,
)
from chalicelib.ledger.layout import build_account
from chalicelib.ledger.model import DocumentEntry, Transaction
from chalicelib.ledger.row import Row
from tests.ledger.accounts import a_facts
from tests.ledger.rows import ROWS, a_row, transactions


def test_a_row_has_the_fields_of_a_transaction_in_storage_order() -> None:
    names = [field.name for field in fields(Transaction)]
    assert names == list(Row._fields)


@given(transactions())
def test_a_transaction_comes_back_from_its_row(transaction: Transaction) -> None:
    assert to_transaction(to_row(transaction)) == transaction


@given(st.lists(ROWS, max_size=20))
def test_rows_come_back_from_bytes(rows: list[Row]) -> None:
    assert decode_rows(encode_rows(rows)) == rows


def test_rows_of_an_older_version_get_the_defaults() -> None:
    row = a_row("127070", total=770)
    assert decode_rows(pack([list(row)[:6]])) == [row]


def test_the_same_rows_give_the_same_bytes() -> None:
    rows = [a_row(str(n), total=n) for n in range(50)]
    assert encode_rows(rows) == encode_rows(list(rows))


def test_a_head_comes_back_with_rows_and_documents() -> None:
    entry = DocumentEntry("abc", 4, "invoice", "127070.pdf", "127070")
    head = build_account(
        facts=a_facts(), transactions=[to_transaction(a_row("127070", total=770))], run=4, as_at=date(2024, 6, 5),
        digest="d", documents=[entry],
    ).head  # fmt: skip
    assert decode_head(*encode_head(head)) == head
    assert head.open[0].reference == "127070"
    archived = replace(head, archived=True)
    assert decode_head(*encode_head(archived)).archived


def test_a_head_carries_its_era_and_one_of_an_older_version_is_of_the_first() -> None:
    head = replace(build_account(facts=a_facts(), transactions=[], run=1, as_at=date(2024, 6, 5)).head, era="01HZ")
    about, open_rows, documents = encode_head(head)
    assert decode_head(about, open_rows, documents).era == "01HZ"
    older = unpack(about)
    del older["era"]
    assert decode_head(pack(older), open_rows, documents) == replace(head, era="")
