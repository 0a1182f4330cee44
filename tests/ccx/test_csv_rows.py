import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.ccx import csv_rows
from chalicelib.ccx.csv_rows import Header, RawRow, account_of, control_character, is_ref, lines, records, split
from chalicelib.ccx.findings import BundleError

CELL = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r"), max_size=12)


def read(data: bytes, size: int = 7) -> list[RawRow]:
    blocks = [data[i : i + size] for i in range(0, len(data), size)]
    return list(records(lines(blocks, name="x.csv"), name="x.csv"))


def refusal(data: bytes) -> BundleError:
    with pytest.raises(BundleError) as caught:
        read(data)
    return caught.value


def test_lines_are_physical_and_records_may_span_them() -> None:
    assert read(b'a,b\r\n1,"x\ny\r\nz"\r\n\r\n2,3') == [(1, "a,b"), (2, '1,"x\ny\r\nz"'), (6, "2,3")]


@given(st.lists(st.lists(CELL, min_size=2, max_size=4), min_size=1, max_size=8), st.integers(1, 40), st.booleans())
@example([["\u2028", "\x0c"]], 3, False)
def test_every_cell_comes_back_whatever_the_blocks(rows: list[list[str]], size: int, crlf: bool) -> None:  # noqa: FBT001
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n" if crlf else "\n").writerows(rows)
    found = [split(raw) for _, raw in read(out.getvalue().encode(), size)]
    assert found == rows


@pytest.mark.parametrize(("raw", "blank"), [(",", True), (",,,", True), ("", False), (",a", False), ("a,", False)])
def test_a_record_of_commas_alone_is_blank(raw: str, *, blank: bool) -> None:
    assert csv_rows.is_blank(raw) is blank


@pytest.mark.parametrize(
    ("ref", "good"), [("1200", True), ("A\u00a01", True), ("A\t1", False), ("", False), ("x" * 33, False)]
)
def test_a_reference_may_hold_any_space_but_no_control_character(ref: str, *, good: bool) -> None:
    assert is_ref(ref) is good


@given(st.binary(max_size=200), st.integers(1, 30))
def test_any_bytes_give_records_or_a_refusal(data: bytes, size: int) -> None:
    try:
        found = read(data, size)
    except BundleError as error:
        assert error.code.startswith("B0")  # noqa: PT017 - it may also read
    else:
        assert [line for line, _ in found] == sorted({line for line, _ in found})


@given(st.text('a,"\r ', max_size=24))
@example('a,"b"\rx')
@example('"a"",b",c')
def test_a_line_is_a_record_where_the_csv_module_says_so(line: str) -> None:
    reader = csv.reader([line + "\n", 'z"\n'], strict=True)
    try:
        cells: list[str] | None = next(reader)
    except csv.Error:
        cells = None
    whole = cells is not None and reader.line_num == 1
    if '"' in line and whole and cells is not None:
        raw = line.removesuffix("\r")
        assert next(records(iter([line, "z"]), name="x.csv")) == (1, raw)
        for at in range(len(cells)):
            header = Header("", tuple("account_ref" if n == at else str(n) for n in range(len(cells))))
            ref = cells[at].strip()
            assert account_of(raw, header) == (ref if is_ref(ref) else None)
    elif '"' in line:
        assert account_of(line, Header("", ("account_ref",))) is None


def test_a_byte_order_mark_belongs_to_no_cell() -> None:
    assert read(b"\xef\xbb\xbfa,b\n", size=1) == [(1, "a,b")]


def test_not_utf8_names_the_line() -> None:
    error = refusal(b"a,b\n1,2\n3,\xa34\n")
    assert error.code == "B019_NOT_UTF8"
    assert "line 3" in error.message


def test_a_quote_never_closed_names_its_line() -> None:
    error = refusal(b'a,b\n1,"x\n2,3\n')
    assert error.code == "B022_OPEN_QUOTE"
    assert "line 2" in error.message


def test_an_open_quote_does_not_swallow_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_rows, "MAX_LINE", 50)
    assert refusal(b'a,b\n1,"x\n' + b"2,3\n" * 100).code == "B022_OPEN_QUOTE"


@pytest.mark.parametrize("tail", [b"", b"\n1,2\n"])
def test_a_line_too_long(monkeypatch: pytest.MonkeyPatch, tail: bytes) -> None:
    monkeypatch.setattr(csv_rows, "MAX_LINE", 20)
    assert refusal(b"a,b\n" + b"x" * 100 + tail).code == "B023_LINE_TOO_LONG"


def test_a_whole_line_too_long_in_one_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_rows, "MAX_LINE", 20)
    with pytest.raises(BundleError):
        list(records(lines([b"a,b\n" + b"x" * 100 + b"\n1\n"], name="x.csv"), name="x.csv"))


def test_quotes_that_do_not_match_spoil_one_record_only() -> None:
    found = read(b'a,b\n1,"x"y\n2,3\n')
    assert [split(raw) for _, raw in found] == [["a", "b"], None, ["2", "3"]]


def test_an_inch_sign_in_an_unquoted_cell_is_text() -> None:
    assert split('1,5" hose,x') == ["1", '5" hose', "x"]


@pytest.mark.parametrize(
    ("raw", "ref"),
    [
        ("x,100A,z", "100A"),
        ('"a,b",100A,z', "100A"),
        ('x,"10""0A",z', '10"0A'),
        ("x, 100A ,z", "100A"),
        ("x,,z", None),
        ("x", None),
        ('x,"1"2,z', None),
        ("x," + "1" * 33 + ",z", None),
        ("x,a\x07b,z", None),
        ('x,"a\nb",z', None),
        ("x,Ä/1#b,z", "Ä/1#b"),
        ("bolts, M8,100A,z", None),
        ('"x", M8,100A,z', None),
        ("x,100A", None),
    ],
)
def test_the_account_of_a_record(raw: str, ref: str | None) -> None:
    assert account_of(raw, Header("a,account_ref,c", ("a", "account_ref", "c"))) == ref


@given(st.text(max_size=40))
def test_a_reference_is_printable_enough(text: str) -> None:
    if is_ref(text):
        assert len(text) <= 32
        assert control_character(text, quoted_text=False) is None


def test_tabs_and_line_ends_are_allowed_in_quoted_text_only() -> None:
    assert control_character("a\tb\r\nc", quoted_text=True) is None
    assert control_character("a\tb", quoted_text=False) == "\t"
    assert control_character("a\x00b", quoted_text=True) == "\x00"
    assert control_character("a\rb", quoted_text=True) == "\r"
