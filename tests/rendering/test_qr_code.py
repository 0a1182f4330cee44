"""QR codes for print."""

from io import BytesIO

from PIL import Image

from chalicelib.rendering import qr_code

ADDRESS = "https://portal.example/d/moorbeck"


def test_dots_are_five_centimetres_at_the_resolution_that_they_name() -> None:
    with Image.open(BytesIO(qr_code.png(ADDRESS))) as drawn:
        assert drawn.width == drawn.height >= 1_000
        per_inch = drawn.info["dpi"][0]
        assert abs(drawn.width / per_inch * 25.4 - qr_code.MILLIMETRES) < 0.2


def test_lines_are_five_centimetres_on_white() -> None:
    drawn = qr_code.svg(ADDRESS)
    assert drawn.startswith(b"<?xml")
    assert b'width="50.0mm" height="50.0mm"' in drawn
    assert b"#fff" in drawn
