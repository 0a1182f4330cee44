"""Pictures for places of one size: the part that was chosen, drawn anew in a few widths, each of a bounded weight.

Pillow is loaded by the call that needs it, as in `pictures`.
"""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple, Protocol

from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.rendering import image_files
from chalicelib.rendering.image_files import ImageKind, TooManyPixelsError

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_ZOOM = 400
SHARE = 1200, 630
"""What chat programs and social networks show: https://ogp.me."""
_SHARE_BYTES = 200_000
_ORIENTATION = 0x0112
_ON_ITS_SIDE = frozenset({5, 6, 7, 8})
_QUALITIES = (82, 64, 46, 28, 12)
_WHITE = (255, 255, 255)


class Frame(Protocol):
    """The place: its size, the widths that are made, the least width of what is cut out, and a limit of the widest."""

    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def widths(self) -> tuple[int, ...]: ...
    @property
    def least_width(self) -> int: ...
    @property
    def most_bytes(self) -> int: ...


class Head(NamedTuple):
    """What a file says of itself: its kind, and its size as people see it, upright."""

    kind: ImageKind
    width: int
    height: int


class Crop(NamedTuple):
    """The part that is shown: `zoom` in per cent, 100 for as much as fits; `across` and `down` from 0 to 100."""

    zoom: int = 100
    across: int = 50
    down: int = 50


class Size(NamedTuple):
    """One file of a picture."""

    data: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Cut:
    """WebPs, the narrowest first, and a JPEG for sharing. `digest` is a hash of all of them."""

    sizes: tuple[Size, ...]
    share: Size

    @property
    def digest(self) -> str:
        """16 hex digits."""
        return sha256(b"".join(one.data for one in (*self.sizes, self.share))).hexdigest()[:16]


def head_of(data: bytes, frame: Frame) -> Head:
    """The file's kind and size, by its content, with nothing unpacked. Raises InvalidError that says what to send."""
    kind = image_files.kind_of(data)
    if kind is None:
        raise InvalidError(image_files.NO_PICTURE)
    is_jpeg = kind.name == "JPEG"
    try:
        found = image_files.opened(data, kind)
        width, height = found.size
        # Tested control: landing-picture-memory
        if not is_jpeg:
            image_files.check_unpacked(found)
        # A telephone's JPEG may hold a second picture for brighter screens, and then counts as animated.
        if not is_jpeg and getattr(found, "is_animated", False):
            raise InvalidError(image_files.ANIMATED)
        if found.getexif().get(_ORIENTATION) in _ON_ITS_SIDE:
            width, height = height, width
    except TooManyPixelsError:
        raise InvalidError(_("The picture has more than 40 megapixels. Save it smaller")) from None
    except image_files.DAMAGE:
        raise InvalidError(image_files.UNREADABLE) from None
    box = crop_box((width, height), frame, Crop())
    if box[2] - box[0] < frame.least_width:
        raise _too_small(frame)
    return Head(kind, width, height)


def cut(data: bytes, frame: Frame, crop: Crop) -> Cut:
    """The part of the picture in `data` (PNG, JPEG or WebP) that `crop` names, in the widths of the frame.

    Never larger than it was. Raises InvalidError that says what to send, or to choose, instead.
    """
    head = head_of(data, frame)
    box = crop_box((head.width, head.height), frame, crop)
    if box[2] - box[0] < frame.least_width:
        raise InvalidError(_("So much larger, the picture would look blurred. Make it smaller"))
    drawn = _drawn(data, head, box, frame)
    widths = [width for width in frame.widths if width < drawn.width] + [min(drawn.width, frame.widths[-1])]
    most = frame.most_bytes
    sizes = tuple(_sized(drawn, width, frame, most * width // frame.widths[-1]) for width in dict.fromkeys(widths))
    return Cut(sizes, _share(drawn))


def crop_box(size: tuple[int, int], frame: Frame, crop: Crop) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the part with the frame's sides, in pixels of a picture of this size."""
    width, height = size
    zoom = min(max(crop.zoom, 100), MAX_ZOOM) / 100
    across, down = (min(max(at, 0), 100) / 100 for at in (crop.across, crop.down))
    scale = min(width / frame.width, height / frame.height) / zoom
    own_width, own_height = max(1, round(frame.width * scale)), max(1, round(frame.height * scale))
    left, top = round((width - own_width) * across), round((height - own_height) * down)
    return left, top, left + own_width, top + own_height


def _drawn(data: bytes, head: Head, box: tuple[int, int, int, int], frame: Frame) -> "Image":
    """The part inside `box`, upright, on a canvas that has never seen the file; what is transparent is white."""
    from PIL import Image, ImageOps

    try:
        with Image.open(BytesIO(data), formats=(head.kind.name,)) as opened:
            wanted = (frame.width, box[2] - box[0]), (SHARE[0], box[2] - box[0]), (SHARE[1], box[3] - box[1])
            enough = max(least / there for least, there in wanted)
            if enough < 1:  # a JPEG can be unpacked at a half, a quarter or an eighth
                opened.draft("RGB", (round(opened.width * enough), round(opened.height * enough)))
            upright = ImageOps.exif_transpose(opened)
            scale = upright.width / head.width
            part = upright.crop(tuple(round(at * scale) for at in box))  # type: ignore[arg-type]  # four of them
    except image_files.DAMAGE:
        raise InvalidError(image_files.UNREADABLE) from None
    canvas = Image.new("RGB", part.size, _WHITE)
    if part.has_transparency_data:
        layer = part.convert("RGBA")
        canvas.paste(layer.convert("RGB"), mask=layer.getchannel("A"))
    else:
        canvas.paste(part.convert("RGB"))
    return canvas


def _sized(drawn: "Image", width: int, frame: Frame, most_bytes: int) -> Size:
    from PIL.Image import Resampling

    height = max(1, round(width * frame.height / frame.width))
    made = drawn.resize((width, height), Resampling.LANCZOS, reducing_gap=3.0)
    return Size(_encoded(made, "WEBP", most_bytes), width, height)


def _share(drawn: "Image") -> Size:
    """The middle of it, with the sides that are shown."""
    from PIL.Image import Resampling

    scale = min(drawn.width / SHARE[0], drawn.height / SHARE[1])
    width, height = round(SHARE[0] * scale), round(SHARE[1] * scale)
    left, top = (drawn.width - width) // 2, (drawn.height - height) // 2
    part = drawn.crop((left, top, left + width, top + height))
    part.thumbnail(SHARE, Resampling.LANCZOS)
    return Size(_encoded(part, "JPEG", _SHARE_BYTES), part.width, part.height)


def _encoded(made: "Image", kind: str, most_bytes: int) -> bytes:
    """In the best quality that fits; where none does, as with noise, of a softer copy."""
    while True:
        for quality in _QUALITIES:
            out = BytesIO()
            made.save(out, kind, quality=quality)
            if out.tell() <= most_bytes:
                return out.getvalue()
        made = made.resize((max(1, made.width // 4), max(1, made.height // 4))).resize(made.size)


def _too_small(frame: Frame) -> InvalidError:
    return InvalidError(
        _(
            "The picture is too small: it would look blurred. Send one of at least %(width)s by %(height)s pixels",
            width=frame.least_width,
            height=round(frame.least_width * frame.height / frame.width),
        )
    )
