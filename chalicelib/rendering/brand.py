"""A dealer's colours and fonts as one small stylesheet, and its logo. Text on a colour always has at least 4.5:1."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Protocol
from urllib.parse import quote

COLOUR = re.compile(r"#[0-9a-f]{6}")
DEFAULT_NAV = "#10302a"
DEFAULT_BUTTON = "#0f6b55"
_LINEAR_LIMIT = 0.03928
MIN_CONTRAST = 4.5
"""What WCAG 2.2 AA asks of text: https://www.w3.org/TR/WCAG22/#contrast-minimum."""
INTER = "inter"
ROOT = ":root"
_FALLBACK = 'system-ui,"Segoe UI",Roboto,Arial,sans-serif'
FONTS: Mapping[str, str] = {
    INTER: f"Inter,{_FALLBACK}",
    "figtree": f"Figtree,Inter,{_FALLBACK}",
    "source-serif": '"Source Serif 4",Georgia,"Times New Roman",serif',
    "system": _FALLBACK,
}
"""CSS families by name. Letters that Figtree lacks come from Inter, which a browser fetches only for them."""
_GRAPHICS = 3
_SEEN = 1.3


class Look(Protocol):
    """What of a brand its stylesheet shows. Text without a colour of its own is black or white; no font is Inter."""

    def __hash__(self) -> int: ...
    @property
    def nav_bg(self) -> str: ...
    @property
    def nav_fg(self) -> str | None: ...
    @property
    def btn_bg(self) -> str: ...
    @property
    def btn_fg(self) -> str | None: ...
    @property
    def font_head(self) -> str | None: ...
    @property
    def font_body(self) -> str | None: ...


def colour(text: str) -> str:
    """`#RRGGBB` in lower case. Raises ValueError for anything else, so that no other text reaches a stylesheet."""
    value = text.strip().lower()
    if not COLOUR.fullmatch(value):
        msg = f"not a colour: {text!r}"
        raise ValueError(msg)
    return value


def luminance(background: str) -> float:
    """Relative luminance of WCAG 2.2, 0 (black) to 1 (white)."""
    channels = (int(background[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= _LINEAR_LIMIT else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def text_colour(background: str) -> str:
    """`#000000` or `#ffffff`, whichever contrasts more with `background`."""
    return max(("#000000", "#ffffff"), key=lambda text: contrast(text, background))


def readable_text(background: str, wanted: str | None = None) -> str:
    """`wanted` where it can be read on `background`; else, or where nothing is wanted, black or white."""
    # Tested control: brand-text-readable
    if wanted and contrast(wanted, background) >= MIN_CONTRAST:
        return wanted
    return text_colour(background)


def brand_css(look: Look, *, selector: str = ROOT) -> str:
    """The stylesheet of a brand, after theme.css. Raises ValueError for what is not a colour, KeyError for no font."""
    nav, button = colour(look.nav_bg), colour(look.btn_bg)
    nav_text, button_text = (wanted and colour(wanted) for wanted in (look.nav_fg, look.btn_fg))
    values = {
        "nav-bg": nav,
        "nav-fg": readable_text(nav, nav_text),
        "btn-bg": button,
        "btn-fg": readable_text(button, button_text),
    }
    head, body = FONTS[look.font_head or INTER], FONTS[look.font_body or INTER]
    is_part = selector != ROOT  # within a page that may have other fonts
    if is_part or body != FONTS[INTER]:
        values["font-body"] = body
    if is_part or head != body:
        values["font-head"] = head
    return f"{selector}{{{';'.join(f'--cc-{name}:{value}' for name, value in values.items())}}}\n"


def needs_plate(inks: Iterable[str], background: str) -> bool:
    """Whether a logo of these colours would vanish on `background` in part or whole, and shows better on white.

    3:1 is what WCAG 2.2 asks of graphics.
    """
    own = tuple(inks)
    here, on_white = (min(contrast(ink, ground) for ink in own) for ground in (background, "#ffffff"))
    return here < _GRAPHICS and on_white > here


def shows_on_paper(inks: Iterable[str]) -> bool:
    """Whether anything of a logo of these colours is seen on white paper."""
    return any(contrast(ink, "#ffffff") >= _SEEN for ink in inks)


@lru_cache(256)
def brand_version(look: Look) -> str:
    """Changes when the brand's stylesheet changes, so that its address can be cached."""
    return sha256(brand_css(look).encode()).hexdigest()[:10]


def brand_address(slug: str, look: Look) -> str:
    """Where the stylesheet of the dealer at `slug` is, in the portal, at a version that can be cached."""
    return f"/d/{slug}/brand.css?v={brand_version(look)}"


def frame_class(slug: str) -> str:
    """The class of a part of a page that stands for the dealer at `slug`, among parts of other dealers."""
    return f"brand-{slug}"


def frame_css(slug: str, look: Look) -> str:
    """The same colours and fonts for such parts alone."""
    return brand_css(look, selector=f".{frame_class(slug)}")


def frame_address(slug: str, look: Look) -> str:
    """Where that stylesheet is."""
    return f"/d/{slug}/frame.css?v={brand_version(look)}"


def icon_address(name: str, look: Look) -> str:
    """The icon of a browser's tab for a dealer without a square logo: its first letter in the bar's colours.

    In the page, since a browser would ask for a file of its own with each of them.
    """
    letter = next((character for character in name.upper() if character.isalnum()), "")
    text = readable_text(look.nav_bg, look.nav_fg)
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" rx="7" fill="{colour(look.nav_bg)}"/>'
        '<text x="16" y="23" text-anchor="middle" font-family="Arial,sans-serif" font-size="20" font-weight="700" '
        f'fill="{text}">{letter}</text></svg>'
    )
    return f"data:image/svg+xml,{quote(svg)}"


def logo_address(slug: str, version: str) -> str:
    """Where the logo of the dealer at `slug` is, in the portal. The version is in it, so that it can be cached."""
    return f"/d/{slug}/logo.png?v={version}"


def fitted(width: int, height: int, *, into: tuple[int, int]) -> tuple[int, int]:
    """Width and height of a picture that is scaled to fit, at least 1 each."""
    scale = min(into[0] / width, into[1] / height)
    return max(1, round(width * scale)), max(1, round(height * scale))
