from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.uploads.model import FileType
from chalicelib.uploads.shared_file import DocumentKind, SharedFile
from chalicelib.web.presenters import shared_documents as words

FILE = SharedFile(
    file_id="1",
    account_ref="1200",
    era="",
    sent_by="p",
    note="Für die Presse",
    name="scan-0031.pdf",
    begun_at=datetime(2024, 6, 5, tzinfo=UTC),
    title="Warranty v2.1",
    document_kind=DocumentKind.CERTIFICATE,
    kind=FileType.PDF,
)


def test_every_kind_and_type_has_words() -> None:
    assert words.KINDS.keys() == set(DocumentKind)
    assert words.TYPES.keys() == set(FileType)


@pytest.mark.parametrize("text", ["", "warr", "V2.1 warranty", "FÜR presse", "0031", "certificate", "  "])
def test_a_search_finds_words_of_title_note_file_and_kind(text: str) -> None:
    assert words.documents_page([FILE], {"q": text}).files == [FILE]


@pytest.mark.parametrize("query", [{"q": "warranty card"}, {"kind": "manual"}, {"kind": "manual", "q": "warranty"}])
def test_what_does_not_match_is_left_out(query: dict[str, str]) -> None:
    shown = words.documents_page([FILE], query)
    assert (shown.found, shown.total, shown.has_filters) == (0, 1, True)


def test_pages_follow_each_other_and_odd_numbers_are_the_nearest_page() -> None:
    files = [replace(FILE, file_id=str(number)) for number in range(2 * words.PAGE + 1)]
    pages = [words.documents_page(files, {"page": str(number)}) for number in (1, 2, 3)]
    assert [file for page in pages for file in page.files] == files
    assert [page.shown for page in pages] == [(1, 20), (21, 40), (41, 41)]
    for odd, number in (("0", 1), ("-1", 1), ("x", 1), ("9" * 5000, 1), ("99", 3)):
        assert words.documents_page(files, {"page": odd, "kind": "odd"}).number == number


@pytest.mark.parametrize(
    ("title", "kind", "called"),
    [
        ("Terms", FileType.PDF, "Terms.pdf"),
        ("Terms.docx", FileType.PDF, "Terms.pdf"),
        ("Price list 1.5 tons", FileType.XLSX, "Price list 1.5 tons.xlsx"),
        ("scan.jpeg", FileType.JPEG, "scan.jpg"),
    ],
)
def test_a_download_is_named_by_title_and_content(title: str, kind: FileType, called: str) -> None:
    assert words.download_name(replace(FILE, title=title, kind=kind)) == called


def test_the_viewer_draws_pdfs() -> None:
    assert words.can_be_previewed(FILE)
    assert not words.can_be_previewed(replace(FILE, kind=FileType.PNG))
    assert words.file_type(replace(FILE, kind=None)) == ""
