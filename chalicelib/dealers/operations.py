"""What changes a dealer."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter, ValidationError

from chalicelib import settings
from chalicelib.dealers import repo
from chalicelib.dealers.appearance import LOGO_HEIGHT, LOGO_WIDTH, Brand, Logo
from chalicelib.dealers.look_alikes import skeleton
from chalicelib.dealers.model import OWN_SETTINGS, STANDING, Dealer, DealerEntry, Profile
from chalicelib.dealers.queries import dealer, forget_settings, logo_name
from chalicelib.kernel.countries import country_of
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.schemas import adapter
from chalicelib.kernel.scopes import DealerScope, OperatorScope, TenantScope
from chalicelib.rendering.pictures import redrawn
from chalicelib.store import blobs
from chalicelib.store.audit import AuditRow, audit_row

_PROFILE: TypeAdapter[Profile] = adapter(Profile)


def profile_of(fields: Mapping[str, Any]) -> Profile:
    """A profile from a form's or command's fields. Raises InvalidError that names each wrong field."""
    try:
        return _PROFILE.validate_python(dict(fields))
    except ValidationError as error:
        wrong = {".".join(str(part) for part in e["loc"]): e["msg"] for e in error.errors()}
        raise InvalidError(_("Some of the dealer's details cannot be used"), wrong) from None


def create_dealer(scope: OperatorScope, *, profile: Profile, now: datetime, ids: Ids) -> Dealer:
    """Set a dealer up: its address and code on the operator's side, then its settings and run 0 on its own.

    Again with the same profile completes what a crash left half-made or an older release did not write, or changes
    nothing: its brand, texts, mails and OWN_SETTINGS stay, which its admins may have changed since. Raises
    ConflictError where the slug or the code is another dealer's, or this one's other settings differ by now.
    """
    dealer_id = _registered(scope, profile, ids)
    _claim_name(scope, dealer_id, profile.name)
    own = TenantScope(dealer_id)
    made = repo.dealer(own)
    if made is None:
        audit = audit_row(own, ids=ids, now=now, actor=scope.actor, event="dealer.created", subject=profile.slug)
        repo.initialise(own, profile, audit)
    kept = ("brand", "own_texts", "own_mails", *STANDING, *OWN_SETTINGS)
    own_settings = {name: getattr(made, name) for name in kept} if made else {}
    wanted = Dealer.of(dealer_id, replace(profile, **own_settings))
    if made not in {None, wanted}:
        raise ConflictError(_("There is a dealer at %(slug)s already, with other settings", slug=profile.slug))
    if made:
        repo.refresh_public_copy(own)
    return wanted


def set_logo(scope: TenantScope, *, data: bytes, shows_name: bool = False, actor: str, now: datetime, ids: Ids) -> Logo:
    """Show this picture (PNG, JPEG or WebP) on all that the dealer's customers see. The same again changes nothing.

    Raises InvalidError that says what is wrong with it, NotFoundError, and ConflictError where the settings change at
    the same moment.
    """
    logo, png = drawn_logo(data, shows_name=shows_name)
    store_logo(scope, logo, png)
    _change_logo(scope, logo, actor=actor, now=now, ids=ids)
    return logo


def drawn_logo(data: bytes, *, shows_name: bool) -> tuple[Logo, bytes]:
    """The picture (PNG, JPEG or WebP) as a logo, and its PNG, drawn anew. Raises InvalidError: what is wrong."""
    picture = redrawn(data, max_width=LOGO_WIDTH, max_height=LOGO_HEIGHT)
    version = sha256(picture.png).hexdigest()[:16]
    return Logo(version, picture.width, picture.height, picture.inks, shows_name), picture.png


def store_logo(scope: TenantScope, logo: Logo, png: bytes) -> None:
    """Put it among the dealer's public files, where nothing names it until the settings do."""
    blobs.put(scope, settings.load().files_bucket, f"{blobs.PUBLIC}/{logo_name(logo)}", png, "image/png")


def delete_replaced_logo(scope: TenantScope, logo: Logo) -> None:
    """Delete its picture, unless the settings name it again.

    Of all other pictures it is not known whether somebody is about to save them.
    """
    live = dealer(scope, fresh=True).brand.logo
    # Tested control: logo-in-use-kept
    if live is None or live.version != logo.version:
        blobs.delete(scope, settings.load().files_bucket, [f"{blobs.PUBLIC}/{logo_name(logo)}"])


def remove_logo(scope: TenantScope, *, actor: str, now: datetime, ids: Ids) -> bool:
    """Show the name alone again; whether there was a logo. Raises NotFoundError and ConflictError, as `set_logo`."""
    return _change_logo(scope, None, actor=actor, now=now, ids=ids) is not None


