"""Pictures as files that somebody has sent: what they are by their content, and opened with no pixel unpacked.

Pillow is loaded by the call that needs it.
"""

import re
import struct
import warnings
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.i18n import lazy_gettext

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 40_000_000
"""What a phone of today takes, and 120 MB while it is drawn."""
MAX_PIXELS_UNPACKED = 12_000_000
"""Of what is unpacked whole and then held a few times, at four bytes a pixel."""
DAMAGE = (OSError, ValueError, SyntaxError, IndexError, TypeError, OverflowError, struct.error)
"""What Pillow's decoders raise for files that are cut off or made up."""

NO_PICTURE = lazy_gettext("The file is not a PNG, JPEG or WebP picture, whatever its name says. Send one of these")
TOO_LARGE_UNPACKED = lazy_gettext("The picture has more than 12 megapixels. Save it smaller, or as a JPEG")
ANIMATED = lazy_gettext("The picture is animated. Send one that stands still")
UNREADABLE = lazy_gettext("The picture cannot be read: the file is damaged or cut off. Save it again")


class ImageKind(NamedTuple):
    """A kind of picture that can be drawn anew: Pillow's name of it, and HTTP's."""

    name: str
    media_type: str


_SIGNATURES = (
    (ImageKind("PNG", "image/png"), re.compile(rb"\x89PNG\r\n\x1a\n")),
    (ImageKind("JPEG", "image/jpeg"), re.compile(rb"\xff\xd8\xff")),
    (ImageKind("WEBP", "image/webp"), re.compile(rb"RIFF....WEBP", re.DOTALL)),
)


class TooManyPixelsError(Exception):
    """The picture is too large to be opened."""


def kind_of(data: bytes) -> ImageKind | None:
    """None for what does not begin as a PNG, JPEG or WebP, whatever its name says."""
    # Tested control: picture-type-by-content
    return next((kind for kind, begins in _SIGNATURES if begins.match(data)), None)


def opened(data: bytes, kind: ImageKind) -> "Image":
    """The picture, of which only the header has been read. Raises TooManyPixelsError, and DAMAGE."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            found = Image.open(BytesIO(data), formats=(kind.name,))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):  # Pillow's own limit, a few times ours
        raise TooManyPixelsError from None
    # Tested control: picture-pixels-bounded
    if found.width * found.height > MAX_PIXELS:
        raise TooManyPixelsError
    return found


def check_unpacked(picture: "Image") -> None:
    """Of one that has to be unpacked whole, as each PNG and WebP: a JPEG is shrunk while it is read.

    Raises InvalidError.
    """
    # Tested control: picture-memory
    if picture.width * picture.height > MAX_PIXELS_UNPACKED:
        raise InvalidError(TOO_LARGE_UNPACKED)
