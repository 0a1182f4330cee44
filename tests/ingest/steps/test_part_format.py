import zlib

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ingest.steps.part_format import Annotation, one_line, raw_row, read_part


def block(*lines: str) -> bytes:
    """As the spreader packs lines."""
    packed = zlib.compress(("\n".join(lines) + "\n").encode())
    return len(packed).to_bytes(4, "big") + packed


def test_lines_come_by_account_and_tag_in_their_order() -> None:
    first = block("t2\tA\ta", "t3\tB\tb", "c2\tA\tc")
    second = block("t9\tA\td", "\t".join(Annotation("m", "B", "M1")), "t10\t\te")
    assert read_part([first + second, block("t11\tA\tf")]) == {
        "A": {"t": [("t2", "a"), ("t9", "d"), ("t11", "f")], "c": [("c2", "c")]},
        "B": {"t": [("t3", "b")], "m": [("m", "M1")]},
        "": {"t": [("t10", "e")]},
    }


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_record_is_one_line_and_comes_back(raw: str) -> None:
    line = one_line(raw)
    assert "\n" not in line
    assert "\r" not in line
    assert raw_row(("t7", line)) == (7, raw)
