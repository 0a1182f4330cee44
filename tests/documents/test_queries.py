import re
from decimal import Decimal
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from chalicelib import settings
from chalicelib.documents import queries
from chalicelib.documents.model import (
    InvoiceLine,
    LineType,
    decode_lines,
    document_name,
    encode_lines,
    lines_name,
)
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import CustomerScope, ImportScope
from chalicelib.store import blobs
from tests.fixtures.worlds import World

DEALER = ImportScope("aaaaaaaaaa")
CUSTOMER = CustomerScope("aaaaaaaaaa", "person", frozenset({"A/1"}))
LINES = [
    InvoiceLine(line_no=2, line_type=LineType.TEXT, description="Parts department öpen 07:30"),
    InvoiceLine(
        line_no=1,
        line_type=LineType.GOODS,
        part_no="TN-01167489-A",
        description="Tensioner",
        quantity=Decimal("1.0000"),
        unit="Each",
        unit_price=Decimal("3.9200"),
        net_amount=392,
        vat_rate=Decimal("20.00"),
        vat_amount=78,
    ),
]


def link(**changes: str) -> str:
    values = {"ref": "A/1", "document_id": "cda4b51f", "file_name": "Invoice-127070.pdf", **changes}
    return queries.document_link(CUSTOMER, run=4, disposition="inline", **values)


def test_a_link_names_the_rows_own_object_for_a_minute(aws: World) -> None:
    assert aws.name
    address = urlsplit(link())
    query = parse_qs(address.query)
    assert unquote(address.path).endswith("d/aaaaaaaaaa/documents/4/A%2F1/cda4b51f.pdf")
    assert query["X-Amz-Expires"] == ["60"]
    assert query["response-content-disposition"] == ["inline; filename*=UTF-8''Invoice-127070.pdf"]
    assert query["response-content-type"] == ["application/pdf"]


def test_no_link_to_another_account_or_place(aws: World) -> None:
    assert aws.name
    with pytest.raises(NotFoundError):
        link(ref="A/2")
    for bad in ("../x", "", "a/b", "a.pdf"):
        with pytest.raises(ValueError, match="document id"):
            link(document_id=bad)


def test_lines_are_one_range_of_the_parts_object(aws: World) -> None:
    assert aws.name
    first, second = encode_lines(LINES[:1]), encode_lines(LINES)
    blobs.put(DEALER, settings.load().files_bucket, lines_name(run=4, part=3), first + second, "application/jsonl")
    where = {"run": 4, "part": 3, "offset": len(first), "length": len(second)}
    found = queries.invoice_lines(CUSTOMER, ref="A/1", **where)
    assert found == LINES[::-1]
    with pytest.raises(NotFoundError):
        queries.invoice_lines(CUSTOMER, ref="A/2", **where)
    with pytest.raises(NotFoundError):
        queries.invoice_lines(CUSTOMER, ref="A/1", **{**where, "part": 9})


def test_lines_come_back_without_loss() -> None:
    assert decode_lines(encode_lines(LINES)) == sorted(LINES, key=lambda line: line.line_no)
    assert encode_lines(LINES).count(b"\n") == 1


def test_object_names_hold_one_account() -> None:
    for ref in ("a/../b", "..", "."):
        assert re.fullmatch(r"documents/1/(?!\.+/)[^/]+/x\.pdf", document_name(run=1, ref=ref, document_id="x"))


def test_the_lines_of_many_invoices_take_few_reads(aws: World, monkeypatch: pytest.MonkeyPatch) -> None:
    one = encode_lines(LINES)
    bucket = settings.load().files_bucket
    blobs.put(DEALER, bucket, lines_name(run=1, part=0), one + b"somebody else" + one + one, "application/jsonl")
    blobs.put(DEALER, bucket, lines_name(run=2, part=3), one, "application/jsonl")
    size, gap = len(one), len(b"somebody else")
    beside = [queries.LinesPlace(1, 0, at, size) for at in (0, size + gap, 2 * size + gap)]
    newer, gone = queries.LinesPlace(2, 3, 0, size), queries.LinesPlace(3, 3, 0, size)
    found = queries.lines_of_many(CUSTOMER, ref="A/1", places=[*beside, newer, gone, newer])
    assert set(found) == {*beside, newer}
    assert {line.line_no for line in found[beside[1]]} == {1, 2}
    with pytest.raises(NotFoundError):
        queries.lines_of_many(CUSTOMER, ref="A/2", places=beside)
    monkeypatch.setattr(queries, "MAX_READS", 1)
    assert set(queries.lines_of_many(CUSTOMER, ref="A/1", places=[*beside, newer])) == {newer}
    monkeypatch.setattr(queries, "MAX_GAP", gap - 1)
    monkeypatch.setattr(queries, "MAX_READS", 2)
    assert set(queries.lines_of_many(CUSTOMER, ref="A/1", places=beside)) == set(beside)
    assert aws.name
