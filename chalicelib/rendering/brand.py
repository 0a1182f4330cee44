"""A dealer's colours as one small stylesheet, and its logo. Text on them is black or white, always at least 4.58:1."""

import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256

COLOUR = re.compile(r"#[0-9a-f]{6}")
DEFAULT_NAV = "#10302a"
DEFAULT_BUTTON = "#0f6b55"
_LINEAR_LIMIT = 0.03928
_GRAPHICS = 3
_SEEN = 1.3


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


def brand_css(*, nav: str, button: str) -> str:
    """The stylesheet of a brand, after theme.css. Raises ValueError for what is not a colour."""
    nav, button = colour(nav), colour(button)
    return (
        f":root{{--cc-nav-bg:{nav};--cc-nav-fg:{text_colour(nav)};"
        f"--cc-btn-bg:{button};--cc-btn-fg:{text_colour(button)}}}\n"
    )


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
def brand_version(*, nav: str, button: str) -> str:
    """Changes when the brand's stylesheet changes, so that its address can be cached."""
    return sha256(brand_css(nav=nav, button=button).encode()).hexdigest()[:10]


def logo_address(slug: str, version: str) -> str:
    """Where the logo of the dealer at `slug` is, in the portal. The version is in it, so that it can be cached."""
    return f"/d/{slug}/logo.png?v={version}"


def fitted(width: int, height: int, *, into: tuple[int, int]) -> tuple[int, int]:
    """Width and height of a picture that is scaled to fit, at least 1 each."""
    scale = min(into[0] / width, into[1] / height)
    return max(1, round(width * scale)), max(1, round(height * scale))
