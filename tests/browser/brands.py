"""Three brandings that pages are tried in: the default, and the two that are hardest to read."""

from datetime import datetime

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.appearance import Brand
from chalicelib.dealers.branding.model import PINE, Draft
from chalicelib.dealers.branding.operations import publish
from chalicelib.dealers.drafts.model import fingerprint
from chalicelib.kernel.ids import Ids
from tests.fixtures.cast import Dealership

BRANDS = {
    "default": PINE.brand,
    "yellow bar, white buttons": Brand(nav_bg="#ffff00", btn_bg="#ffffff", font_head="figtree", font_body="figtree"),
    "near-black": Brand(nav_bg="#0b0b0c", btn_bg="#0b0b0c", font_head="source-serif"),
}
OTHERS = tuple(brand for brand in BRANDS if brand != "default")
"""The default is what all other tests of pages see."""


def live(dealership: Dealership) -> Brand:
    """What everybody sees."""
    return dealers.dealer(dealership.scope, fresh=True).brand


def dress(dealership: Dealership, brand: Brand, *, now: datetime, ids: Ids) -> None:
    """Make it what everybody sees."""
    scope, seen = dealership.admin.staff_scope, fingerprint(live(dealership))
    publish(scope, Draft(brand, seen), seen=seen, now=now, ids=ids)
