"""Pictures for tests, good and hostile."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

SIGNATURE = b"\x89PNG\r\n\x1a\n"
PLACE = b"51 deg 30 N"


def a_mark(ink: str = "#e08a2a", *, size: tuple[int, int] = (200, 160), margin: int = 20) -> Image.Image:
    """A disc of one colour on nothing."""
    drawn = Image.new("RGBA", size)
    ImageDraw.Draw(drawn).ellipse((margin, margin, size[0] - margin - 1, size[1] - margin - 1), fill=ink)
    return drawn


def file_of(drawn: Image.Image, kind: str = "PNG", **how: Any) -> bytes:
    out = BytesIO()
    drawn.save(out, kind, **how)
    return out.getvalue()


def a_png(ink: str = "#e08a2a", **how: Any) -> bytes:
    return file_of(a_mark(ink, **how))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width: int, height: int) -> bytes:
    """A PNG that is small and says it is huge."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return SIGNATURE + head + chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")


def a_photo() -> bytes:
    """A JPEG that says where it was taken, and that it lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right to see it upright
    exif[0x010F] = "Camera of Jo"
    exif.get_ifd(0x8825)[29] = PLACE.decode()
    drawn = Image.new("RGB", (120, 60), "#204080")
    return file_of(drawn, "JPEG", exif=exif, comment=b"Jo was here", icc_profile=b"profile of Jo")
