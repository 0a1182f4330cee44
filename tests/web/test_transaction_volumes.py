"""What goes into a volume, and when it is full."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from pypdf import PdfReader

from chalicelib import settings
from chalicelib.documents.model import document_name
from chalicelib.downloads.model import DownloadKind, Missing, WrittenVolume
from chalicelib.ledger import queries
from chalicelib.ledger.row import Row
from chalicelib.ledger.row_query import RowQuery
from chalicelib.rendering.format import formats
from chalicelib.store import blobs
from chalicelib.web import transaction_volumes
from chalicelib.web.presenters.transactions import RowFormatter
from chalicelib.web.transaction_volumes import TransactionVolumes, is_pdf
from tests.fixtures.cast import Cast
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.rendering.test_merged_pdf import of_pages

A5 = (420, 595)


def invoice(number: int, **more: Any) -> Row:
    return a_row(f"12{number}", total=100, document_id=f"d{number}", document=[f"d{number}", 1], **more)


def store(cast: Cast, number: int, data: bytes) -> None:
    name = document_name(run=1, ref="1200", document_id=f"d{number}")
    blobs.put(cast.ours.import_scope, settings.load().files_bucket, name, data, "application/pdf")


def volumes_of(cast: Cast, now: datetime, rows: Sequence[Row], kind: DownloadKind) -> TransactionVolumes:
    publish(cast.ours.import_scope, [an_account(list(rows))])
    scope = cast.ours.customer.customer_scope
    view = queries.account_view(scope, ref="1200", now=now, query=RowQuery(page=None))
    fmt = formats("en-GB", "Europe/London", "GBP")
    return TransactionVolumes(
        file_name=f"documents.{kind}",
        count=len(rows),
        kind=kind,
        snapshot_ref="1",
        scope=scope,
        view=view,
        formatter=RowFormatter.of(view, fmt),
        rows=rows,
        logo=lambda: None,
    )


def bookmarks(reader: PdfReader) -> list[tuple[str | None, int | None]]:
    """What they are called, and the pages that they lead to, the first being 0."""
    found: list[Any] = reader.outline
    return [(one.title, reader.get_destination_page_number(one)) for one in found]


def written(
    made: TransactionVolumes, start: int = 0, *, late: bool = False
) -> tuple[BytesIO, WrittenVolume, list[int]]:
    out, noted = BytesIO(), list[int]()
    found = made.write_volume(out, start, is_late=lambda: late, note=noted.append)
    return out, found, noted


def test_a_merged_pdf_has_a_bookmark_for_each_and_a_cover_for_what_is_missing(cast: Cast, now: datetime) -> None:
    rows = [invoice(1), invoice(2), invoice(3), a_row("124", total=1, document_id="later"), invoice(5)]
    store(cast, 1, of_pages(A5, A5))
    store(cast, 2, b"%PDF-1.7 and nothing else")
    store(cast, 5, of_pages(A5))
    out, found, noted = written(volumes_of(cast, now, rows, DownloadKind.PDF))
    assert [(one.name, one.reason) for one in found.missing] == [
        ("Invoice 122", Missing.DAMAGED),
        ("Invoice 123", Missing.GONE),
        ("Invoice 124", Missing.NOT_ARRIVED),
    ]
    assert (found.next_document, found.count, noted) == (5, 2, [1, 2, 3, 4, 5])
    reader = PdfReader(out, strict=True)
    assert bookmarks(reader) == [("Invoice 121", 1), ("Invoice 125", 3)]
    assert len(reader.pages) == 4
    cover = reader.pages[0].extract_text()
    for words in (
        "Documents of account 1200",
        "Documents 1 to 5 of 5, as at 5 Jun 2024",
        "Not in this file",
        "Invoice 123",
        "The PDF could not be found",
        "The PDF has not arrived yet",
        "The PDF is damaged",
    ):
        assert words in cover


def test_a_zip_has_each_under_a_name_of_its_own_and_says_what_is_missing(cast: Cast, now: datetime) -> None:
    same = [invoice(1), a_row("121", total=-5, type="credit_note", document=["d2", 1]), invoice(3)]
    twin = invoice(4)._replace(reference="121", transaction_id="other")
    for number in (1, 2, 4):
        store(cast, number, of_pages(A5))
    store(cast, 3, b"GIF89a")
    out, found, _noted = written(volumes_of(cast, now, [*same, twin], DownloadKind.ZIP))
    with ZipFile(out) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "Invoice-121.pdf", "Credit-Note-121.pdf", "Invoice-121 (2).pdf", "Not in this ZIP.txt",
        ]  # fmt: skip
        assert archive.infolist()[0].date_time[:3] == (2024, 6, 5)
        assert "Invoice 123: The PDF is damaged" in archive.read("Not in this ZIP.txt").decode("utf-8-sig")
    assert (found.next_document, found.count) == (4, 3)


@pytest.mark.parametrize("kind", [DownloadKind.PDF, DownloadKind.ZIP])
def test_a_volume_ends_when_it_is_late_but_never_empty(cast: Cast, now: datetime, kind: DownloadKind) -> None:
    for number in (1, 2, 3):
        store(cast, number, of_pages(A5))
    made = volumes_of(cast, now, [invoice(1), invoice(2), invoice(3)], kind)
    assert [written(made, start, late=True)[1].next_document for start in (0, 1, 2)] == [1, 2, 3]
    assert [written(made, start)[1].next_document for start in (0, 2)] == [3, 3]


@pytest.mark.parametrize(
    ("kind", "limits", "ends"),
    [
        (DownloadKind.PDF, {"MERGED_DOCUMENTS": 2}, [2, 4]),
        (DownloadKind.PDF, {"MERGED_PAGES": 5}, [1, 3, 4]),
        (DownloadKind.PDF, {"MERGED_BYTES": 1_200}, [1, 2, 4]),
        (DownloadKind.ZIP, {"ZIP_DOCUMENTS": 3}, [3, 4]),
        (DownloadKind.ZIP, {"ZIP_BYTES": 1_200}, [1, 2, 4]),
    ],
)
def test_a_volume_is_full(
    cast: Cast,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    kind: DownloadKind,
    limits: dict[str, int],
    ends: list[int],
) -> None:
    """They have 2, 4, 1 and 1 pages."""
    for name, value in limits.items():
        monkeypatch.setattr(transaction_volumes, name, value)
    for number, pages in ((1, 2), (2, 4), (3, 1), (4, 1)):
        store(cast, number, of_pages(*[A5] * pages))
    made = volumes_of(cast, now, [invoice(number) for number in (1, 2, 3, 4)], kind)
    start, found = 0, []
    while start < 4:
        start = written(made, start)[1].next_document
        found.append(start)
    assert found == ends


def test_what_is_longer_than_any_volume_is_named(cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction_volumes, "MERGED_PAGES", 3)
    store(cast, 1, of_pages(*[A5] * 4))
    found = written(volumes_of(cast, now, [invoice(1)], DownloadKind.PDF))[1]
    assert [one.reason for one in found.missing] == [Missing.TOO_LONG]


def test_a_pdf_may_have_something_before_its_mark() -> None:
    assert is_pdf(b"\n\n%PDF-1.4")
    assert not is_pdf(b"x" * 2_000 + b"%PDF-1.4")
