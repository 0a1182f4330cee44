"""A landing page as its template shows it: for everybody, and for the admin who is choosing it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from chalicelib.dealers.landing.model import TILES, Landing, Slot, SlotContent, SlotPicture, branded
from chalicelib.dealers.model import Dealer, PublicDealer
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.rendering.brand import brand_version, readable_text

PART_LABELS: dict[str, LazyText] = {
    "header": lazy_gettext("Header Colour"),
    "button": lazy_gettext("Log In Button Colour"),
    "banner": lazy_gettext("Banner"),
    "first": lazy_gettext("Picture 1"),
    "second": lazy_gettext("Picture 2"),
    "third": lazy_gettext("Picture 3"),
    "title": lazy_gettext("Title"),
    "description": lazy_gettext("Description"),
    "share": lazy_gettext("Preview picture"),
}
"""What the parts of a landing page are called."""

AddressOf = Callable[[SlotPicture, str], str]
"""Where a file of a picture is, by its name."""


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A slot with its picture. `srcset` leaves the choice of a size to the browser."""

    src: str
    srcset: str
    width: int
    height: int
    words: str
    link: str
    side: str


@dataclass(frozen=True, slots=True)
class SharedPicture:
    """The picture that other programs show with a link to the page."""

    address: str
    width: int
    height: int
    words: str


@dataclass(frozen=True, slots=True)
class LandingView:
    """`address` is the page's own, in full."""

    title: str
    description: str
    address: str
    stylesheet: str
    banner: ShownPicture | None
    tiles: tuple[ShownPicture, ...]
    shared: SharedPicture | None


def landing_address(base_url: str, slug: str) -> str:
    """Where the page is, for everybody, in full."""
    return f"{base_url}/d/{slug}"


def stylesheet_address(dealer: Dealer | PublicDealer, landing: Landing) -> str:
    """Where its colours are, at a version that can be cached."""
    return f"/d/{dealer.slug}/landing.css?v={brand_version(branded(dealer.brand, landing))}"


def public_files(slug: str) -> AddressOf:
    """Where pictures are that everybody sees."""
    return lambda _picture, name: f"/d/{slug}/landing/{name}"


def usual_title(dealer: Dealer | PublicDealer) -> str:
    """Where the dealer has chosen none."""
    return _("Your account with %(dealer)s", dealer=dealer.name)


def usual_description() -> str:
    """Likewise."""
    return _("See, print and download your invoices whenever you need them.")


def landing_view(
    dealer: Dealer | PublicDealer, landing: Landing, *, base_url: str, stylesheet: str, address_of: AddressOf
) -> LandingView:
    """The page of this dealer."""
    shared = landing.shared_picture
    words = landing.slot(landing.share).words if landing.share else ""
    tiles = [_shown(landing.slot(slot), address_of) for slot in TILES]
    return LandingView(
        title=landing.title or usual_title(dealer),
        description=landing.description or usual_description(),
        address=landing_address(base_url, dealer.slug),
        stylesheet=stylesheet,
        banner=_shown(landing.slot(Slot.BANNER), address_of),
        tiles=tuple(tile for tile in tiles if tile),
        shared=SharedPicture(
            f"{base_url}{address_of(shared, shared.share_name)}", shared.share_width, shared.share_height, words
        )
        if shared
        else None,
    )


def page_context(dealer: Dealer | PublicDealer, landing: Landing, view: LandingView, preview: Any) -> dict[str, Any]:
    """What the template is given. `preview`: of a page that is not saved yet."""
    return {"dealer": replace(dealer, brand=branded(dealer.brand, landing)), "landing": view, "preview": preview}


def _shown(content: SlotContent, address_of: AddressOf) -> ShownPicture | None:
    picture = content.picture
    if picture is None:
        return None
    addresses = [(address_of(picture, picture.file_name(one)), one.width) for one in picture.files]
    return ShownPicture(
        src=addresses[0][0],
        srcset=", ".join(f"{address} {width}w" for address, width in addresses),
        width=picture.widest.width,
        height=picture.widest.height,
        words=content.words,
        link=content.link,
        side=content.side,
    )


def button_html(dealer: Dealer, landing: Landing, address: str) -> str:
    """A link that looks like a button on a page of the dealer's own, whatever styles that has."""
    brand = branded(dealer.brand, landing)
    text = readable_text(brand.btn_bg, brand.btn_fg)
    style = (
        f"display:inline-block;padding:12px 20px;border-radius:6px;background:{brand.btn_bg};color:{text};"
        "font:600 16px/1.25 sans-serif;text-decoration:none"
    )
    words = _("Your account")
    return f'<a href="{escape(address)}" style="{style}">{escape(words)}</a>'
