"""What a dealer shows of itself: its logo and colours, its texts, its mails. Pure."""

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from chalicelib.kernel.schemas import STRICT_SETTINGS

COLOUR = r"^#[0-9a-f]{6}$"
EMAIL = r"^[^@\s]+@[^@\s]+$"
MAX_INTRODUCTION, MAX_PLACEHOLDER, MAX_FOOTER, MAX_STATEMENT = 600, 120, 300, 20_000
MAX_SENDER, MAX_INVITATION_TEXT, MAX_CLOSING = 60, 600, 300
"""Characters."""
LOGO_WIDTH, LOGO_HEIGHT = 480, 160
"""At most, in pixels: pages show it at a fifth of that, and screens may have three pixels for one."""

Colour = Annotated[str, Field(pattern=COLOUR)]
FontName = Literal["figtree", "source-serif", "system"]
"""The fonts besides Inter; their families are in `rendering.brand.FONTS`."""


@dataclass(frozen=True, slots=True, config=STRICT_SETTINGS)
class Logo:
    """A PNG in the dealer's public files. `version` is a hash of it, `inks` are its main colours.

    Where it `shows_name` it says the dealer's name in letters, so that pages need not write it beside.
    """

    version: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    width: Annotated[int, Field(ge=1, le=LOGO_WIDTH)]
    height: Annotated[int, Field(ge=1, le=LOGO_HEIGHT)]
    inks: Annotated[tuple[Colour, ...], Field(min_length=1, max_length=8)]
    shows_name: bool = False

    @property
    def is_square(self) -> bool:
        """About as high as it is wide, so that it fits the icon of a browser's tab."""
        return max(self.width, self.height) * 4 <= min(self.width, self.height) * 5


@dataclass(frozen=True, slots=True, config=STRICT_SETTINGS)
class Brand:
    """Four colours, `#rrggbb` in lower case: the bar and its text, the main button and its text. The logo, and fonts.

    A text's colour is a wish: where it could not be read, and where it is None, black or white stands in
    (`rendering.brand.readable_text`). A font that is None is Inter; older releases do not know the others.
    """

    nav_bg: Colour = "#1f3d2b"
    nav_fg: Colour | None = None
    btn_bg: Colour = "#1f6f43"
    btn_fg: Colour | None = None
    logo: Logo | None = None
    font_head: FontName | None = None
    font_body: FontName | None = None


@dataclass(frozen=True, slots=True, config=STRICT_SETTINGS)
class Texts:
    """What the dealer's admins write for its pages, as plain text; None: nothing, or the portal's own words.

    `introduction` is for the login page and the top of My Transactions, `placeholder` for where customers write to the
    dealer, `footer` for the foot of pages and mails. `privacy` and `terms` are long: here are hashes of them, which say
    that they are there (`chalicelib.dealers.wording`). `current_label` is what the youngest age is called.
    """

    introduction: Annotated[str, Field(min_length=1, max_length=MAX_INTRODUCTION)] | None = None
    placeholder: Annotated[str, Field(min_length=1, max_length=MAX_PLACEHOLDER)] | None = None
    footer: Annotated[str, Field(min_length=1, max_length=MAX_FOOTER)] | None = None
    privacy: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")] | None = None
    terms: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")] | None = None
    current_label: Literal["current_month"] | None = None


@dataclass(frozen=True, slots=True, config=STRICT_SETTINGS)
class MailSettings:
    """How the dealer's mails differ: who sends them, where answers go, what they say besides, and their colours.

    None: the dealer's name, the support email, nothing, and the colours of the portal. `look` has no logo and no fonts:
    the logo is the portal's, and mail programs have the fonts.
    """

    sender: Annotated[str, Field(min_length=1, max_length=MAX_SENDER)] | None = None
    reply_to: Annotated[str, Field(pattern=EMAIL, max_length=254)] | None = None
    invitation: Annotated[str, Field(min_length=1, max_length=MAX_INVITATION_TEXT)] | None = None
    closing: Annotated[str, Field(min_length=1, max_length=MAX_CLOSING)] | None = None
    look: Brand | None = None
