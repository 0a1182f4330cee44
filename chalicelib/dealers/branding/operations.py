"""Choosing a look: a draft that only its admin sees, until it is made live."""

from dataclasses import replace
from datetime import datetime

from chalicelib import settings
from chalicelib.dealers import operations as dealers
from chalicelib.dealers import repo as dealers_repo
from chalicelib.dealers.branding import repo
from chalicelib.dealers.branding.model import Draft, changes, fingerprint
from chalicelib.dealers.model import Brand
from chalicelib.dealers.queries import forget_settings, logo_name
from chalicelib.kernel.errors import ConflictError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import Ids, is_ulid
from chalicelib.kernel.scopes import DealerScope
from chalicelib.rendering.pictures import MAX_BYTES
from chalicelib.store import blobs
from chalicelib.store.audit import AuditRow, audit_row
from chalicelib.store.blobs import Kept, PresignedPost

FORM_SECONDS = 15 * 60


def keep_draft(scope: DealerScope, draft: Draft, *, live: Brand, now: datetime) -> None:
    """Keep what was chosen, for its admin alone; where it is what customers see already there is no draft."""
    if draft.brand == live:
        repo.delete_draft(scope)
        return
    is_live = draft.brand.logo is None or (live.logo is not None and live.logo.version == draft.brand.logo.version)
    repo.put_draft(scope, replace(draft, picture=None) if is_live else draft, now=now)


def discard_draft(scope: DealerScope) -> None:
    """Nothing of it is kept."""
    repo.delete_draft(scope)


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
    before = dealers_repo.change_brand(scope, change, audit, also=(repo.ended_draft(scope),))
    forget_settings(scope)
    if before.logo and (logo is None or before.logo.version != logo.version):
        blobs.delete(scope, settings.load().files_bucket, [f"{blobs.PUBLIC}/{logo_name(before.logo)}"])
    if before == draft.brand:
        repo.delete_draft(scope)
        return False
    return True


def logo_form(scope: DealerScope, *, upload_id: str, success_url: str) -> PresignedPost:
    """A form for one picture, which the storage takes for 15 minutes, keeps for a day and shows to nobody."""
    return blobs.presign_post(
        scope,
        settings.load().files_bucket,
        _upload_name(scope, upload_id),
        max_bytes=MAX_BYTES,
        content_type="application/octet-stream",
        seconds=FORM_SECONDS,
        success_redirect=f"{success_url}?upload={upload_id}",
        kept=Kept.A_DAY,
    )


def with_uploaded_logo(scope: DealerScope, draft: Draft, *, upload_id: str, shows_name: bool) -> Draft:
    """The draft with the picture that was uploaded, drawn anew.

    Raises InvalidError that says what is wrong with it, NotFoundError where nothing was uploaded under this id.
    """
    data = blobs.get(scope, settings.load().files_bucket, _upload_name(scope, upload_id))
    logo, png = dealers.drawn_logo(data, shows_name=shows_name)
    return replace(draft, brand=replace(draft.brand, logo=logo), picture=png)


def forget_upload(scope: DealerScope, *, upload_id: str) -> None:
    """Its picture is in the draft, or of no use."""
    blobs.delete(scope, settings.load().files_bucket, [_upload_name(scope, upload_id)])


def _upload_name(scope: DealerScope, upload_id: str) -> str:
    """Under the admin's own id: nobody else's upload can be named. Raises NotFoundError for what is no id."""
    if not is_ulid(upload_id):
        raise NotFoundError
    return f"logos/{scope.person_id}/{upload_id}"
