import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ccx import archive
from chalicelib.ccx.archive import is_hidden, open_archive, spans, unpack
from chalicelib.ccx.findings import BundleError
from tests.ingest.zips import packed


def refusal(data: bytes) -> str:
    with pytest.raises(BundleError) as caught:
        open_archive(io.BytesIO(data))
    return caught.value.code


def test_a_good_zip_opens() -> None:
    data = packed({"manifest.json": b"{}", "documents/a.pdf": b"%PDF-"})
    assert len(open_archive(io.BytesIO(data)).infolist()) == 2


@pytest.mark.parametrize(
    "data",
    [b"", b"PK", packed({"a.csv": b"x" * 3000})[:60], b"x" * 500],
    ids=["nothing", "two letters", "the beginning of a zip", "text"],
)
def test_what_is_no_zip(data: bytes) -> None:
    assert refusal(data) == "B001_NOT_A_ZIP"


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_in_words(data: bytes) -> None:
    assert refusal(data).startswith("B0")


@given(st.data())
def test_a_damaged_zip_never_escapes_as_another_error(data: st.DataObject) -> None:
    good = bytearray(packed({"manifest.json": b"{}", "a.csv": b"a,b\n1,2\n"}))
    for _ in range(data.draw(st.integers(1, 4))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    try:
        open_archive(io.BytesIO(bytes(good)))
    except BundleError as error:
        assert error.message  # noqa: PT017 - it may also open


def test_too_big(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_BYTES", 100)
    assert refusal(packed({"a.csv": bytes(500)}, zipfile.ZIP_STORED)) == "B002_TOO_BIG"


def test_too_many_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_ENTRIES", 2)
    assert refusal(packed({f"{n}.csv": b"" for n in range(3)})) == "B003_TOO_MANY_FILES"


def test_a_huge_directory_is_refused_before_it_is_read() -> None:
    data = bytearray(packed({"a.csv": b""}))
    end = data.rfind(b"PK\x05\x06")
    struct.pack_into("<L", data, end + 12, 0x7FFFFFFF)
    assert refusal(bytes(data)) == "B003_TOO_MANY_FILES"


def test_a_zip64_directory_is_measured_too() -> None:
    data = packed({"a.csv": b""})
    end = data.rfind(b"PK\x05\x06")
    end64 = b"PK\x06\x06" + struct.pack("<Q2H2L4Q", 44, 45, 45, 0, 0, 1, 1, 1 << 40, 0)
    locator = b"PK\x06\x07" + struct.pack("<LQL", 0, end, 1)
    last = bytearray(data[end:])
    struct.pack_into("<L", last, 12, 0xFFFFFFFF)
    assert refusal(data[:end] + end64 + locator + bytes(last)) == "B003_TOO_MANY_FILES"


@pytest.mark.parametrize("members", [{"bomb.csv": bytes(3_000_000)}, {f"{n}.csv": bytes(900_000) for n in range(3)}])
def test_a_bomb(members: dict[str, bytes]) -> None:
    assert refusal(packed(members)) == "B004_RATIO"


def test_a_large_bundle_that_packs_well_is_no_bomb() -> None:
    rows = b"".join(b"%d,INV%d,GBP,7.70\r\n" % (n, n * 7919 % 100_003) for n in range(150_000))
    assert len(rows) > 2_000_000
    assert spans(open_archive(io.BytesIO(packed({"a.csv": rows, "b.csv": rows}))))


def test_a_short_file_of_zeros_is_no_bomb() -> None:
    assert spans(open_archive(io.BytesIO(packed({"a.csv": bytes(500_000)}))))


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../a.csv",
        "documents/../a.pdf",
        "C:a.csv",
        "..\\a.csv",
        "\\\\host\\a.csv",
        "C:\\a.csv",
        "./a.csv",
        "a\x01.csv",
    ],
)
def test_names_that_leave_their_place(name: str) -> None:
    assert refusal(packed({name: b""})) == "B005_UNSAFE_NAME"


