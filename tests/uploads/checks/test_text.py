import pytest

from chalicelib.uploads.checks import check
from chalicelib.uploads.model import FileType, Reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_kept_as_it_came(encoding: str) -> None:
    data = "Paid £5; ü\r\n\tOK".encode(encoding)
    assert check(data, "a.csv").data == data


def test_the_extension_tells_csv_from_text() -> None:
    assert check(b"a;b", "list.CSV").kind is FileType.CSV
    assert check(b"a;b", "list.txt").kind is FileType.TXT
    assert check(b"a;b", "").kind is FileType.TXT


@pytest.mark.parametrize("name", ["a.js", "a.html", "a.bat", "a.pdf"])
def test_no_other_text_is_taken(name: str) -> None:
    assert check(b"hello", name).reason is Reason.WRONG_TYPE


@pytest.mark.parametrize(
    "text", ["<html>", " \n<svg>", "<?xml version='1.0'?>", "<!-- -->", "x <script>", "a\n< IFRAME src=x>"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_markup_is_not_text(text: str, encoding: str) -> None:
    assert check(text.encode(encoding), "a.txt").reason is Reason.WEB_PAGE


@pytest.mark.parametrize("data", [b"a\x00b", b"\x1b[31m", b"\xff\xfea", b"\x81\x8d"])
def test_what_no_text_holds_is_another_type(data: bytes) -> None:
    assert check(data, "a.txt").reason is Reason.WRONG_TYPE
