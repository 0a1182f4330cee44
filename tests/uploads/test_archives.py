"""The names and the content of a ZIP."""

from datetime import datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.uploads import sharing
from chalicelib.uploads.archives import Entry, unique_names, write_zip
from tests.fixtures.cast import Cast
from tests.uploads.made_files import PICTURE
from tests.uploads.sending import GOOD, Sending
from tests.uploads.shared import SharedSending


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["a.pdf", "b.pdf"], ["a.pdf", "b.pdf"]),
        (["scan.pdf", "Scan.PDF", "scan.pdf"], ["scan.pdf", "Scan (2).PDF", "scan (3).pdf"]),
        (["a (2).jpg", "a.jpg", "a.jpg"], ["a (2).jpg", "a.jpg", "a (3).jpg"]),
        (["../../etc/passwd.txt", "C:\\boot.txt"], ["-..-etc-passwd.txt", "C--boot.txt"]),
        (["con.txt", "COM1.pdf", "Console.pdf"], ["_con.txt", "_COM1.pdf", "Console.pdf"]),
        (["Überweisung.csv", "U\u0308berweisung.csv"], ["Überweisung.csv", "Überweisung (2).csv"]),
        (["...", ""], ["document", "document (2)"]),
        (["terms", "terms"], ["terms", "terms (2)"]),
    ],
)
def test_names_are_safe_and_differ(names: list[str], wanted: list[str]) -> None:
    assert unique_names(names) == wanted


@given(st.lists(st.text(max_size=12), max_size=20))
@example(["a", "A", "a (2)"])
def test_whatever_they_are_called_they_are_files_of_one_folder(names: list[str]) -> None:
    made = unique_names(names)
    assert len({name.casefold() for name in made}) == len(names)
    assert not any({"/", "\\", ":"} & set(name) or name in {"", ".", ".."} for name in made)


def test_an_archive_holds_what_is_kept_under_its_names(cast: Cast, now: datetime, ids: Ids) -> None:
    photo, table = Sending(cast.ours, now, ids), Sending(cast.ours, now, ids)
    files = photo.accept(PICTURE), table.accept(GOOD)
    entries = [Entry(name, now, file) for name, file in zip(("Überblick.png", "a.csv"), files, strict=True)]
    out = BytesIO()
    write_zip(cast.ours.user.staff_scope, out, entries)
    with ZipFile(out) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "Überblick.png": photo.kept(),
            "a.csv": GOOD,
        }
        assert archive.infolist()[0].date_time == (2024, 6, 5, 9, 0, 0)


def test_an_archive_of_what_was_deleted_is_not_made(cast: Cast, now: datetime, ids: Ids) -> None:
    sending = SharedSending(cast.ours, now, ids)
    file = sending.accepted()
    sharing.delete_content(cast.ours.import_scope, file_id=file.file_id)
    with pytest.raises(NotFoundError):
        write_zip(cast.ours.user.staff_scope, BytesIO(), [Entry("a.csv", now, file)])
