"""Pictures from people: checked by their content, then drawn anew on an empty canvas, so that only pixels remain.

Pillow is loaded by the call that needs it: a function that only serves pages never does.
"""

import re
from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.rendering import image_files
from chalicelib.rendering.image_files import ImageKind, TooManyPixelsError

if TYPE_CHECKING:
    from PIL.Image import Image

MEGABYTE = 1_000_000
MAX_BYTES = MEGABYTE
"""Of a logo."""
MIN_SIDE = 16

_SVG = re.compile(rb"<(?:\w+:)?svg[\s>]", re.IGNORECASE)
_LOOKED_AT = 4096
_OPAQUE = 200
"""From this alpha on a pixel counts as ink; below are the soft edges of letters."""
_SAMPLE = 96
_SHARE = 20
"""A colour counts from one twentieth of the ink on."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What a picture is for: how large its file may be, and what is said of one that cannot be used."""

    max_bytes: int
    too_many_bytes: LazyText
    too_many_pixels: LazyText
    svg: LazyText


LOGO = Advice(
    MAX_BYTES,
    lazy_gettext("The file is larger than 1 MB. Save the picture smaller, or as PNG with fewer colours"),
    lazy_gettext("The picture has more than 40 megapixels. Save it smaller: 960 by 320 pixels are plenty"),
    lazy_gettext(
        "An SVG file may hold scripts, and mail programs do not show it. Export it as PNG with a transparent "
        "background, at least 320 pixels high"
    ),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG without metadata. `inks` are its main colours, `#rrggbb`, the most frequent first."""

    png: bytes
    width: int
    height: int
    inks: tuple[str, ...]


def redrawn(data: bytes, *, max_width: int, max_height: int) -> Picture:
    """The picture in `data` (PNG, JPEG or WebP) without its empty margins, made to fit; never larger than it was.

    Raises InvalidError that says what to send instead.
    """
    drawn = decoded(data, LOGO)
    box = drawn.getchannel("A").getbbox()
    if box is None:
        raise InvalidError(_("The picture is transparent all over, so nothing of it would show"))
    drawn = drawn.crop(box)
    drawn.thumbnail((max_width, max_height))
    inks = _inks(drawn)
    return Picture(_png(drawn), drawn.width, drawn.height, inks)


def _kind(data: bytes, advice: Advice) -> ImageKind:
    if len(data) > advice.max_bytes:
        raise InvalidError(advice.too_many_bytes)
    if kind := image_files.kind_of(data):
        return kind
    if _SVG.search(data[:_LOOKED_AT]):
        raise InvalidError(advice.svg)
    raise InvalidError(image_files.NO_PICTURE)


def decoded(data: bytes, advice: Advice, *, near: int | None = None) -> "Image":
    """RGBA, upright. The header is read first: a picture that is too large is never unpacked.

    With `near` a JPEG is unpacked no larger than it has to be for so many pixels a side. Raises InvalidError that says
    what to send instead.
    """
    from PIL import ImageOps

    kind = _kind(data, advice)
    try:
        found = image_files.opened(data, kind)
        if min(found.size) < MIN_SIDE:
            raise InvalidError(_("The picture is less than %(count)s pixels wide or high", count=MIN_SIDE))
        if near and kind.name == "JPEG":
            found.draft("RGB", (near, near))
        else:
            image_files.check_unpacked(found)
        if getattr(found, "is_animated", False):
            raise InvalidError(image_files.ANIMATED)
        return ImageOps.exif_transpose(found).convert("RGBA")
    except TooManyPixelsError:
        raise InvalidError(advice.too_many_pixels) from None
    except image_files.DAMAGE:
        raise InvalidError(image_files.UNREADABLE) from None


def _png(drawn: "Image") -> bytes:
    """On a canvas of its own: what the file said besides its pixels (place, camera, comments) is left behind."""
    from PIL import Image

    # Tested control: picture-metadata
    canvas = Image.new("RGBA", drawn.size)
    canvas.paste(drawn)
    is_opaque = canvas.getchannel("A").getextrema() == (255, 255)
    out = BytesIO()
    (canvas.convert("RGB") if is_opaque else canvas).save(out, "PNG", optimize=True)
    return out.getvalue()


def _inks(drawn: "Image") -> tuple[str, ...]:
    """Pixels of about the same colour are counted together, and stand for their mean."""
    sample = drawn.copy()
    sample.thumbnail((_SAMPLE, _SAMPLE))
    raw = sample.tobytes()
    pixels = [raw[at : at + 4] for at in range(0, len(raw), 4)]
    inked = [pixel for pixel in pixels if pixel[3] >= _OPAQUE] or pixels
    groups: dict[tuple[int, ...], list[bytes]] = {}
    for pixel in inked:
        groups.setdefault(tuple(channel >> 6 for channel in pixel[:3]), []).append(pixel)
    counts = Counter({group: len(members) for group, members in groups.items()})
    main = [group for group, count in counts.most_common() if count * _SHARE >= len(inked)]
    return tuple(_mean(groups[group]) for group in main[:8]) or (_mean(inked),)


def _mean(pixels: list[bytes]) -> str:
    return "#" + "".join(f"{round(sum(pixel[n] for pixel in pixels) / len(pixels)):02x}" for n in range(3))
