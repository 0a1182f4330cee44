"""A look for the page on which it is chosen: the fields as they are shown, and what was measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import NamedTuple

from chalicelib.dealers.appearance import Brand
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.rendering.brand import INTER, contrast, readable_text
from chalicelib.rendering.format import Formats

FONT_LABELS: Mapping[str, LazyText] = {
    INTER: lazy_gettext("Inter"),
    "figtree": lazy_gettext("Figtree"),
    "source-serif": lazy_gettext("Source Serif 4"),
    "system": lazy_gettext("The device's own"),
}
COLOUR_LABELS: Mapping[str, LazyText] = {
    "nav_bg": lazy_gettext("Navigation Bar Colour"),
    "nav_fg": lazy_gettext("Text Colour"),
    "btn_bg": lazy_gettext("Button Colour"),
    "btn_fg": lazy_gettext("Button Text Colour"),
}
FIELD_LABELS: Mapping[str, LazyText] = {
    **COLOUR_LABELS,
    "font_head": lazy_gettext("Font of headings"),
    "font_body": lazy_gettext("Font of text"),
    "logo": lazy_gettext("Logo"),
}
"""What the fields of a brand are called."""
_GROUND = {"nav_fg": "nav_bg", "btn_fg": "btn_bg"}
_NAMES = {"#000000": lazy_gettext("Black"), "#ffffff": lazy_gettext("White")}


class Measured(NamedTuple):
    """What customers see of a text, with its contrast; `passes` is false where another colour stands in."""

    text: str
    passes: bool


@dataclass(frozen=True, slots=True)
class ColourField:
    """`value` is what its text field shows, empty where it is chosen by itself; `picked` what its picker shows."""

    name: str
    label: str
    value: str
    picked: str
    is_text: bool
    error: str = ""


def colour_fields(brand: Brand, entered: Mapping[str, str], errors: Mapping[str, str]) -> list[ColourField]:
    """The four colours in their order. `entered` is what the reader typed, where it could not be used."""
    return [
        ColourField(
            name,
            str(label),
            entered.get(name, getattr(brand, name) or "") if name in errors else getattr(brand, name) or "",
            shown_colour(brand, name),
            name in _GROUND,
            errors.get(name, ""),
        )
        for name, label in COLOUR_LABELS.items()
    ]


def shown_colour(brand: Brand, name: str) -> str:
    """The colour that customers see: of a text the one that can be read."""
    own: str | None = getattr(brand, name)
    return readable_text(getattr(brand, _GROUND[name]), own) if name in _GROUND else own or ""


def measured(brand: Brand, fmt: Formats) -> tuple[Measured, Measured]:
    """The text on the bar, and that on buttons."""
    return (
        _measured(_("Navigation bar"), brand.nav_bg, brand.nav_fg, fmt),
        _measured(_("Buttons"), brand.btn_bg, brand.btn_fg, fmt),
    )


def _measured(where: str, ground: str, wanted: str | None, fmt: Formats) -> Measured:
    text = readable_text(ground, wanted)
    shown = _("%(colour)s text, %(ratio)s:1", colour=_NAMES.get(text, text), ratio=_ratio(text, ground, fmt))
    if wanted is None or text == wanted:
        return Measured(_("%(where)s: %(shown)s", where=where, shown=shown), passes=True)
    return Measured(
        _(
            "%(where)s: %(wanted)s has only %(ratio)s:1 on it. Customers see: %(shown)s",
            where=where,
            wanted=_NAMES.get(wanted, wanted),
            ratio=_ratio(wanted, ground, fmt),
            shown=shown,
        ),
        passes=False,
    )


def _ratio(text: str, ground: str, fmt: Formats) -> str:
    """Rounded down: what is below the limit never reads as if it were not."""
    return fmt.number(Decimal(contrast(text, ground)).quantize(Decimal("0.1"), ROUND_DOWN), 1)