def _change_logo(scope: TenantScope, logo: Logo | None, *, actor: str, now: datetime, ids: Ids) -> Logo | None:
    """The logo before. Its picture is deleted where nothing names it any more."""

    def audit(before: Brand) -> AuditRow:
        event = "logo.set" if logo else "logo.removed"
        detail = {"before": before.logo.version} if before.logo else {}
        subject = logo.version if logo else ""
        return audit_row(scope, ids=ids, now=now, actor=actor, event=event, subject=subject, detail=detail)

    before = repo.change_brand(scope, lambda brand: replace(brand, logo=logo), audit).logo
    forget_settings(scope)
    if before:
        delete_replaced_logo(scope, before)
    return before


def change_settings(
    scope: DealerScope, changed: Mapping[str, Any], *, seen: str, part: str = "settings", now: datetime, ids: Ids
) -> bool:
    """Set these settings, by their names in Profile. False where they are so already, and nothing is written.

    `seen` names what they were when the admin chose (`settings_fingerprint`), `part` whose page says who saved it last.
    Raises ConflictError where somebody else has changed one of them since.
    """

    def change(before: Profile) -> Profile:
        after = replace(before, **changed)
        if after.locale != before.locale:  # the dealer has not moved
            country = before.home_country
            after = replace(after, country=None if country == country_of(after.locale) else country)
        # Tested control: settings-conflict
        if after != before and settings_fingerprint(before, changed) != seen:
            raise ConflictError(_("The settings were changed since you opened this page."))
        return after

    def audit(before: Profile) -> AuditRow:
        names = [name for name, value in changed.items() if getattr(before, name) != value]
        return audit_row(
            scope,
            ids=ids,
            now=now,
            actor=scope.person_id,
            event="settings.changed",
            subject="",
            detail={"settings": names},
        )

    noted = repo.noted_saved(scope, part, person_id=scope.person_id, now=now)
    before = repo.change_profile(scope, change, audit, also=(noted,))
    forget_settings(scope)
    return any(getattr(before, name) != value for name, value in changed.items())


def change_allowances(
    scope: TenantScope, changed: Mapping[str, Any], *, actor: str, now: datetime, ids: Ids
) -> Profile:
    """Set what the operator allows the dealer, by the names in OPERATORS_SETTINGS; the settings before.

    Raises InvalidError that names each wrong field, and NotFoundError and ConflictError as `change_profile`.
    """

    def change(before: Profile) -> Profile:
        known = {name: getattr(before, name) for name in Profile.__dataclass_fields__}
        return profile_of({**known, **changed})

    def audit(before: Profile) -> AuditRow:
        after = change(before)
        names = [name for name in changed if getattr(after, name) != getattr(before, name)]
        return audit_row(
            scope,
            ids=ids,
            now=now,
            actor=actor,
            event="dealer.changed",
            subject=before.slug,
            detail={"settings": names},
        )

    before = repo.change_profile(scope, change, audit)
    forget_settings(scope)
    return before


def settings_fingerprint(profile: Profile, names: Iterable[str]) -> str:
    """Names the values of these settings: others have another name."""
    return sha256(repr([(name, getattr(profile, name)) for name in sorted(names)]).encode()).hexdigest()[:16]


def refresh_public_copies(scope: OperatorScope) -> list[DealerEntry]:
    """Make the public copy of every dealer that of its settings; the dealers whose copy was missing or old.

    Settings and copy are written together; this is for dealers made by a release that wrote none, or no record of
    their names.
    """
    entries = repo.entries(scope)
    for entry in entries:
        _claim_name(scope, entry.dealer_id, entry.name)
    return [entry for entry in entries if repo.refresh_public_copy(TenantScope(entry.dealer_id))]


def _claim_name(scope: OperatorScope, dealer_id: str, name: str) -> None:
    if read := skeleton(name):
        repo.claim_name(scope, read, dealer_id)


def _registered(scope: OperatorScope, profile: Profile, ids: Ids) -> str:
    taken = repo.find_by_slug(scope, profile.slug, consistent=True)
    if taken is None:
        dealer_id = ids.dealer_id()
        repo.register(scope, DealerEntry(dealer_id, profile.slug, profile.code, profile.name))
        return dealer_id
    entry = repo.entry(scope, taken)
    if entry is None or replace(entry, suspended=False) != DealerEntry(taken, profile.slug, profile.code, profile.name):
        raise ConflictError(_("The address %(slug)s belongs to another dealer", slug=profile.slug))
    return taken
