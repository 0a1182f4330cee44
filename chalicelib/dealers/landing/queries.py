"""Reads about landing pages."""

from datetime import datetime

from pydantic import TypeAdapter

from chalicelib import settings
from chalicelib.dealers.drafts import repo as drafts
from chalicelib.dealers.drafts.model import DraftKind
from chalicelib.dealers.landing import repo
from chalicelib.dealers.landing.model import PICTURE_FILE, Draft, Landing, Published, fingerprint
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.schemas import adapter
from chalicelib.kernel.scopes import DealerScope, PublicScope
from chalicelib.store import blobs

_LANDING: TypeAdapter[Landing] = adapter(Landing)


def public_landing(scope: PublicScope) -> Landing | None:
    """What anybody sees at the dealer's address, as of now; None where that is the login page."""
    found = repo.published(scope)
    return found.landing if found and found.is_shown else None


def public_picture(scope: PublicScope, name: str, *, now: datetime) -> bytes:
    """A file of a picture of the page that is shown, or was an hour ago. Raises NotFoundError."""
    named, found = PICTURE_FILE.fullmatch(name), repo.published(scope)
    # Tested control: landing-picture-of-shown-page
    if not named or found is None or not found.shows_picture(named[1], now):
        raise NotFoundError
    return blobs.get_public(scope, settings.load().files_bucket, f"landing/{name}")


def published(scope: DealerScope) -> Published | None:
    """What was saved last, as of now."""
    return repo.published(scope)


def draft_or_published(scope: DealerScope, found: Published | None, *, now: datetime) -> Draft:
    """The admin's draft, or one in which nothing is changed yet."""
    stored = drafts.draft(scope, DraftKind.LANDING_PAGE, person_id=scope.person_id, now=now)
    if stored is None:
        return Draft(found.landing if found else Landing(), fingerprint(found))
    return Draft(_LANDING.validate_json(stored.body), stored.base)


def drafted_picture(scope: DealerScope, name: str) -> bytes:
    """A file of a picture of the admin's own draft, or of what was saved last. Raises NotFoundError."""
    staged, found = staged_name(scope, name), repo.published(scope)
    saved = {file for picture in found.landing.pictures.values() for file in picture.names} if found else set()
    where = f"{blobs.PUBLIC}/landing/{name}" if name in saved else staged
    return blobs.get(scope, settings.load().files_bucket, where)


def staged_name(scope: DealerScope, name: str) -> str:
    """Where it is kept until it is saved: under the admin's own id. Raises NotFoundError for what is no such name."""
    if not PICTURE_FILE.fullmatch(name):
        raise NotFoundError
    return f"landing/{scope.person_id}/{name}"