def test_an_unsafe_path_is_quoted_whole() -> None:
    with pytest.raises(BundleError) as caught:
        open_archive(io.BytesIO(packed({"../../etc/x": b""})))
    assert caught.value.message.startswith("The zip file holds the path ../../etc/x. Use plain file names")


def test_backslashes_between_folders_count_as_slashes() -> None:
    opened = open_archive(io.BytesIO(packed({"manifest.json": b"{}", "documents\\a.pdf": b"%PDF-"})))
    assert spans(opened).keys() == {"manifest.json", "documents/a.pdf"}
    assert opened.read("documents/a.pdf") == b"%PDF-"


def test_a_slash_and_a_backslash_clash() -> None:
    assert refusal(packed({"documents/a.pdf": b"", "documents\\a.pdf": b""})) == "B008_NAME_CLASH"


@pytest.mark.parametrize(
    "name", ["__MACOSX/", "__MACOSX/._a.csv", "__MACOSX/documents/._a.pdf", ".DS_Store", "documents/._a.pdf"]
)
def test_hidden_files_of_macos_are_left_alone(name: str) -> None:
    assert len(open_archive(io.BytesIO(packed({"manifest.json": b"{}", name: b""}))).infolist()) == 2
    assert is_hidden(name)


def test_a_name_cut_short_by_a_nul() -> None:
    data = packed({"aXb.csv": b""}).replace(b"aXb.csv", b"a\x00b.csv")
    assert refusal(data) == "B005_UNSAFE_NAME"


def test_a_symbolic_link() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        entry = zipfile.ZipInfo("documents/a.pdf")
        entry.external_attr = 0o120777 << 16
        made.writestr(entry, "/etc/passwd")
    assert refusal(out.getvalue()) == "B006_LINK"


def flagged(offset: int, value: int) -> bytes:
    """A zip whose directory entry has a 16-bit field changed."""
    data = bytearray(packed({"a.csv": b"x"}))
    struct.pack_into("<H", data, data.rfind(b"PK\x01\x02") + offset, value)
    return bytes(data)


def test_an_encrypted_file() -> None:
    assert refusal(flagged(8, 1)) == "B007_ENCRYPTED"


def test_packed_in_another_way() -> None:
    assert refusal(flagged(10, 12)) == "B029_COMPRESSION"


@pytest.mark.parametrize("other", ["A.CSV", "a.csv"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_clash(other: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("a.csv", "")
        made.writestr(other, "")
    assert refusal(out.getvalue()) == "B008_NAME_CLASH"


@pytest.mark.parametrize("name", ["data/a.csv", "documents/x/a.pdf", "Documents/a.pdf", "data\\a.csv"])
def test_folders(name: str) -> None:
    assert refusal(packed({name: b""})) == "B009_FOLDER"


def test_the_folder_of_documents_may_be_listed() -> None:
    assert spans(open_archive(io.BytesIO(packed({"documents/": b""})))) == {}


def test_entries_that_share_their_bytes() -> None:
    data = bytearray(packed({"a.csv": b"x" * 100, "b.csv": b"x" * 100}))
    first, second = (i for i in range(len(data)) if data[i : i + 4] == b"PK\x01\x02")
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    assert refusal(bytes(data)) == "B001_NOT_A_ZIP"


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_a_file_comes_out_of_its_byte_range(compression: int) -> None:
    members = {"manifest.json": b"{}", "documents/a.pdf": b"%PDF-" + bytes(2000), "documents/b.pdf": b"%PDF-b"}
    data = packed(members, compression)
    found = spans(open_archive(io.BytesIO(data)))
    assert {name: unpack(data[s.offset : s.offset + s.length], s) for name, s in found.items()} == members


@pytest.mark.parametrize("at", [0, 45, -30])
def test_a_damaged_range_is_refused(at: int) -> None:
    data = packed({"documents/a.pdf": bytes(range(256)) * 9})
    span = spans(open_archive(io.BytesIO(data)))["documents/a.pdf"]
    part = bytearray(data[span.offset : span.offset + span.length])
    part[at] ^= 0xFF
    with pytest.raises(BundleError):
        unpack(bytes(part), span)
