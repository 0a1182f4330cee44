"""Reads about dealers."""

from collections.abc import Mapping
from typing import TypeVar

from chalicelib import settings
from chalicelib.dealers import repo
from chalicelib.dealers.appearance import Logo
from chalicelib.dealers.model import Dealer, DealerEntry, PublicDealer, Saved
from chalicelib.dealers.publication import Published
from chalicelib.dealers.suspension import SuspendedError, unavailable
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import OperatorScope, PublicLookupScope, PublicScope, TenantScope
from chalicelib.store import blobs
from chalicelib.store.batch import Key
from chalicelib.store.record import Record
from chalicelib.store.ttl_cache import TtlCache

T = TypeVar("T")

_dealers: TtlCache[Dealer] = TtlCache(5)
_public: TtlCache[PublicDealer] = TtlCache(5)
_published: TtlCache[Published] = TtlCache(5)


def dealer(scope: TenantScope, *, fresh: bool = False) -> Dealer:
    """The dealer's settings, up to 5 seconds old unless `fresh`. Raises NotFoundError."""
    return _dealers.get(scope.dealer_id, lambda: _found(_read_dealer(scope, fresh=fresh)), fresh=fresh)


def is_suspended(scope: TenantScope) -> bool:
    """Whether nobody may use its portal; False of one that has no settings yet."""
    try:
        return bool(dealer(scope).suspended)
    except NotFoundError:
        return False


def published(scope: TenantScope, *, fresh: bool = False) -> Published:
    """The published run, up to 5 seconds old unless `fresh`. Raises NotFoundError.

    An older run is still whole, so a few seconds are safe for readers; a write asks for a fresh one.
    """
    # Tested control: published-cached-by-dealer
    found = _published.get(scope.dealer_id, lambda: _found(_read_published(scope, fresh=fresh)), fresh=fresh)
    if not found.run:  # a dealer who has just sent a first export wants to see it now
        forget_published(scope)
    return found


def published_and_dealer(scope: TenantScope) -> tuple[Published, Dealer]:
    """Both, in one round trip where this process holds neither. Raises NotFoundError."""
    return published(scope), dealer(scope)


def read_beside(scope: TenantScope, wanted: Mapping[Key, type[Record]]) -> dict[Key, Record]:
    """Other items of the dealer's as of now, in one round trip with both where this process does not hold them."""
    if _published.holds(scope.dealer_id) and _dealers.holds(scope.dealer_id):
        return repo.items(scope, wanted)
    published, own, found = repo.published_dealer_and(scope, wanted)
    if published and published.run:  # before the first export it is asked for each time: see `published`
        _published.offer(scope.dealer_id, published)
    if own:
        _dealers.offer(scope.dealer_id, own)
    return found


def public_dealer(scope: PublicScope, *, even_suspended: bool = False) -> PublicDealer:
    """What anybody may know of the dealer, up to 5 seconds old. Raises NotFoundError, and SuspendedError."""
    found = _public.get(scope.dealer_id, lambda: _found(repo.public_dealer(scope)))
    # Tested control: suspended-not-public
    if found.suspended and not even_suspended:
        raise SuspendedError(unavailable(found.name))
    return found


def public_dealer_at(scope: PublicLookupScope, slug: str, *, even_suspended: bool = False) -> PublicDealer:
    """The dealer at a public address. Raises NotFoundError, and SuspendedError."""
    return public_dealer(PublicScope(_found(repo.find_by_slug(scope, slug))), even_suspended=even_suspended)


def public_logo(scope: PublicScope, logo: Logo) -> bytes:
    """The PNG, for anybody. Raises NotFoundError where another has taken its place since."""
    return blobs.get_public(scope, settings.load().files_bucket, logo_name(logo))


def logo(scope: TenantScope) -> bytes | None:
    """The PNG of the dealer's logo, or None where it has none."""
    found = dealer(scope).brand.logo
    if found is None:
        return None
    try:
        return blobs.get(scope, settings.load().files_bucket, f"{blobs.PUBLIC}/{logo_name(found)}")
    except NotFoundError:  # another has taken its place since the settings were read
        return None


def last_saved(scope: TenantScope, part: str) -> Saved | None:
    """Who saved `settings`, `look`, `texts` or `mails` last, and when; None before any was noted."""
    return repo.saved(scope, part)


def logo_name(logo: Logo) -> str:
    """The name of its object, among the dealer's public ones."""
    return f"logo/{logo.version}.png"


def forget_published(scope: TenantScope) -> None:
    """After a change of one's own: the next read is fresh."""
    _published.forget(scope.dealer_id)


def forget_settings(scope: TenantScope) -> None:
    """The same for the settings and their public copy."""
    _dealers.forget(scope.dealer_id)
    _public.forget(scope.dealer_id)


def forget(scope: TenantScope) -> None:
    """Both, for measurements."""
    _dealers.forget(scope.dealer_id)
    _published.forget(scope.dealer_id)


def by_slug(scope: OperatorScope, slug: str) -> str | None:
    """The id of the dealer at an address, or None."""
    return repo.find_by_slug(scope, slug)


def by_code(scope: OperatorScope, code: str) -> str | None:
    """The id of the dealer that export bundles call `code`, or None."""
    return repo.find_by_code(scope, code)


def all_dealers(scope: OperatorScope) -> list[DealerEntry]:
    """Every dealer there is, for schedules and the operator."""
    return repo.entries(scope)


# A page needs both, so whichever is asked for first brings the other; a writer needs one alone, as of now.


def _read_dealer(scope: TenantScope, *, fresh: bool) -> Dealer | None:
    if fresh:
        return repo.dealer(scope)
    found, own = repo.published_and_dealer(scope)
    if found and found.run:  # before the first export it is asked for each time: see `published`
        _published.offer(scope.dealer_id, found)
    return own


def _read_published(scope: TenantScope, *, fresh: bool) -> Published | None:
    if fresh:
        return repo.published(scope)
    found, own = repo.published_and_dealer(scope)
    if own:
        _dealers.offer(scope.dealer_id, own)
    return found


def _found(value: T | None) -> T:
    if value is None:
        raise NotFoundError
    return value
