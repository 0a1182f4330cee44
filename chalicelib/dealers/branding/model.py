"""A look that is being chosen. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from pydantic import Base64Bytes

from chalicelib.dealers.appearance import Brand, FontName, Logo
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.rendering.brand import DEFAULT_BUTTON, DEFAULT_NAV, readable_text

CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Theme:
    """A ready-made look: colours and fonts. It has no logo of its own."""

    name: str
    label: LazyText
    nav_bg: str
    btn_bg: str
    font_head: FontName | None = None
    font_body: FontName | None = None

    @property
    def brand(self) -> Brand:
        """The look; made when it is asked for, since a process that starts builds no validators."""
        return Brand(nav_bg=self.nav_bg, btn_bg=self.btn_bg, font_head=self.font_head, font_body=self.font_body)


PINE = Theme("pine", lazy_gettext("Pine"), DEFAULT_NAV, DEFAULT_BUTTON)
"""The portal's own colours."""
THEMES = (
    PINE,
    Theme("ink", lazy_gettext("Ink"), "#0b0b0c", "#0b0b0c", "source-serif"),
    Theme("lake", lazy_gettext("Lake"), "#16324f", "#1f5fa8"),
    Theme("harvest", lazy_gettext("Harvest"), "#ffd400", "#0b0b0c", "figtree", "figtree"),
    Theme("brick", lazy_gettext("Brick"), "#8c2318", "#8c2318"),
    Theme("plum", lazy_gettext("Plum"), "#4d2a5e", "#7a2e52", "figtree"),
)
_BY_NAME: Mapping[str, Theme] = {theme.name: theme for theme in THEMES}


@dataclass(frozen=True, slots=True)
class Draft:
    """What an admin has chosen and not saved. `picture`: the PNG of its logo, where that is not the live one.

    `base` is the look that was live when it was begun.
    """

    brand: Brand
    base: str
    picture: bytes | None = None


@dataclass(frozen=True, slots=True)
class DrawnLogo:
    """A logo and its PNG, drawn of the upload that has this tag."""

    etag: str
    logo: Logo
    png: Base64Bytes


def themed(brand: Brand, name: str) -> Brand:
    """The brand in a theme's colours and fonts, with its own logo; as it is where there is no such theme."""
    theme = _BY_NAME.get(name)
    return replace(theme.brand, logo=brand.logo) if theme else brand


def theme_of(brand: Brand) -> str:
    """The name of the theme that looks like it, or CUSTOM."""
    own = _seen(brand)
    return next((theme.name for theme in THEMES if _seen(theme.brand) == own), CUSTOM)


def changes(before: Brand, after: Brand) -> dict[str, tuple[str, str]]:
    """What differs, by field: the values before and after. A logo is its version, with a star if it says the name."""
    pairs = {one.name: (_value(before, one.name), _value(after, one.name)) for one in fields(Brand)}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _seen(brand: Brand) -> tuple[str | None, ...]:
    texts = readable_text(brand.nav_bg, brand.nav_fg), readable_text(brand.btn_bg, brand.btn_fg)
    return brand.nav_bg, brand.btn_bg, *texts, brand.font_head, brand.font_body


def _value(brand: Brand, name: str) -> str:
    if name != "logo":
        return getattr(brand, name) or ""
    return f"{brand.logo.version}{'*' if brand.logo.shows_name else ''}" if brand.logo else ""
