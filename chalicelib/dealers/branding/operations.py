"""Choosing a look: a draft that only its admin sees, until it is made live."""

from dataclasses import replace
from datetime import datetime

from pydantic import TypeAdapter

from chalicelib import settings
from chalicelib.dealers import operations as dealers
from chalicelib.dealers import repo as dealers_repo
from chalicelib.dealers.appearance import Brand
from chalicelib.dealers.branding.model import Draft, DrawnLogo, changes
from chalicelib.dealers.drafts import repo
from chalicelib.dealers.drafts.model import DraftKind, StoredDraft, fingerprint
from chalicelib.dealers.queries import forget_settings
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import Ids, is_ulid
from chalicelib.kernel.schemas import adapter
from chalicelib.kernel.scopes import DealerScope
from chalicelib.rendering.pictures import MAX_BYTES
from chalicelib.store import blobs
from chalicelib.store.audit import AuditRow, audit_row
from chalicelib.store.blobs import Kept, PresignedPost

_BRAND: TypeAdapter[Brand] = adapter(Brand)
_DRAWN: TypeAdapter[DrawnLogo] = adapter(DrawnLogo)


def keep_draft(scope: DealerScope, draft: Draft, *, live: Brand, now: datetime) -> None:
    """Keep what was chosen, for its admin alone; where it is what customers see already there is no draft."""
    if draft.brand == live:
        repo.delete_draft(scope, DraftKind.LOOK)
        return
    is_live = draft.brand.logo is None or (live.logo is not None and live.logo.version == draft.brand.logo.version)
    body = _BRAND.dump_json(draft.brand, exclude_none=True).decode()
    repo.put_draft(scope, DraftKind.LOOK, StoredDraft(body, draft.base, None if is_live else draft.picture), now=now)


def discard_draft(scope: DealerScope) -> None:
    """Nothing of it is kept."""
    repo.delete_draft(scope, DraftKind.LOOK)


def publish(scope: DealerScope, draft: Draft, *, seen: str, now: datetime, ids: Ids) -> bool:
    """Make the draft what everybody sees. False where it is already, and nothing is written.

    `seen` names the look that was live when the admin chose (`fingerprint`). Raises ConflictError where somebody else
    has changed it since.
    """

    def change(live: Brand) -> Brand:
        # Tested control: brand-conflict
        if draft.brand != live and fingerprint(live) != seen:
            raise ConflictError(_("Somebody else changed the look since you opened this page."))
        return draft.brand

    def audit(before: Brand) -> AuditRow:
        detail = {name: list(pair) for name, pair in changes(before, draft.brand).items()}
        return audit_row(
            scope, ids=ids, now=now, actor=scope.person_id, event="brand.changed", subject="", detail=detail
        )

    logo = draft.brand.logo
    if logo and draft.picture:
        dealers.store_logo(scope, logo, draft.picture)
    noted = dealers_repo.noted_saved(scope, "look", person_id=scope.person_id, now=now)
    before = dealers_repo.change_brand(scope, change, audit, also=(repo.ended_draft(scope, DraftKind.LOOK), noted))
    forget_settings(scope)
    if before.logo and (logo is None or before.logo.version != logo.version):
        dealers.delete_replaced_logo(scope, before.logo)
    if before == draft.brand:
        repo.delete_draft(scope, DraftKind.LOOK)
        return False
    return True


def logo_form(scope: DealerScope, *, upload_id: str, success_url: str) -> PresignedPost:
    """A form for one picture, which the storage takes for 15 minutes, keeps for a day and shows to nobody."""
    name = _upload_name(scope, upload_id)
    bucket = settings.load().files_bucket
    return blobs.presign_picture(
        scope, bucket, name, max_bytes=MAX_BYTES, success_redirect=f"{success_url}?upload={upload_id}"
    )


def with_uploaded_logo(scope: DealerScope, draft: Draft, *, upload_id: str, shows_name: bool) -> Draft:
    """The draft with the picture that was uploaded, drawn anew.

    What was drawn is kept beside it: a picture of 40 megapixels costs its time once, however often its page is opened.
    Raises InvalidError that says what is wrong with it; then it is gone, and NotFoundError is raised, as where nothing
    was uploaded under this id.
    """
    bucket, name = settings.load().files_bucket, _upload_name(scope, upload_id)
    sent = blobs.head(scope, bucket, name)
    if sent is None:
        raise NotFoundError
    drawn = _drawn(scope, name, sent.etag) or _draw(scope, name, sent.etag)
    logo = replace(drawn.logo, shows_name=shows_name)
    return replace(draft, brand=replace(draft.brand, logo=logo), picture=drawn.png)


def forget_upload(scope: DealerScope, *, upload_id: str) -> None:
    """Its picture is in the draft, or of no use."""
    name = _upload_name(scope, upload_id)
    blobs.delete(scope, settings.load().files_bucket, [name, f"{name}.drawn"])


def _drawn(scope: DealerScope, name: str, etag: str) -> DrawnLogo | None:
    """What was drawn of this upload before; not of another that came under the same id, by the same form."""
    try:
        found = _DRAWN.validate_json(blobs.get(scope, settings.load().files_bucket, f"{name}.drawn"))
    except NotFoundError:
        return None
    return found if found.etag == etag else None


def _draw(scope: DealerScope, name: str, etag: str) -> DrawnLogo:
    bucket = settings.load().files_bucket
    try:
        logo, png = dealers.drawn_logo(blobs.get(scope, bucket, name), shows_name=False)
    except InvalidError:
        blobs.delete(scope, bucket, [name])
        raise
    # Tested control: logo-decoded-once
    drawn = DrawnLogo(etag, logo, png)
    blobs.put(scope, bucket, f"{name}.drawn", _DRAWN.dump_json(drawn), "application/json", kept=Kept.PER_DAY)
    return drawn


def _upload_name(scope: DealerScope, upload_id: str) -> str:
    """Under the admin's own id: nobody else's upload can be named. Raises NotFoundError for what is no id."""
    if not is_ulid(upload_id):
        raise NotFoundError
    return f"logos/{scope.person_id}/{upload_id}"
