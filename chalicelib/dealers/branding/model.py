"""A look that is being chosen. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from hashlib import sha256

from chalicelib.dealers.model import Brand
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.rendering.brand import DEFAULT_BUTTON, DEFAULT_NAV, readable_text

KEPT = timedelta(days=30)
"""A draft that its admin leaves alone."""
CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Theme:
    """A ready-made look: colours and fonts. It has no logo of its own."""

    name: str
    label: LazyText
    brand: Brand


PINE = Theme("pine", lazy_gettext("Pine"), Brand(nav_bg=DEFAULT_NAV, btn_bg=DEFAULT_BUTTON))
"""The portal's own colours."""
THEMES = (
    PINE,
    Theme("ink", lazy_gettext("Ink"), Brand(nav_bg="#0b0b0c", btn_bg="#0b0b0c", font_head="source-serif")),
    Theme("lake", lazy_gettext("Lake"), Brand(nav_bg="#16324f", btn_bg="#1f5fa8")),
    Theme(
        "harvest",
        lazy_gettext("Harvest"),
        Brand(nav_bg="#ffd400", btn_bg="#0b0b0c", font_head="figtree", font_body="figtree"),
    ),
    Theme("brick", lazy_gettext("Brick"), Brand(nav_bg="#8c2318", btn_bg="#8c2318")),
    Theme("plum", lazy_gettext("Plum"), Brand(nav_bg="#4d2a5e", btn_bg="#7a2e52", font_head="figtree")),
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


def themed(brand: Brand, name: str) -> Brand:
    """The brand in a theme's colours and fonts, with its own logo; as it is where there is no such theme."""
    theme = _BY_NAME.get(name)
    return replace(theme.brand, logo=brand.logo) if theme else brand


def theme_of(brand: Brand) -> str:
    """The name of the theme that looks like it, or CUSTOM."""
    own = _seen(brand)
    return next((theme.name for theme in THEMES if _seen(theme.brand) == own), CUSTOM)


def fingerprint(brand: Brand) -> str:
    """Names this look: another one has another name."""
    return sha256(repr(brand).encode()).hexdigest()[:16]


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
