"""A landing page that is being chosen, or is public. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass as plain_dataclass
from dataclasses import field, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple, Self
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from chalicelib.dealers.appearance import Brand, Colour
from chalicelib.dealers.drafts import model as drafts
from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.i18n import gettext as _

MAX_WORDS, MAX_LINK, MAX_TITLE, MAX_DESCRIPTION = 120, 300, 70, 200
"""Characters. Search engines and chat programs show about so much of a title and a description."""
MAX_PICTURE_BYTES = 10_000_000
"""Of a file that is sent: what a camera makes."""
STILL_ASKED_FOR = timedelta(hours=1)
"""Of a picture that was replaced: a page is kept by caches for a minute, and open in a browser for longer."""
PAGE_BYTES = 300_000
"""What the page may weigh at first sight, pictures included."""
PICTURE_FILE = re.compile(r"(0[0-9A-HJKMNP-TV-Z]{25})-[0-9a-f]{16}-(?:[1-9][0-9]{2,3}\.webp|share\.jpg)", re.ASCII)
"""The name of a picture's file: the picture's id, a hash of its content, and which of its sizes it is."""
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]", re.ASCII)
_STRICT = ConfigDict(defer_build=True, hide_input_in_errors=True, extra="forbid")

Side = Literal["left", "middle", "right"]
Words = Annotated[str, Field(max_length=MAX_WORDS)]


class Slot(StrEnum):
    """Where a picture stands: the banner, and three smaller ones below it."""

    BANNER = "banner"
    FIRST = "first"
    SECOND = "second"
    THIRD = "third"


TILES = (Slot.FIRST, Slot.SECOND, Slot.THIRD)


class Frame(NamedTuple):
    """The size of a slot in pixels, the widths that are made of a picture, the least that it must have, and a limit.

    The widest file has at most `most_bytes`, so that the page keeps PAGE_BYTES whatever is uploaded.
    """

    width: int
    height: int
    widths: tuple[int, ...]
    least_width: int
    most_bytes: int


BANNER_FRAME = Frame(1911, 411, (640, 960, 1280, 1911), 640, 72_000)
TILE_FRAME = Frame(600, 360, (300, 600), 300, 22_000)


def frame_of(slot: Slot) -> Frame:
    """The banner has one of its own."""
    return BANNER_FRAME if slot is Slot.BANNER else TILE_FRAME


@dataclass(frozen=True, slots=True, config=_STRICT)
class PictureFile:
    """One size of a picture, a WebP."""

    width: Annotated[int, Field(ge=100, le=9999)]
    height: Annotated[int, Field(ge=1, le=9999)]
    bytes: Annotated[int, Field(ge=1)]


@dataclass(frozen=True, slots=True, config=_STRICT)
class SlotPicture:
    """A picture in the sizes that pages ask for, the narrowest first, and the size of the JPEG for sharing.

    `digest` is a hash of all its files. What is public has an id of its own, which no draft has had.
    """

    picture_id: Annotated[str, Field(pattern=r"^0[0-9A-HJKMNP-TV-Z]{25}$")]
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    files: Annotated[tuple[PictureFile, ...], Field(min_length=1, max_length=8)]
    share_width: Annotated[int, Field(ge=1, le=9999)]
    share_height: Annotated[int, Field(ge=1, le=9999)]

    @property
    def widest(self) -> PictureFile:
        """The largest of its files."""
        return self.files[-1]

    def file_name(self, one: PictureFile) -> str:
        """What one size of it is called."""
        return f"{self.picture_id}-{self.digest}-{one.width}.webp"

    @property
    def share_name(self) -> str:
        """What the JPEG for sharing is called."""
        return f"{self.picture_id}-{self.digest}-share.jpg"

    @property
    def names(self) -> tuple[str, ...]:
        """All its files."""
        return (*(self.file_name(one) for one in self.files), self.share_name)


@dataclass(frozen=True, slots=True, config=_STRICT)
class SlotContent:
    """`words` are said to people who do not see the picture; below a smaller picture everybody reads them.

    `side` is what a phone keeps of a banner.
    """

    picture: SlotPicture | None = None
    words: Words = ""
    link: Annotated[str, Field(pattern=r"^(https://\S+)?$", max_length=MAX_LINK)] = ""
    side: Side = "middle"


@dataclass(frozen=True, slots=True, config=_STRICT)
class Landing:
    """What an admin has chosen. A colour that is None is the portal's; an empty title or description the usual one.

    `share` names the slot whose picture stands for the page where it is shared.
    """

    header: Colour | None = None
    button: Colour | None = None
    banner: SlotContent = field(default_factory=SlotContent)
    first: SlotContent = field(default_factory=SlotContent)
    second: SlotContent = field(default_factory=SlotContent)
    third: SlotContent = field(default_factory=SlotContent)
    title: Annotated[str, Field(max_length=MAX_TITLE)] = ""
    description: Annotated[str, Field(max_length=MAX_DESCRIPTION)] = ""
    share: Slot | None = Slot.BANNER

    def slot(self, slot: Slot) -> SlotContent:
        """What stands there."""
        found: SlotContent = getattr(self, slot.value)
        return found

    def with_slot(self, slot: Slot, content: SlotContent) -> Self:
        """The same with something else there."""
        changed: dict[str, Any] = {slot.value: content}
        return replace(self, **changed)

    @property
    def pictures(self) -> dict[Slot, SlotPicture]:
        """Those that there are."""
        found = {slot: self.slot(slot).picture for slot in Slot}
        return {slot: picture for slot, picture in found.items() if picture}

    @property
    def shared_picture(self) -> SlotPicture | None:
        """What stands for the page where it is shared."""
        return self.slot(self.share).picture if self.share else None


class Draft(NamedTuple):
    """What an admin has chosen and not saved. `base` names what was public when it was begun (`fingerprint`)."""

    landing: Landing
    base: str


@plain_dataclass(frozen=True, slots=True)
class Published:
    """What was saved last; not `is_shown` where the dealer has taken the page down.

    `retired`: when pictures were last named, by id, for those that a page which somebody still holds may ask for.
    """

    landing: Landing
    is_shown: bool
    saved_at: datetime
    retired: Mapping[str, datetime]

    def shows_picture(self, picture_id: str, now: datetime) -> bool:
        """Whether anybody may see it: of a page that is shown, or was replaced within STILL_ASKED_FOR."""
        named = {picture.picture_id for picture in self.landing.pictures.values()}
        still = {picture for picture, at in self.retired.items() if now - at < STILL_ASKED_FOR}
        return self.is_shown and picture_id in named | still


def fingerprint(found: Published | None) -> str:
    """Names what is public: anything else has another name."""
    return drafts.fingerprint((found.landing, found.is_shown) if found else None)


def branded(brand: Brand, landing: Landing) -> Brand:
    """The portal's look in the colours of the landing page. The text on a colour of its own is black or white."""
    if landing.header:
        brand = replace(brand, nav_bg=landing.header, nav_fg=None)
    return replace(brand, btn_bg=landing.button, btn_fg=None) if landing.button else brand


