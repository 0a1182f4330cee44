from random import Random

import pytest
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, NameObject

from chalicelib.uploads.checks import check, pdf
from chalicelib.uploads.model import FileType, Reason
from tests.uploads import made_files


def test_a_pdf_is_kept_byte_for_byte() -> None:
    data = made_files.pdf(Random(1))
    assert (check(data, "a.pdf").kind, check(data, "a.pdf").data) == (FileType.PDF, data)


@pytest.mark.parametrize("name", ["/JavaScript", "/J#61vaScript", "/Launch", "/EmbeddedFile"])
def test_what_no_table_of_objects_leads_to_is_found_too(name: str) -> None:
    hidden = f"\n9999 0 obj\n<< /S {name} >>\nendobj\n".encode()
    head, _, tail = made_files.pdf(Random(1)).partition(b"\n1 0 obj")
    assert check(head + hidden + b"\n1 0 obj" + tail, "a.pdf").reason is Reason.ACTIVE


@pytest.mark.parametrize("after", [b"PK\x03\x04", b"<html>", b"x"])
def test_nothing_comes_after_its_end(after: bytes) -> None:
    assert check(made_files.pdf(Random(1)) + after, "a.pdf").reason is Reason.DAMAGED


def test_too_many_objects_are_not_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_OBJECTS", 3)
    assert check(made_files.pdf(Random(1)), "a.pdf").reason is Reason.TOO_COMPLEX


def test_nesting_without_end_is_damage() -> None:
    def nest(writer: PdfWriter) -> None:
        deep = ArrayObject()
        for _ in range(60):
            deep = ArrayObject([deep])
        writer.root_object[NameObject("/Deep")] = deep

    assert check(made_files.written(Random(1), nest), "a.pdf").reason is Reason.DAMAGED
