"""Photographs and scans that people send, drawn anew in their own size: only pixels remain, upright and visible."""

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from chalicelib.rendering import image_files
from chalicelib.rendering.image_files import ImageKind

if TYPE_CHECKING:
    from PIL.Image import Image

_QUALITY = 88
THUMBNAIL_SIDE = 480
"""The longer one, in pixels: twice what a page shows, for sharp screens."""
_THUMBNAIL_QUALITY = 75
_WHITE = (255, 255, 255)


PAGE_SIDE = 2_400
"""The longer one of a picture on a page: some 200 dots an inch on A4."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A JPEG, or a PNG, without metadata; `thumbnail` is a small JPEG of it."""

    data: bytes
    thumbnail: bytes
    is_png: bool


@dataclass(frozen=True, slots=True)
class PagePhoto:
    """A JPEG for a page, and its size in pixels."""

    jpeg: bytes
    width: int
    height: int
    is_grey: bool


def redrawn_photo(data: bytes, kind: ImageKind) -> Photo:
    """A PNG of a PNG, a JPEG of the rest. Its size is read, and judged, before a pixel is.

    `kind` is what `image_files.kind_of` says. Raises TooManyPixelsError, and `image_files.DAMAGE`.
    """
    is_png = kind.name == "PNG"
    with image_files.opened(data, kind) as opened:
        drawn = _drawn(opened)
    out = BytesIO()
    if is_png:
        drawn.save(out, "PNG")
    else:
        drawn.save(out, "JPEG", quality=_QUALITY)
    return Photo(out.getvalue(), _thumbnail(drawn), is_png)


def _thumbnail(drawn: "Image") -> bytes:
    """Made of the fresh canvas, which it shrinks in place: a second one of 40 megapixels would not fit beside it."""
    drawn.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    out = BytesIO()
    drawn.save(out, "JPEG", quality=_THUMBNAIL_QUALITY)
    return out.getvalue()


def _drawn(opened: "Image") -> "Image":
    """The first frame, the right way up, on a canvas that has never seen the file; what is transparent is white."""
    from PIL import Image, ImageOps

    upright = ImageOps.exif_transpose(opened)
    mode = "L" if upright.mode in {"1", "L"} else "RGB"
    # Tested control: picture-fresh-canvas
    canvas = Image.new(mode, upright.size, 255 if mode == "L" else _WHITE)
    if upright.has_transparency_data:
        layer = upright.convert("RGBA")
        canvas.paste(layer.convert(mode), mask=layer.getchannel("A"))
    else:
        canvas.paste(upright.convert(mode))
    return canvas


def page_photo(data: bytes) -> PagePhoto:
    """A picture that `redrawn_photo` has made, no larger than a page needs. Raises `image_files.DAMAGE`."""
    from PIL import Image

    with Image.open(BytesIO(data), formats=("JPEG", "PNG")) as opened:
        is_grey = opened.mode == "L"
        if opened.format == "JPEG" and max(opened.size) <= PAGE_SIDE:
            opened.load()
            return PagePhoto(data, *opened.size, is_grey)
        opened.thumbnail((PAGE_SIDE, PAGE_SIDE))
        out = BytesIO()
        opened.convert("L" if is_grey else "RGB").save(out, "JPEG", quality=_QUALITY)
        return PagePhoto(out.getvalue(), *opened.size, is_grey)
