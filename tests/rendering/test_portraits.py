"""Photos of people: only pixels remain, of the square that was chosen and of nothing else."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from chalicelib.kernel.errors import InvalidError
from chalicelib.rendering.portraits import LARGE, MAX_BYTES, SMALL, STEPS, Crop, _box, initials_svg, portrait, preview
from tests.rendering.pictures import PLACE, a_photo, bomb, file_of


def halves(kind: str = "PNG") -> bytes:
    """Red on the left, blue on the right, twice as wide as high."""
    drawn = Image.new("RGB", (400, 200), "#ff0000")
    drawn.paste("#0000ff", (200, 0, 400, 200))
    return file_of(drawn, kind)


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data), formats=("JPEG",))


def colour(data: bytes, at: tuple[float, float]) -> str:
    image = opened(data)
    red, _green, blue = image.getpixel((int(at[0] * (image.width - 1)), int(at[1] * (image.height - 1))))  # type: ignore[misc]
    return "red" if red > blue else "blue"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_becomes_a_square_in_two_sizes(kind: str) -> None:
    made = portrait(halves(kind), Crop())
    assert [opened(one).size for one in (made.large, made.small)] == [(LARGE, LARGE), (SMALL, SMALL)]
    assert [colour(made.large, at) for at in ((0.1, 0.5), (0.9, 0.5))] == ["red", "blue"]
    assert len(made.large) + len(made.small) < 100_000


@pytest.mark.parametrize(("across", "seen"), [(0, "red"), (STEPS, "blue"), (10**8, "blue")])
def test_the_square_is_where_it_was_chosen(across: int, seen: str) -> None:
    made = portrait(halves(), Crop(0, across, 500))
    assert {colour(made.large, at) for at in ((0.05, 0.5), (0.95, 0.5))} == {seen}


@given(st.integers(1, 960), st.integers(1, 960), st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9))
def test_whatever_is_asked_for_it_is_a_square_within_the_picture(
    width: int, height: int, zoom: int, across: int, down: int
) -> None:
    left, top, right, bottom = _box(width, height, Crop(zoom, across, down))
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    assert right - left == bottom - top


def test_nothing_but_pixels_remains_and_it_stands_upright() -> None:
    photo = a_photo()
    for data in (preview(photo), portrait(photo, Crop()).large):
        for said in (PLACE, b"Camera", b"Jo was here", b"Exif"):
            assert said not in data
    assert opened(preview(photo)).size == (60, 120)


def test_what_is_transparent_is_white() -> None:
    made = portrait(file_of(Image.new("RGBA", (90, 90), (0, 0, 0, 0)), "PNG"), Crop())
    assert opened(made.small).getpixel((30, 30)) == (255, 255, 255)


def test_a_preview_is_small_enough_for_a_page() -> None:
    large = file_of(Image.effect_noise((4000, 3000), 60).convert("RGB"), "JPEG")
    shown = preview(large)
    assert opened(shown).size == (960, 720)
    assert len(shown) < 600_000


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "Choose a photo"),
        (b"MZ\x90\x00" + bytes(500), "not a PNG, JPEG or WebP picture"),
        (bomb(30_000, 30_000), "more than 40 megapixels. Choose a smaller one"),
        (bomb(4_001, 3_000), "more than 12 megapixels. Save it smaller, or as a JPEG"),
        (halves()[:200], "damaged or cut off"),
        (halves("JPEG")[:300], "damaged or cut off"),
        (b"", "not a PNG, JPEG or WebP picture"),
        (b"\xff\xd8\xff" + bytes(MAX_BYTES), "larger than 10 MB"),
    ],
)
def test_what_is_no_photo_is_answered_with_what_to_send(data: bytes, said: str) -> None:
    with pytest.raises(InvalidError, match=said):
        portrait(data, Crop())


def test_initials_stand_for_a_photo() -> None:
    assert ">AR</text>" in initials_svg("AR")
    assert "<script" not in initials_svg("<script>")
