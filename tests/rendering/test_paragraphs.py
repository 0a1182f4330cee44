"""Plain text in paragraphs."""

from chalicelib.rendering.paragraphs import paragraphs


def test_empty_lines_separate_and_line_ends_stay() -> None:
    assert paragraphs("One\ntwo\n \n\nThree\n") == ["One\ntwo", "Three"]
    assert paragraphs(" \n ") == []
