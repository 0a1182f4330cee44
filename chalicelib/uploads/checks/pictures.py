"""Pictures are drawn anew, pixel by pixel: nothing of a file's own bytes, and no place or camera, goes on."""

from io import BytesIO

from PIL import Image, ImageOps

from chalicelib.uploads.model import Checked, FileType, Reason

MAX_PIXELS = 40_000_000
"""What a phone of today takes, and 120 MB while it is drawn."""

_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 88
_WHITE = (255, 255, 255)


def is_picture(data: bytes) -> bool:
    """Whether it begins as one of those that are taken."""
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def check(data: bytes) -> Checked:
    """A JPEG, or a PNG of one. Its size is read, and judged, before a pixel is. Raises what Pillow raises."""
    try:
        opened = Image.open(BytesIO(data), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):  # Pillow's own limit, a few times ours
        return Checked(reason=Reason.TOO_MANY_PIXELS)
    with opened:
        # Tested control: picture-pixels-bounded
        if opened.width * opened.height > MAX_PIXELS:
            return Checked(reason=Reason.TOO_MANY_PIXELS)
        is_png = opened.format == "PNG"
        drawn = _drawn(opened)
    out = BytesIO()
    if is_png:
        drawn.save(out, "PNG")
    else:
        drawn.save(out, "JPEG", quality=_QUALITY)
    return Checked(FileType.PNG if is_png else FileType.JPEG, out.getvalue())


def _drawn(opened: Image.Image) -> Image.Image:
    """The first frame, the right way up, on a canvas that has never seen the file; what is transparent is white."""
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
