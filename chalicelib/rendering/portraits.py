"""Photos of people: a square of the picture that they sent, drawn anew in two sizes; only pixels of it remain."""

from dataclasses import dataclass
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.rendering.pictures import MEGABYTE, Advice, decoded

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_BYTES = 10 * MEGABYTE
"""What a phone's camera takes, and more."""
LARGE, SMALL = 256, 64
"""Pixels a side: twice what pages show, for sharp screens."""
PREVIEW_SIDE = 960
STEPS = 1000
"""Of each slider by which a person chooses the square."""
CENTRE = STEPS // 2
MAX_ZOOM = 4
_QUALITY = 85
_ADVICE = Advice(
    MAX_BYTES,
    lazy_gettext("The file is larger than 10 MB. Choose a smaller one"),
    lazy_gettext("The picture has more than 40 megapixels. Choose a smaller one"),
    lazy_gettext("An SVG file is a drawing. Choose a photo: JPEG, PNG or WebP"),
)


class Crop(NamedTuple):
    """Which square, in STEPS: how close, and from the left and the top of where it may be."""

    zoom: int = 0
    across: int = CENTRE
    down: int = CENTRE


@dataclass(frozen=True, slots=True)
class Portrait:
    """Two JPEGs of the same square."""

    large: bytes
    small: bytes


def preview(data: bytes) -> bytes:
    """The whole picture as a JPEG, small enough for a page. Raises InvalidError that says what to send instead."""
    return _jpeg(_upright(data))


def portrait(data: bytes, crop: Crop) -> Portrait:
    """The square that was chosen. Raises InvalidError as `preview`."""
    from PIL import Image

    whole = _upright(data)
    square = whole.crop(_box(whole.width, whole.height, crop))
    sizes = (square.resize((side, side), Image.Resampling.LANCZOS) for side in (LARGE, SMALL))
    large, small = map(_jpeg, sizes)
    return Portrait(large, small)


def initials_svg(letters: str) -> str:
    """What stands for a photo, as a picture."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><path fill="#eceef2" d="M0 0h40v40H0z"/>'
        f'<text x="20" y="20" dy=".35em" text-anchor="middle" font-family="system-ui,sans-serif" font-weight="600" '
        f'fill="#4a5160">{escape(letters)}</text></svg>'
    )


def _box(width: int, height: int, crop: Crop) -> tuple[int, int, int, int]:
    """Within the picture, whatever was asked for."""
    zoom, across, down = (min(max(step, 0), STEPS) / STEPS for step in crop)
    side = max(1, round(min(width, height) / (1 + zoom * (MAX_ZOOM - 1))))
    left, top = round((width - side) * across), round((height - side) * down)
    return left, top, left + side, top + side


def _upright(data: bytes) -> "Image":
    """On a canvas that has never seen the file; what is transparent is white."""
    from PIL import Image

    found = decoded(data, _ADVICE, near=PREVIEW_SIDE)
    found.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    # Tested control: portrait-fresh-canvas
    canvas = Image.new("RGB", found.size, (255, 255, 255))
    canvas.paste(found.convert("RGB"), mask=found.getchannel("A"))
    return canvas


def _jpeg(drawn: "Image") -> bytes:
    out = BytesIO()
    drawn.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()
