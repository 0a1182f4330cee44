import io
import zipfile
from random import Random

import pytest

from chalicelib.uploads.checks import check, office
from chalicelib.uploads.model import FileType, Reason
from tests.uploads import made_files


def parts() -> dict[str, bytes]:
    return made_files.docx_parts(Random(1))


def test_the_list_of_parts_says_what_it_is() -> None:
    assert check(made_files.docx(Random(1)), "x").kind is FileType.DOCX
    assert check(made_files.xlsx(Random(1)), "x").kind is FileType.XLSX


@pytest.mark.parametrize(
    "name",
    [
        "word/vbaProject.bin",
        "xl/macrosheets/sheet1.xml",
        "word/embeddings/a.bin",
        "word/activeX/a.xml",
        "a.exe",
        "b.HTML",
    ],
)
def test_parts_that_run_or_are_files_of_their_own_are_refused(name: str) -> None:
    assert check(made_files.zipped({**parts(), name: b"x"}), "a.docx").reason is Reason.MACROS


def test_settings_of_a_printer_are_no_macro() -> None:
    assert check(made_files.zipped({**parts(), "xl/printerSettings/printerSettings1.bin": b"x"}), "a").kind


@pytest.mark.parametrize("kind", ["attachedTemplate", "oleObject", "frame"])
def test_what_fetches_from_elsewhere_is_refused(kind: str) -> None:
    link = f'<R><Relationship Type="http://x/{kind}" Target="https://evil.example" TargetMode="External"/></R>'
    data = made_files.zipped({**parts(), "word/_rels/a.rels": link.encode()})
    assert check(data, "a.docx").reason is Reason.ACTIVE


def test_a_dtd_is_damage() -> None:
    found = parts()
    found["[Content_Types].xml"] = b"<!DOCTYPE t SYSTEM 'file:///etc/passwd'>" + found["[Content_Types].xml"]
    assert check(made_files.zipped(found), "a.docx").reason is Reason.DAMAGED


def test_what_would_unpack_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = made_files.zipped({**parts(), "word/big.xml": bytes(50_000)})
    monkeypatch.setattr(office, "MAX_UNPACKED", 50_000)
    assert check(data, "a.docx").reason is Reason.TOO_COMPLEX
    monkeypatch.setattr(office, "MAX_UNPACKED", 60_000)
    monkeypatch.setattr(office, "MAX_PARTS", 3)
    assert check(data, "a.docx").reason is Reason.TOO_COMPLEX


def test_a_list_of_parts_has_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "_MAX_XML", 50)
    assert check(made_files.zipped(parts()), "a.docx").reason is Reason.DAMAGED


def test_a_zip_of_other_things_is_an_archive() -> None:
    assert check(made_files.zipped({"a.txt": b"x"}), "a.docx").reason is Reason.ARCHIVE


def test_a_presentation_is_another_type() -> None:
    other = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
    assert check(made_files.zipped(made_files.docx_parts(Random(1), other)), "a.pptx").reason is Reason.WRONG_TYPE


def test_a_damaged_part_is_damage() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for name, data in parts().items():
            packed.writestr(name, data)
    assert check(out.getvalue().replace(b"<w:p>", b"<w:q>", 1), "a.docx").reason is Reason.DAMAGED


def test_one_entry_may_have_a_password() -> None:
    data = bytearray(made_files.zipped(parts()))
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1
    assert check(bytes(data), "a.docx").reason is Reason.PROTECTED
