"""Pictures for a place of one size: hostile ones are refused, others are cut, drawn anew and kept small."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from chalicelib.dealers.landing.model import BANNER_FRAME, TILE_FRAME
from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.ids import Ids
from chalicelib.rendering.slot_pictures import MAX_ZOOM, Crop, crop_box, cut, head_of
from tests.rendering.pictures import PLACE, a_mark, bomb, file_of


def halves(width: int, height: int) -> Image.Image:
    """Red on the left, blue on the right; the lower half is darker."""
    drawn = Image.new("RGB", (width, height), "#ff0000")
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((width // 2, 0, width, height), fill="#0000ff")
    pen.rectangle((0, height // 2, width // 2, height), fill="#800000")
    pen.rectangle((width // 2, height // 2, width, height), fill="#000080")
    return drawn


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data)).convert("RGB")


def near(found: object, wanted: tuple[int, int, int]) -> bool:
    return isinstance(found, tuple) and all(abs(a - b) < 24 for a, b in zip(found, wanted, strict=True))


def test_a1_29_a_large_picture_is_made_in_each_width_within_its_weight() -> None:
    found = cut(file_of(halves(4000, 2000), "JPEG", quality=90), BANNER_FRAME, Crop())
    assert [one.width for one in found.sizes] == [640, 960, 1280, 1911]
    assert [one.height for one in found.sizes] == [138, 206, 275, 411]
    for one in found.sizes:
        image = Image.open(BytesIO(one.data), formats=("WEBP",))
        assert image.size == (one.width, one.height)
        assert len(one.data) <= BANNER_FRAME.most_bytes * one.width // 1911
    share = Image.open(BytesIO(found.share.data), formats=("JPEG",))
    assert share.size == (found.share.width, found.share.height) == (1200, 630)


def test_a1_30_a_smaller_picture_is_never_made_larger() -> None:
    found = cut(file_of(halves(450, 300)), TILE_FRAME, Crop())
    assert [(one.width, one.height) for one in found.sizes] == [(300, 180), (450, 270)]
    assert (found.share.width, found.share.height) == (450, 236)


@pytest.mark.parametrize(
    ("crop", "colour"),
    [
        (Crop(300, 0, 0), (255, 0, 0)),
        (Crop(300, 100, 0), (0, 0, 255)),
        (Crop(300, 0, 100), (128, 0, 0)),
        (Crop(300, 100, 100), (0, 0, 128)),
    ],
)
def test_a1_29_the_part_that_was_chosen_is_cut_out(crop: Crop, colour: tuple[int, int, int]) -> None:
    for kind in ("JPEG", "PNG", "WEBP"):
        found = cut(file_of(halves(2000, 1200), kind), TILE_FRAME, crop)
        image = opened(found.sizes[-1].data)
        corners = [(5, 5), (590, 5), (5, 350), (590, 350)]
        assert all(near(image.getpixel(at), colour) for at in corners), kind


@given(
    st.integers(100, 9000), st.integers(100, 9000), st.integers(-50, 900), st.integers(-50, 200), st.integers(-50, 200)
)
def test_a1_29_a_part_lies_within_its_picture_and_has_the_sides_of_its_place(
    width: int, height: int, zoom: int, across: int, down: int
) -> None:
    for frame in (BANNER_FRAME, TILE_FRAME):
        left, top, right, bottom = crop_box((width, height), frame, Crop(zoom, across, down))
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
        assert abs((right - left) * frame.height - (bottom - top) * frame.width) <= frame.width
        assert (right - left) * MAX_ZOOM // 100 + MAX_ZOOM >= min(width, round(height * frame.width / frame.height))


def test_a1_29_noise_is_kept_within_its_weight_too(ids: Ids) -> None:
    noise = Image.frombytes("RGB", (600, 360), ids.random_bytes(600 * 360 * 3))
    found = cut(file_of(noise), TILE_FRAME, Crop())
    assert len(found.sizes[-1].data) <= TILE_FRAME.most_bytes


def test_a1_29_a_photo_stands_upright_and_loses_what_it_says_of_its_owner() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right to see it upright
    exif[0x010F] = "Camera of Jo"
    exif.get_ifd(0x8825)[29] = PLACE.decode()
    lying = halves(1200, 800).rotate(90, expand=True)  # turned left, as a camera that was held upright stores it
    data = file_of(lying, "JPEG", exif=exif, comment=b"Jo was here", quality=95)
    head = head_of(data, TILE_FRAME)
    assert (head.width, head.height) == (1200, 800)
    found = cut(data, TILE_FRAME, Crop())
    image = opened(found.sizes[-1].data)
    assert near(image.getpixel((10, 10)), (255, 0, 0))
    assert near(image.getpixel((590, 10)), (0, 0, 255))
    for one in (*found.sizes, found.share):
        assert b"Jo" not in one.data
        assert b"Exif" not in one.data


def test_a1_29_what_is_transparent_is_white() -> None:
    found = cut(file_of(a_mark(size=(900, 540))), TILE_FRAME, Crop())
    assert near(opened(found.sizes[-1].data).getpixel((3, 3)), (255, 255, 255))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "not a PNG, JPEG or WebP picture"),
        (b"GIF89a" + bytes(500), "not a PNG, JPEG or WebP picture"),
        (b"MZ\x90\x00" + bytes(500), "whatever its name says"),
        (b"%PDF-1.7" + bytes(500), "whatever its name says"),
        (bomb(30_000, 30_000), "more than 40 megapixels"),
        (bomb(4_001, 3_000), "more than 12 megapixels"),
        (file_of(halves(700, 420))[:300], "damaged or cut off"),
        (b"\xff\xd8\xff" + bytes(100), "damaged or cut off"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(100), "damaged or cut off"),
        (b"", "not a PNG, JPEG or WebP picture"),
        (file_of(halves(299, 400)), "at least 300 by 180"),
        (file_of(halves(400, 179)), "at least 300 by 180"),
        (
            file_of(halves(700, 420), save_all=True, append_images=[halves(700, 420).rotate(180)], default_image=False),
            "animated",
        ),
    ],
    ids=[
        "script",
        "gif",
        "program",
        "pdf",
        "bomb",
        "heavy",
        "cut",
        "jpeg",
        "webp",
        "empty",
        "narrow",
        "low",
        "animated",
    ],
)
def test_a1_29_what_is_no_picture_for_the_place_is_answered_with_what_to_send(data: bytes, words: str) -> None:
    with pytest.raises(InvalidError) as refused:
        cut(data, TILE_FRAME, Crop())
    assert words in refused.value.message


def test_a1_29_so_large_that_it_blurs_is_refused() -> None:
    with pytest.raises(InvalidError, match="blurred"):
        cut(file_of(halves(600, 360)), TILE_FRAME, Crop(zoom=400))
