"""Profiles of dealers for tests."""

from typing import Any

from chalicelib.dealers.model import Profile
from chalicelib.kernel.ids import Ids


def a_profile(ids: Ids, **fields: Any) -> Profile:
    """A dealer of the shires with an address and code that no other test has."""
    slug = f"moorbeck-{ids.dealer_id()}"
    values: dict[str, Any] = {
        "slug": slug,
        "code": slug.upper(),
        "name": "Moorbeck Machinery Ltd",
        "contact_email": "maria@moorbeck.example",
        "address": ("Beck Lane", "Castleton", "WHITBY YO21 6XX"),
    }
    return Profile(**values | fields)
