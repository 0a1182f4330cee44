"""Reads about how the portal looks, and will look."""

from dataclasses import replace
from datetime import datetime

from pydantic import TypeAdapter

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.appearance import Brand
from chalicelib.dealers.branding.model import Draft
from chalicelib.dealers.drafts import repo
from chalicelib.dealers.drafts.model import DraftKind, fingerprint
from chalicelib.kernel.schemas import adapter
from chalicelib.kernel.scopes import DealerScope

_BRAND: TypeAdapter[Brand] = adapter(Brand)


def live_brand(scope: DealerScope) -> Brand:
    """What customers see, as of now."""
    return dealers.dealer(scope, fresh=True).brand


def draft_or_live(scope: DealerScope, live: Brand, *, now: datetime) -> Draft:
    """The admin's draft, or one in which nothing is changed yet.

    Where it kept the logo that was live, and another has taken its place since, it is the new one.
    """
    stored = repo.draft(scope, DraftKind.LOOK, person_id=scope.person_id, now=now)
    if stored is None:
        return Draft(live, fingerprint(live))
    found = Draft(_BRAND.validate_json(stored.body), stored.base, stored.picture)
    logo = found.brand.logo
    if logo and found.picture is None and (live.logo is None or live.logo.version != logo.version):
        return replace(found, brand=replace(found.brand, logo=live.logo))
    return found