def changed_parts(before: Landing, after: Landing) -> list[str]:
    """The names of the fields that differ."""
    return [one.name for one in fields(Landing) if getattr(before, one.name) != getattr(after, one.name)]


def without_words(landing: Landing) -> list[Slot]:
    """Slots whose picture nobody could know who does not see it."""
    return [slot for slot in landing.pictures if not landing.slot(slot).words]


def picture_bytes(landing: Landing) -> int:
    """What the pictures weigh for a reader with a large and sharp screen, the most that anybody fetches."""
    return sum(picture.widest.bytes for picture in landing.pictures.values())


def checked_link(typed: str) -> str:
    """A web address that begins with https://, or nothing. Raises InvalidError that says what to enter instead.

    Browsers read a backslash as a slash and drop line breaks, so that what is checked would not be what is opened.
    """
    text = typed.strip()
    if not text:
        return ""
    if len(text) > MAX_LINK:
        raise InvalidError(_("Shorten the address to %(most)s characters", most=MAX_LINK))
    # Tested control: landing-link-https
    if not text.isascii() or not text.isprintable() or set(text) & set(' \\"<>`{}|^'):
        raise _no_link()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _no_link() from None
    host = (parts.hostname or "").removesuffix(".")
    if parts.scheme != "https" or not _HOST.fullmatch(host) or port == 0:
        raise _no_link()
    if "@" in parts.netloc:
        raise InvalidError(_("Leave out the user name and the password: everybody could read them"))
    return text


def _no_link() -> InvalidError:
    return InvalidError(_("Enter a web address that begins with https://, such as https://www.example.com/offers"))
