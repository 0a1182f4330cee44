from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from chalicelib.kernel.errors import InvalidError
from chalicelib.rendering.pictures import MAX_BYTES, Picture, redrawn
from tests.rendering.pictures import PLACE, SIGNATURE, a_mark, a_photo, a_png, bomb, chunk, file_of

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def drawn(data: bytes) -> Picture:
    return redrawn(data, max_width=480, max_height=160)


def opened(picture: Picture) -> Image.Image:
    return Image.open(BytesIO(picture.png), formats=("PNG",))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_mark_keeps_its_transparency_and_loses_its_margins(kind: str) -> None:
    picture = drawn(file_of(a_mark(size=(1000, 560), margin=40), kind, lossless=True))
    image = opened(picture)
    assert (picture.width, picture.height) == image.size == (307, 160)
    assert image.mode == "RGBA"
    assert image.getpixel((0, 0))[3] == 0  # type: ignore[index]
    assert image.getchannel("A").getbbox() == (0, 0, 307, 160)
    assert picture.inks == ("#e08a2a",)


def test_the_same_picture_gives_the_same_bytes() -> None:
    assert drawn(a_png()) == drawn(a_png())


def test_a_small_picture_stays_as_large_as_it_is() -> None:
    assert (drawn(a_png(size=(40, 30), margin=0)).width, drawn(a_png(size=(40, 30), margin=0)).height) == (40, 30)


def test_nothing_but_pixels_remains_of_a_photo_and_it_stands_upright() -> None:
    photo = a_photo()
    assert PLACE in photo
    picture = drawn(photo)
    assert (picture.width, picture.height) == (60, 120)
    for said in (PLACE, b"Camera", b"Jo", b"Exif", b"eXIf", b"iCCP", b"tEXt"):
        assert said not in picture.png
    assert opened(picture).info == {}
    assert len(opened(picture).getexif()) == 0


def test_text_and_what_follows_the_end_of_a_png_are_gone() -> None:
    whole = a_png()
    head, rest = whole[:33], whole[33:]
    told = head + chunk(b"tEXt", b"Comment\x00<script>alert(1)</script>") + rest + b"<script>alert(2)</script>"
    assert b"script" not in drawn(told).png


def test_main_colours_come_most_frequent_first() -> None:
    two = Image.new("RGB", (96, 32), "#1f3d2b")
    two.paste("#ffffff", (64, 0, 96, 32))
    two.paste("#ff0000", (0, 0, 4, 4))  # too little to matter
    assert drawn(file_of(two)).inks == ("#1f3d2b", "#ffffff")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (SVG, "An SVG file may hold scripts"),
        (b"<html><body><svg onload=alert(1)></svg></body></html>", "An SVG file may hold scripts"),
        (b"<!doctype html><script>alert(1)</script>", "not a PNG, JPEG or WebP"),
        (file_of(a_mark(), "GIF"), "not a PNG, JPEG or WebP"),
        (b"", "not a PNG, JPEG or WebP"),
        (b"%PDF-1.7", "not a PNG, JPEG or WebP"),
        (SIGNATURE, "damaged or cut off"),
        (SIGNATURE + SVG, "damaged or cut off"),
        (a_png()[:-200], "damaged or cut off"),
        (a_photo()[:-200], "damaged or cut off"),
        (b"RIFF\x00\x00\x00\x00WEBP", "damaged or cut off"),
        (bomb(10_000, 4_001), "more than 40 megapixels"),
        (bomb(12_000, 12_000), "more than 40 megapixels"),
        (bomb(2**31 - 1, 2**31 - 1), "more than 40 megapixels"),
        (bomb(4_001, 3_000), "more than 12 megapixels"),
        (bomb(4_000, 3_000), "damaged or cut off"),
        (bytes(MAX_BYTES + 1), "larger than 1 MB"),
        (file_of(Image.new("RGBA", (100, 100))), "transparent all over"),
        (file_of(Image.new("RGB", (500, 15), "#204080")), "less than 16 pixels"),
        (
            file_of(a_mark("#ff0000"), "PNG", save_all=True, append_images=[a_mark("#00ff00")]),
            "animated",
        ),
    ],
)
def test_what_is_no_good_picture_is_refused_with_what_to_do(data: bytes, said: str) -> None:
    with pytest.raises(InvalidError) as refused:
        drawn(data)
    assert said in refused.value.message


@given(st.integers(0, len(a_png()) - 1), st.integers(1, 255), st.booleans())
@settings(max_examples=60, deadline=None)
def test_any_damage_is_refused_or_harmless(at: int, change: int, cut: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    whole = bytearray(a_png(size=(40, 40), margin=2))
    at %= len(whole)
    whole[at] ^= change
    try:
        picture = drawn(bytes(whole[:at] if cut else whole))
    except InvalidError:
        return
    assert opened(picture).size == (picture.width, picture.height)
