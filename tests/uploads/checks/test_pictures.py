import io
from random import Random

import pytest
from PIL import Image

from chalicelib.rendering import image_files
from chalicelib.uploads.checks import check
from chalicelib.uploads.model import FileType, Reason
from tests.uploads import made_files


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_a_photo_stands_the_right_way_up_and_says_nothing_of_its_camera() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, made_files.SECRET
    sent = made_files.saved(Image.new("RGB", (40, 20), "red"), "JPEG", exif=exif, comment=made_files.SECRET)
    kept = check(sent, "IMG_1.JPG")
    assert kept.kind is FileType.JPEG
    assert opened(kept.data).size == (20, 40)
    assert not opened(kept.data).getexif()
    assert made_files.SECRET.encode() in sent
    assert made_files.SECRET.encode() not in kept.data


@pytest.mark.parametrize(
    ("form", "mode"), [("JPEG", "RGB"), ("JPEG", "L"), ("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB")]
)
def test_a_thumbnail_is_small_and_only_pixels_like_the_picture_itself(form: str, mode: str) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, made_files.SECRET
    kept = check(made_files.saved(Image.new(mode, (960, 240)), form, exif=exif), "a")
    small = opened(kept.thumbnail)
    assert (small.format, small.size) == ("JPEG", (120, 480))
    assert not small.getexif()
    assert made_files.SECRET.encode() not in kept.thumbnail
    assert opened(kept.data).size == (240, 960)


def test_a_thumbnail_is_never_larger_than_the_picture_and_a_thin_one_stays_visible() -> None:
    for size, wanted in (((9, 7), (9, 7)), ((9_000, 2), (480, 1))):
        kept = check(made_files.saved(Image.new("RGB", size), "PNG"), "a.png")
        assert opened(kept.thumbnail).size == wanted


def test_what_is_no_picture_has_no_thumbnail() -> None:
    assert check(made_files.pdf(Random(1)), "a.pdf").thumbnail == b""
    assert check(b"a;b", "a.csv").thumbnail == b""


def test_what_is_transparent_is_white() -> None:
    clear = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    kept = check(made_files.saved(clear, "PNG"), "a.png")
    assert opened(kept.data).getpixel((1, 1)) == (255, 255, 255)


def test_webp_is_kept_as_jpeg_which_every_desk_can_open() -> None:
    assert check(made_files.saved(Image.new("RGB", (9, 9)), "WEBP"), "a.webp").kind is FileType.JPEG


def test_the_name_says_nothing() -> None:
    assert check(made_files.saved(Image.new("L", (9, 9)), "PNG"), "a.pdf").kind is FileType.PNG


def test_pixels_are_counted_before_any_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_files, "MAX_PIXELS", 80)
    data = made_files.saved(Image.new("RGB", (9, 9)), "PNG")
    assert check(data[:60], "a.png").reason is Reason.TOO_MANY_PIXELS
    monkeypatch.setattr(image_files, "MAX_PIXELS", 81)
    assert check(data, "a.png").kind is FileType.PNG


def test_a_bomb_is_never_decoded() -> None:
    assert check(made_files.pixel_bomb(Random(2))[1], "a.png").reason is Reason.TOO_MANY_PIXELS
