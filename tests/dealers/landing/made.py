"""Landing pages for tests."""

from dataclasses import replace
from datetime import datetime
from functools import cache

from PIL import Image, ImageDraw

from chalicelib import settings
from chalicelib.dealers.landing import operations, queries
from chalicelib.dealers.landing.model import Landing, Slot, fingerprint
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import DealerScope
from chalicelib.rendering.slot_pictures import Crop
from chalicelib.store import blobs
from tests.rendering.pictures import file_of

LINK = "https://shop.example/offers"


@cache
def a_picture(width: int = 800, height: int = 300, ink: str = "#204080") -> bytes:
    """A JPEG with an edge in it, so that a part of it differs from another."""
    drawn = Image.new("RGB", (width, height), "#dfe8dd")
    ImageDraw.Draw(drawn).rectangle((0, 0, width // 2, height // 2), fill=ink)
    return file_of(drawn, "JPEG", quality=90)


def sent(scope: DealerScope, data: bytes, now: datetime, ids: Ids) -> str:
    """What a browser does: post the file to the storage. The id of the upload."""
    upload_id = ids.ulid(now)
    name = f"landing-uploads/{scope.person_id}/{upload_id}"
    blobs.put(scope, settings.load().files_bucket, name, data, "application/octet-stream")
    return upload_id


def with_picture(
    scope: DealerScope, landing: Landing, slot: Slot, now: datetime, ids: Ids, *, words: str = "Autumn offers"
) -> Landing:
    """The page with a picture there that its admin has uploaded and not saved."""
    upload_id = sent(scope, a_picture(), now, ids)
    made = operations.with_uploaded(scope, landing, slot=slot, upload_id=upload_id, crop=Crop(), now=now, ids=ids)
    return made.with_slot(slot, replace(made.slot(slot), words=words, link=LINK))


def save(scope: DealerScope, landing: Landing, now: datetime, ids: Ids) -> Landing:
    """Show it to everybody; the page as they see it."""
    operations.publish(scope, landing, seen=fingerprint(queries.published(scope)), now=now, ids=ids)
    found = queries.published(scope)
    assert found
    return found.landing
